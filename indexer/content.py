"""The folder of content files: which are activities, what their ids are, and what is wrong across them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.activity import MAX_FILE, InvalidActivity, Parsed, is_id, parse, slug
from indexer.labels import VOCABULARY, Labels
from indexer.progress import Progress, nothing

SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class Entry:
    """A content file: its id and path; or why it cannot be one, and then the id that it stands in for.

    An id that ends in "/" is a folder's, and stands for every id that begins so.
    """

    id: str
    path: Path
    error: InvalidActivity | None = None


def entries(content: Path) -> Iterator[Entry]:
    """Every content file below a folder, by id; names that begin with _ or . are none.

    Raises InvalidActivity where the folder itself cannot be read.
    """
    try:
        yield from _walk(content, "")
    except OSError as error:
        raise InvalidActivity(str(content), 1, "", f"cannot be read ({error.strerror}): name the folder of content "
                              "files with --content or ACTIVITIES_CONTENT") from None  # fmt: skip


def _walk(folder: Path, prefix: str) -> Iterator[Entry]:
    with os.scandir(folder) as listing:
        found = sorted(listing, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.startswith(("_", ".")):
            continue
        path = Path(entry.path)
        name, suffix = os.path.splitext(entry.name)

        named = suffix.lower() == SUFFIX
        id = prefix + (name if named else f"{entry.name}/")

        def wrong(reason: str, path: Path = path, id: str = id) -> Entry:
            return Entry(id, path, InvalidActivity(_shown(path), 1, "", reason))

        if entry.is_symlink():
            if named or os.path.isdir(path):
                yield wrong("is a symbolic link, which is never followed: put the file itself here")
        elif named and entry.is_dir():
            yield wrong("is a folder, not a file: rename it")
        elif entry.is_dir():
            try:
                yield from _walk(path, id)
            except OSError as error:
                yield wrong(f"cannot be read ({error.strerror}): mend its permissions")
        elif named and not entry.is_file():  # to open a pipe would wait for ever
            yield wrong("is not a regular file: put the file itself here")
        elif named and (suffix != SUFFIX or not is_id(id)):
            better = "/".join(slug(part) or "activity" for part in id.split("/")) + SUFFIX
            yield wrong(f"its name cannot be an address (a-z, 0-9 and hyphens): rename it to {better}")
        elif named:
            yield Entry(id, path)


def _shown(path: Path) -> str:
    """A path as text that can be printed, whatever bytes the name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def read(entry: Entry) -> Parsed:
    """The activity of an entry, or its errors."""
    if entry.error:
        return Parsed(None, (entry.error,))
    try:
        with entry.path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        return Parsed(None, (InvalidActivity(_shown(entry.path), 1, "", f"cannot be read ({error.strerror}): mend its "
                                             "permissions"),))  # fmt: skip
    return parse(entry.id, _shown(entry.path), data)


def alias_errors(files: Mapping[str, tuple[str, Sequence[str], int]]) -> dict[str, list[InvalidActivity]]:
    """Errors of aliases that two files claim or that are another file's id, by the id of the file.

    files: by id, the path, the aliases and the line that they stand in.
    """
    owners: dict[str, str] = {}
    errors: dict[str, list[InvalidActivity]] = {}
    for id, (path, aliases, line) in sorted(files.items()):
        for alias in aliases:
            if alias in files and alias != id:
                reason = f'"{alias}" is the address of {files[alias][0]}: remove it here'
            elif alias in owners:
                reason = f'"{alias}" is claimed by {files[owners[alias]][0]} too: keep it in one of them'
                other, _, at = files[owners[alias]]
                errors.setdefault(owners[alias], []).append(
                    InvalidActivity(other, at, "aliases", f'"{alias}" is claimed by {path} too: keep it in one of them')
                )
            else:
                owners[alias] = id
                continue
            errors.setdefault(id, []).append(InvalidActivity(path, line, "aliases", reason))
    return errors


def check(content: Path, progress: Progress = nothing) -> Iterator[tuple[Entry, Parsed]]:
    """Every content file with what it holds, errors across files and of the vocabulary included."""
    listed = list(entries(content))
    try:
        Labels.load(content)
    except InvalidActivity as error:
        listed.append(Entry("", content / VOCABULARY, error))
    found = []
    for number, entry in enumerate(listed, 1):
        found.append((entry, read(entry)))
        progress("reading", number, len(listed))
    across = alias_errors({
        entry.id: (_shown(entry.path), [*map(str, parsed.activity.meta.get("aliases", ()))], parsed.lines.get("aliases", 1))
        for entry, parsed in found if parsed.activity
    })  # fmt: skip
    for entry, parsed in found:
        if entry.id in across and not entry.error:
            parsed = Parsed(None, (*parsed.errors, *across[entry.id]), parsed.corrections, parsed.lines)
        yield entry, parsed
