"""The kinds of errors in content files. `activities check` groups and counts errors by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

ErrorKind = Literal[
    "file",  # the name, type, size or permissions of the file
    "encoding",
    "front-matter",  # missing or wrong fences, or front matter of another format
    "yaml",
    "unknown-field",
    "joined-values",  # several values where a list is needed
    "value-count",
    "invalid-text",
    "invalid-country",
    "invalid-region",
    "invalid-year",
    "invalid-slug",
    "invalid-language",
    "invalid-id",
    "invalid-flag",
    "no-text",  # no paragraph, or one that cannot be read
    "markup",  # markup that costs too much to read
    "merge-conflict",  # marks of a merge conflict
    "alias",  # an alias that another file has
    "settings",  # an error in a file such as _vocabulary.yaml
    # Kinds of warnings:
    "passed-over",  # a file or folder that is not read
    "unread-value",  # a value of a mapped key that is not understood
    "unknown-slug",  # a slug that is not in _vocabulary.yaml
    "equal-label",  # a label that two slugs share
    "repeated-text",  # nearly the same text as another file
]

VALUE_ERROR_KINDS: Mapping[str, ErrorKind] = {  # by Field.values
    kind.removeprefix("invalid-"): kind
    for kind in get_args(ErrorKind)
    if kind.startswith("invalid-")
}
