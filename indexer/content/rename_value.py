"""Rename a slug in every content file and in the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from indexer.content.activity import MAX_FILE_SIZE, decode, split_lines
from indexer.content.file_replacement import FileChanged, read_regular_file, replace_file
from indexer.content.fixes import fixed_bytes
from indexer.content.folder_walk import list_files, printable
from indexer.content.frontmatter import FrontMatterError, read_front_matter, read_vocabulary
from indexer.content.rules import FrontMatterRules
from indexer.content.values import Fix, slug
from indexer.content.vocabulary import VOCABULARY_FILE, Vocabulary


class RenamedFile(NamedTuple):
    """A file in which a value was renamed, or the reason why it was not."""

    path: str
    reason: str = ""


def rename_value(
    content: Path, field: str, old: str, new: str, rules: FrontMatterRules
) -> Iterator[RenamedFile]:
    """Rename a slug of a field in every file, and then in the vocabulary.

    Yields the files that have the slug. An interrupted run can be repeated. Raises OSError, and
    InvalidActivity if the content folder or the vocabulary cannot be read.
    """
    vocabulary = Vocabulary.load(content)  # raises an error before any file is changed
    paths = [Path(file.path) for file in list_files(content) if file.error is None]
    for path in paths:
        if renamed := _edit(path, lambda data: _with_value(data, field, old, new, rules)):
            yield renamed
    if old in vocabulary.labels(field):
        path = content / VOCABULARY_FILE
        if renamed := _edit(path, lambda data: _vocabulary_with(data, field, old, new)):
            yield renamed


def _with_value(
    data: bytes, field: str, old: str, new: str, rules: FrontMatterRules
) -> bytes | None:
    """Return the bytes of a file with a renamed value; None if it must be edited by hand."""
    try:
        front, _, _ = read_front_matter(decode(data), rules.ignores)
    except FrontMatterError:
        return None if old.encode() in data else data
    scalars = front.get(field, (0, []))[1]
    has_new = any(slug(scalar.text) == new for scalar in scalars)
    fixes = []
    for scalar in scalars:
        if slug(scalar.text) == old:
            keys = () if has_new else (new,)
            fixes.append(Fix(scalar.line, field, scalar.text, keys, scalar.start, scalar.end))
            has_new = True
    return fixed_bytes(data, fixes, rules.ignores) if fixes else data


def _vocabulary_with(data: bytes, field: str, old: str, new: str) -> bytes | None:
    """Return a vocabulary with a renamed slug; None if it must be edited by hand."""
    _, labels = read_vocabulary(decode(data))[field]
    expected = {key: label.text for key, label in labels.items() if key != old}
    expected.setdefault(new, labels[old].text)
    lines = split_lines(data.decode())
    at = labels[old].line - 1
    if new in labels:
        del lines[at]
    else:
        lines[at] = re.sub(rf"^(\s*)(['\"]?){re.escape(old)}\2(\s*:)", rf"\1{new}\3", lines[at])
    changed = "".join(lines).encode()
    try:
        _, new_labels = read_vocabulary(decode(changed))[field]
    except (FrontMatterError, KeyError):
        return None
    return changed if {key: label.text for key, label in new_labels.items()} == expected else None


def _edit(path: Path, change: Callable[[bytes], bytes | None]) -> RenamedFile | None:
    """Rewrite a file with the result of change(); None if nothing changes."""
    data = read_regular_file(path, MAX_FILE_SIZE)
    changed = change(data)
    if changed == data:
        return None
    if changed is None:
        return RenamedFile(printable(str(path)), "cannot be rewritten automatically: edit it")
    try:
        replace_file(path, data, changed)
    except FileChanged:
        return RenamedFile(
            printable(str(path)),
            "was changed by another program and was not rewritten: run the command again",
        )
    return RenamedFile(printable(str(path)))
