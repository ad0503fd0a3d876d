"""Rename an activity: move its file, and keep its old id as an alias."""

from __future__ import annotations

import re
from pathlib import Path

from indexer.content.activity import MAX_FILE_SIZE, parse, split_lines
from indexer.content.file_replacement import FileChanged, move_file, read_regular_file
from indexer.content.folder_walk import SUFFIX, list_files, printable
from indexer.content.rules import FrontMatterRules

_FENCES = ("---", "...")


class NotRenamed(Exception):
    """An activity cannot be renamed. The message has the reason."""


def rename_activity(content: Path, old: str, new: str, rules: FrontMatterRules) -> tuple[str, str]:
    """Move the file of an activity, and add its old id to its aliases.

    Return the old and the new path. The new file is complete before the old one is removed. Raises
    NotRenamed, OSError, and InvalidActivity if the content folder or the file cannot be read.
    """
    files = {file.id: file for file in list_files(content) if file.error is None}
    if (file := files.get(old)) is None:
        raise NotRenamed(f'no activity in {content} has the id "{old}"')
    if new in files:
        raise NotRenamed(f'"{new}" is the id of {printable(files[new].path)}: choose another')
    path, target = Path(file.path), content / f"{new}{SUFFIX}"
    data = read_regular_file(path, MAX_FILE_SIZE)
    before = parse(old, printable(file.path), data, rules)
    if before.activity is None:
        raise before.errors[0]
    changed = _with_alias(data, old)
    after = parse(new, str(target), changed, rules)
    aliases = before.activity.meta.get("aliases", ())
    expected = dict(before.activity.meta) | {"aliases": tuple(dict.fromkeys((*aliases, old)))}
    if after.activity is None or (after.activity.meta, after.activity.body) != (
        expected,
        before.activity.body,
    ):
        raise NotRenamed(f'add "{old}" to the aliases of {printable(file.path)}, then move it')
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        move_file(path, target, data, changed)
    except FileExistsError:
        raise NotRenamed(f"{target} exists: choose another id") from None
    except FileChanged:
        raise NotRenamed(
            f"{printable(file.path)} was changed by another program: run the command again"
        ) from None
    return printable(file.path), str(target)


def _with_alias(data: bytes, alias: str) -> bytes:
    """Return the bytes of a file with an additional alias. Nothing else changes."""
    bom, text = (
        ("\ufeff", data[3:].decode()) if data[:3] == b"\xef\xbb\xbf" else ("", data.decode())
    )
    lines = split_lines(text)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    opening = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not lines or lines[opening].rstrip() != "---":
        return f"{bom}---{end}aliases: [{alias}]{end}---{end}{end}{text}".encode()
    closing = next(
        n for n, line in enumerate(lines[opening + 1 :], opening + 1) if line.rstrip() in _FENCES
    )
    at = next(
        (n for n in range(opening + 1, closing) if re.match(r"aliases[ \t]*:", lines[n])), None
    )
    if at is None:
        lines.insert(closing, f"aliases: [{alias}]{end}")
    else:
        _add_to_list(lines, at, closing, alias, end)
    return (bom + "".join(lines)).encode()


def _add_to_list(lines: list[str], at: int, closing: int, alias: str, end: str) -> None:
    """Add an alias to the list that begins in line `at`."""
    items = [n for n in range(at + 1, closing) if re.match(r"[ \t]*-[ \t]", lines[n])]
    value = lines[at].partition(":")[2].partition(" #")[0].strip()
    if not value and items:
        last = next((n for n in range(at + 1, closing) if n not in items), closing)
        indent = lines[last - 1].partition("-")[0]
        lines.insert(last, f"{indent}- {alias}{end}")
    elif value in ("", "[]"):
        lines[at] = f"aliases: [{alias}]{end}"
    elif value.endswith("]"):
        place = lines[at].rindex("]")
        lines[at] = f"{lines[at][:place].rstrip()}, {alias}{lines[at][place:]}"
    else:
        key, _, rest = lines[at].partition(":")
        lines[at] = f"{key}:{rest.replace(value, f'[{value}, {alias}]', 1)}"
