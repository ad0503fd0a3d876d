"""The folder of content files: which are activities, what their ids are, and what is wrong across them."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from indexer.content.activity import (
    MAX_FILE,
    MAX_ID,
    InvalidActivity,
    ParsedFile,
    is_id,
    parse,
    slug,
)
from indexer.content.scan_cache import FolderState, Stamp, stamp_of
from indexer.content.vocabulary import VOCABULARY_FILE, Vocabulary
from indexer.processes import usable_cpus
from indexer.progress import Progress, no_progress

SUFFIX = ".md"
MIN_FILES_FOR_PROCESSES = 5000  # files from which more processes pay
FILES_PER_TASK = 200  # files that a process reads at a time


class ContentFile(NamedTuple):
    """A content file: its id and path; or why it cannot be one, and then the id that it stands in for.

    An id that ends in "/" is a folder's, and stands for every id that begins so.
    """

    id: str
    path: str
    error: InvalidActivity | None = None
    stamp: Stamp | None = None  # taken before the file is read


def list_files(content: Path, prefix: str = "") -> list[ContentFile]:
    """Every content file below a folder, by id; names that begin with _ or . are none.

    prefix is what the ids of a folder in the folder of all content begin with ("asia/"). Raises
    InvalidActivity where the folder itself cannot be read.
    """
    return changed_files(content, {}, prefix)[0]


def changed_files(
    content: Path, known: Mapping[str, Stamp], prefix: str = ""
) -> tuple[list[ContentFile], set[str]]:
    """The entries of a folder whose stamps are not the known ones, by id, and the ids of all others. Raises as entries
    does."""
    walk = _Walk(known)
    try:
        walk.walk(str(content), prefix)
    except OSError as error:
        raise InvalidActivity(
            str(content),
            1,
            "",
            f"cannot be read ({error.strerror}): name the folder of content "
            "files with --content or ACTIVITIES_CONTENT",
        ) from None
    walk.found.sort(key=attrgetter("id", "path"))  # "a.MD", which stands in for "a.md", before it
    return walk.found, walk.same


class _Walk:
    """What a walk through folders finds: entries, and the ids of those whose stamps are the known ones."""

    def __init__(self, known: Mapping[str, Stamp]) -> None:
        self._known = known
        self.found: list[ContentFile] = []
        self.same: set[str] = set()

    def walk(self, folder: str, prefix: str) -> None:
        """Take the content files below a folder."""
        handle = os.open(
            folder, os.O_RDONLY | os.O_DIRECTORY
        )  # from which a file is reached in one step
        try:
            with os.scandir(handle) as listing:
                listed = list(
                    listing
                )  # at once: a folder that changes while it is read may hide a file
            self._take(folder, listed, prefix)
        finally:
            os.close(handle)

    def _take(self, folder: str, listed: Sequence[os.DirEntry[str]], prefix: str) -> None:
        for entry in listed:
            name = entry.name
            if name[0] in "_.":
                continue
            if name.endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
                id = prefix + name[:-3]
                before = self._known.get(id)
                if before or is_id(id):
                    try:
                        stamp = stamp_of(entry.stat(follow_symlinks=False))
                    except FileNotFoundError:  # removed since it was listed
                        continue
                    if stamp == before:
                        self.same.add(id)
                    else:
                        self.found.append(ContentFile(id, f"{folder}/{name}", None, stamp))
                    continue
            path = f"{folder}/{name}"
            name, suffix = os.path.splitext(entry.name)
            named = suffix.lower() == SUFFIX
            id = prefix + (name if named else f"{entry.name}/")

            def wrong(reason: str, path: str = path, id: str = id) -> None:
                self.found.append(
                    ContentFile(id, path, InvalidActivity(_shown(path), 1, "", reason))
                )

            if entry.is_symlink():
                if named or os.path.isdir(path):
                    wrong("is a symbolic link, which is never followed: put the file itself here")
            elif named and entry.is_dir():
                wrong("is a folder, not a file: rename it")
            elif entry.is_dir():
                if len(id) > MAX_ID:
                    wrong(f"lies too deep: an address has {MAX_ID} characters at most; move it up")
                    continue
                try:
                    self.walk(path, id)
                except FileNotFoundError:  # removed since it was listed
                    continue
                except OSError as error:
                    wrong(f"cannot be read ({error.strerror}): mend its permissions")
            elif named and not entry.is_file():  # to open a pipe would wait for ever
                wrong("is not a regular file: put the file itself here")
            elif named:
                better = "/".join(slug(part) or "activity" for part in id.split("/")) + SUFFIX
                taken = (
                    "; that name is taken: choose another"
                    if Path(folder, Path(better).name).exists()
                    else ""
                )
                wrong(
                    f"its name cannot be an address (a-z, 0-9 and hyphens): rename it to {better}{taken}"
                )


def _shown(path: str) -> str:
    """A path as text that can be printed, whatever bytes the name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def read_file(entry: ContentFile) -> ParsedFile:
    """The activity of an entry, or its errors; neither where it has vanished since it was listed."""
    if entry.error:
        return ParsedFile(None, (entry.error,))
    shown = _shown(entry.path)
    try:
        file = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            data = b""
            # Asked for no more than there should be: a buffer of MAX_FILE for each file takes its time.
            while len(data) <= MAX_FILE and (
                piece := os.read(file, entry.stamp[2] + 1 if entry.stamp else MAX_FILE)
            ):
                data += piece
        finally:
            os.close(file)
    except FileNotFoundError:
        return ParsedFile(None)
    except OSError as error:
        reason = f"cannot be read ({error.strerror}): mend its permissions"
        return ParsedFile(None, (InvalidActivity(shown, 1, "", reason),))
    return parse(entry.id, shown, data)


def read_files(list_files: Sequence[ContentFile]) -> Iterator[ParsedFile]:
    """The activities of entries, in their order; of many, in a process for each core."""
    cores = usable_cpus()
    # Forked, which is safe where nothing else runs in this process, so that nothing has to be loaded again.
    if len(list_files) < MIN_FILES_FOR_PROCESSES or cores == 1 or threading.active_count() > 1:
        yield from map(read_file, list_files)
        return
    batches = (
        list_files[at : at + FILES_PER_TASK] for at in range(0, len(list_files), FILES_PER_TASK)
    )
    with ProcessPoolExecutor(cores, multiprocessing.get_context("fork"), _end_with_parent) as pool:
        ahead = deque(pool.submit(_read_batch, batch) for batch in islice(batches, 4 * cores))
        while ahead:
            yield from ahead.popleft().result()
            ahead.extend(pool.submit(_read_batch, batch) for batch in islice(batches, 1))


def _end_with_parent() -> None:
    # A parent that was killed would leave this process waiting for ever, with the writer's lock in its hands.
    def wait() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _read_batch(list_files: Sequence[ContentFile]) -> list[ParsedFile]:
    gc.disable()  # as in sync.py
    return [read_file(entry) for entry in list_files]


class AliasClaim(NamedTuple):
    """The aliases of a file, and where they stand."""

    path: str
    line: int
    aliases: Sequence[str]


def alias_claim(parsed: ParsedFile) -> tuple[int, list[str]] | None:
    """The line of a file's aliases and what they are; None where it has none."""
    aliases = parsed.activity.meta.get("aliases") if parsed.activity else None
    return (parsed.lines["aliases"], [str(alias) for alias in aliases]) if aliases else None


def alias_errors(
    ids: Container[str], claims: Mapping[str, AliasClaim]
) -> dict[str, list[InvalidActivity]]:
    """Errors of aliases that two files claim or that are another file's id, by the id of the file."""
    owners: dict[str, str] = {}
    errors: dict[str, list[InvalidActivity]] = {}
    for id, (path, line, aliases) in sorted(claims.items()):
        for alias in aliases:
            if alias in ids and alias != id:
                reason = f'"{alias}" is the address of another file: remove it here'
            elif alias in owners:
                reason = f'"{alias}" is claimed by {claims[owners[alias]].path} too: keep it in one of them'
                other, at, _ = claims[owners[alias]]
                errors.setdefault(owners[alias], []).append(
                    InvalidActivity(
                        other,
                        at,
                        "aliases",
                        f'"{alias}" is claimed by {path} too: keep it in one of them',
                    )
                )
            else:
                owners[alias] = id
                continue
            errors.setdefault(id, []).append(InvalidActivity(path, line, "aliases", reason))
    return errors


def check_folder(
    content: Path, progress: Progress = no_progress
) -> Iterator[tuple[ContentFile, ParsedFile]]:
    """Every content file with what it holds, errors across files and of the vocabulary included."""
    for entry, parsed in scan_folder(content, FolderState(), set(), progress):
        assert parsed is not None
        yield entry, parsed


def scan_folder(
    content: Path, last: FolderState, same: set[str], progress: Progress = no_progress
) -> Iterator[tuple[ContentFile, ParsedFile | None]]:
    """The same, but for what is as the last scan found it and is not read: of that, a file with aliases comes with None,
    as another file can make it wrong, and the ids of all others are added to same before anything comes."""
    changed, kept = changed_files(content, last.stamps)
    try:
        Vocabulary.load(content)
    except InvalidActivity as error:
        changed.append(ContentFile("", str(content / VOCABULARY_FILE), error))
    ids = set(kept)
    # Only a file with aliases can turn out wrong because of another: those wait until all are known.
    again = sorted(ids & last.claims.keys())
    waiting: list[tuple[ContentFile, ParsedFile | None]] = [
        (unchanged_file(content, id, last), None) for id in again
    ]
    claims = {
        entry.id: AliasClaim(_shown(entry.path), *last.claims[entry.id]) for entry, _ in waiting
    }
    same |= kept - claims.keys()
    for number, (entry, parsed) in enumerate(
        zip(changed, read_files(changed), strict=True), len(kept) + 1
    ):
        if not (parsed.activity or parsed.errors):  # it vanished before it could be read
            continue
        if parsed.activity:
            ids.add(entry.id)
        if claim := alias_claim(parsed):
            claims[entry.id] = AliasClaim(_shown(entry.path), *claim)
            waiting.append((entry, parsed))
        else:
            yield entry, parsed
        progress("reading", number, len(kept) + len(changed))
    across = alias_errors(ids, claims)
    for entry, found in waiting:
        if entry.id in across:
            parsed = found or read_file(entry)
            found = ParsedFile(
                None, (*parsed.errors, *across[entry.id]), parsed.corrections, parsed.lines
            )
        yield entry, found


def unchanged_file(content: Path, id: str, last: FolderState) -> ContentFile:
    """The entry of a file that is as the last scan found it."""
    return ContentFile(id, f"{content}/{id}{SUFFIX}", None, last.stamps[id])
