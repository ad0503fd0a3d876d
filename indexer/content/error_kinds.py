"""The kinds of errors in content files, by which `activities check` counts and folds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

ErrorKind = Literal[
    "file",
    "encoding",
    "front-matter",
    "yaml",
    "unknown-field",
    "joined-values",
    "value-count",
    "invalid-text",
    "invalid-country",
    "invalid-region",
    "invalid-year",
    "invalid-slug",
    "invalid-language",
    "invalid-id",
    "invalid-flag",
    "no-text",
    "markup",
    "merge-conflict",
    "alias",
    "settings",
]

VALUE_ERROR_KINDS: Mapping[str, ErrorKind] = {  # by Field.values
    kind.removeprefix("invalid-"): kind
    for kind in get_args(ErrorKind)
    if kind.startswith("invalid-")
}
