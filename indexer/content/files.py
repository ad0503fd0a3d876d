"""The content folder: lists its files, reads them, and checks aliases across files."""

from __future__ import annotations

import gc
import multiprocessing
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from indexer.content.activity import MAX_FILE_SIZE, InvalidActivity, ParsedFile, parse
from indexer.content.scan_cache import FolderState, Stamp, stamp_of
from indexer.content.synonyms import synonym_errors
from indexer.content.values import MAX_ID_LENGTH, is_id, slug
from indexer.content.vocabulary import Vocabulary
from indexer.processes import can_fork, usable_cpus
from indexer.progress import Progress, no_progress

SUFFIX = ".md"
MIN_FILES_FOR_PROCESSES = 5000  # fewer files are read faster by one process
FILES_PER_TASK = 200  # files that a process reads at a time


class ContentFile(NamedTuple):
    """A file or folder in the content folder.

    If it has an error it is not read, and the last good version with its id stays in the index.
    An id that ends in "/" is that of a folder, and represents all ids below it.
    """

    id: str
    path: str
    error: InvalidActivity | None = None
    stamp: Stamp | None = None  # taken before the file is read


@dataclass(frozen=True, slots=True)
class FolderScan:
    """A scan of the content folder. The files are read while `files` is iterated."""

    content: Path
    started: int  # nanoseconds since 1970; before the first file was listed
    unchanged: FolderState  # the last state of all files that `files` leaves out
    # A file that did not change comes with None and is not read.
    files: Iterable[tuple[ContentFile, ParsedFile | None]]
    errors: Sequence[InvalidActivity] = ()  # in the vocabulary and in the synonyms


def list_files(content: Path, prefix: str = "") -> list[ContentFile]:
    """List all content files below a folder by id. Names that begin with _ or . are ignored.

    The prefix is put before every id; for the subfolder "asia" it is "asia/". Raises
    InvalidActivity if the folder itself cannot be read.
    """
    return _walk(content, {}, prefix).files


def _walk(content: Path, stamps: Mapping[str, Stamp], prefix: str = "") -> _FolderWalk:
    walk = _FolderWalk(stamps)
    try:
        walk.add_folder(str(content), prefix)
    except OSError as error:
        reason = (
            f"cannot be read ({error.strerror}): name the folder of content files with --content "
            "or ACTIVITIES_CONTENT"
        )
        raise InvalidActivity(str(content), 1, "", reason) from None
    # An error of "a.MD" has the id of "a.md". It comes first, so that the file itself wins.
    walk.files.sort(key=attrgetter("id", "path"))
    return walk


class _FolderWalk:
    """Collects the content files below a folder, apart from those whose stamps are unchanged."""

    def __init__(self, stamps: Mapping[str, Stamp]) -> None:
        self._stamps = stamps
        self.files: list[ContentFile] = []
        self.unchanged: set[str] = set()

    def add_folder(self, folder: str, prefix: str) -> None:
        """Add the content files below a folder. Raises OSError."""
        # Listing an open folder saves the lookup of its path for every file.
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with os.scandir(handle) as listing:
                # Read at once: a listing of a folder that changes meanwhile may miss files.
                entries = list(listing)
            self._add_entries(folder, entries, prefix)
        finally:
            os.close(handle)

    def _add_entries(self, folder: str, entries: Sequence[os.DirEntry[str]], prefix: str) -> None:
        for entry in entries:
            name = entry.name
            if name[0] in "_.":
                continue
            if name.endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
                id = prefix + name[:-3]
                last_stamp = self._stamps.get(id)
                if last_stamp or is_id(id):
                    try:
                        stamp = stamp_of(entry.stat(follow_symlinks=False))
                    except FileNotFoundError:  # removed since it was listed
                        continue
                    if stamp == last_stamp:
                        self.unchanged.add(id)
                    else:
                        self.files.append(ContentFile(id, f"{folder}/{name}", None, stamp))
                    continue
            self._add_other_entry(folder, entry, prefix)

    def _add_other_entry(self, folder: str, entry: os.DirEntry[str], prefix: str) -> None:
        """Add an entry that is not a regular content file with a valid name."""
        path = f"{folder}/{entry.name}"
        stem, suffix = os.path.splitext(entry.name)
        has_suffix = suffix.lower() == SUFFIX
        id = prefix + (stem if has_suffix else f"{entry.name}/")
        if entry.is_symlink():
            if has_suffix or os.path.isdir(path):
                self._reject(
                    id,
                    path,
                    "is a symbolic link, which is never followed: put the file itself here",
                )
        elif entry.is_dir():
            if has_suffix:
                self._reject(id, path, "is a folder, not a file: rename it")
            elif len(id) > MAX_ID_LENGTH:
                reason = f"is nested too deeply: an address has at most {MAX_ID_LENGTH} characters"
                self._reject(id, path, f"{reason}; move it up")
            else:
                try:
                    self.add_folder(path, id)
                except FileNotFoundError:  # removed since it was listed
                    return
                except OSError as error:
                    self._reject(
                        id, path, f"cannot be read ({error.strerror}): fix its permissions"
                    )
        elif has_suffix and not entry.is_file():  # opening a pipe would block
            self._reject(id, path, "is not a regular file: put the file itself here")
        elif has_suffix:
            name = "/".join(slug(part) or "activity" for part in id.split("/")) + SUFFIX
            exists = Path(folder, Path(name).name).exists()
            taken = "; that name is taken: choose another" if exists else ""
            reason = f"its name cannot be an address (a-z, 0-9 and hyphens): rename it to {name}"
            self._reject(id, path, f"{reason}{taken}")

    def _reject(self, id: str, path: str, reason: str) -> None:
        error = InvalidActivity(_printable(path), 1, "", reason)
        self.files.append(ContentFile(id, path, error))


def _printable(path: str) -> str:
    """Return a path as text that can be printed, even if its name is not valid UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def read_file(file: ContentFile) -> ParsedFile:
    """Read and parse a file.

    The result has neither an activity nor errors if the file was removed after it was listed.
    """
    if file.error:
        return ParsedFile(None, (file.error,), withdrawn=_withdrawal(file))
    return _read_and_parse(file)


def _withdrawal(file: ContentFile) -> str:
    """Return the line that withdraws an activity whose file has an invalid name, or ""."""
    with suppress(OSError):
        if is_id(file.id) and stat.S_ISREG(os.lstat(file.path).st_mode):
            return _read_and_parse(file).withdrawn
    return ""


def _read_and_parse(file: ContentFile) -> ParsedFile:
    path = _printable(file.path)
    try:
        handle = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            data = b""
            # The buffer has the expected size: allocating MAX_FILE_SIZE for every file is slow.
            size = file.stamp[2] + 1 if file.stamp else MAX_FILE_SIZE
            while len(data) <= MAX_FILE_SIZE and (chunk := os.read(handle, size)):
                data += chunk
        finally:
            os.close(handle)
    except FileNotFoundError:
        return ParsedFile(None)
    except OSError as error:
        reason = f"cannot be read ({error.strerror}): fix its permissions"
        return ParsedFile(None, (InvalidActivity(path, 1, "", reason),))
    return parse(file.id, path, data)


def read_files(files: Sequence[ContentFile]) -> Iterator[ParsedFile]:
    """Read and parse files in their order. Many files are read by one process for each CPU."""
    if len(files) < MIN_FILES_FOR_PROCESSES or not can_fork():
        yield from map(read_file, files)
        return
    cpus = usable_cpus()
    batches = (files[at : at + FILES_PER_TASK] for at in range(0, len(files), FILES_PER_TASK))
    # Forked processes need not load the modules again.
    with ProcessPoolExecutor(cpus, multiprocessing.get_context("fork"), _end_with_parent) as pool:
        tasks = deque(pool.submit(_read_batch, batch) for batch in islice(batches, 4 * cpus))
        while tasks:
            yield from tasks.popleft().result()
            tasks.extend(pool.submit(_read_batch, batch) for batch in islice(batches, 1))


def _end_with_parent() -> None:
    # Without its parent this process would wait forever, and keep the writer's lock open.
    def wait() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _read_batch(files: Sequence[ContentFile]) -> list[ParsedFile]:
    gc.disable()  # for the reason given in logged_run()
    return [read_file(file) for file in files]


class AliasClaim(NamedTuple):
    """The aliases that a file states."""

    path: str  # of the file
    line: int
    aliases: Sequence[str]


def stated_aliases(parsed: ParsedFile) -> tuple[int, list[str]] | None:
    """Return the line of a file's aliases and the aliases; None if it has none."""
    aliases = parsed.activity.meta.get("aliases") if parsed.activity else None
    return (parsed.lines["aliases"], [str(alias) for alias in aliases]) if aliases else None


def alias_errors(
    ids: Container[str], claims: Mapping[str, AliasClaim]
) -> dict[str, list[InvalidActivity]]:
    """Return the errors of aliases that two files state, or that are the id of another file.

    ids are the ids of all files. claims and the result are keyed by file id.
    """
    owners: dict[str, str] = {}
    errors: dict[str, list[InvalidActivity]] = {}

    def reject(id: str, reason: str) -> None:
        path, line, _ = claims[id]
        errors.setdefault(id, []).append(InvalidActivity(path, line, "aliases", reason))

    for id, claim in sorted(claims.items()):
        for alias in claim.aliases:
            if alias in ids and alias != id:
                reject(id, f'"{alias}" is the address of another file: remove it here')
            elif owner := owners.get(alias):
                message = f'"{alias}" is claimed by {{}} too: keep it in one of them'
                reject(owner, message.format(claim.path))
                reject(id, message.format(claims[owner].path))
            else:
                owners[alias] = id
    return errors


def check_folder(content: Path) -> Iterator[tuple[ContentFile, ParsedFile]]:
    """Yield all content files as parsed, including errors across files.

    The errors of the vocabulary and the synonyms come last. Raises InvalidActivity if the folder
    cannot be read.
    """
    scan = scan_folder(content, FolderState())
    for file, parsed in scan.files:
        assert parsed is not None
        yield file, parsed
    for error in scan.errors:
        yield ContentFile("", error.path, error), ParsedFile(None, (error,))


def scan_folder(content: Path, last: FolderState, progress: Progress = no_progress) -> FolderScan:
    """Scan the content folder for files that changed since the last state.

    Raises InvalidActivity if the folder cannot be read.
    """
    started = time.time_ns()
    walk = _walk(content, last.stamps)
    errors = []
    try:
        Vocabulary.load(content)
    except InvalidActivity as error:
        errors.append(error)
    errors += synonym_errors(content)
    # Another file can make an alias invalid, so all files with aliases are checked again.
    with_aliases = walk.unchanged & last.aliases.keys()
    return FolderScan(
        content,
        started,
        last.only(walk.unchanged - with_aliases),
        _parsed_files(content, walk, sorted(with_aliases), last, progress),
        errors,
    )


def _parsed_files(
    content: Path,
    walk: _FolderWalk,
    with_aliases: Sequence[str],
    last: FolderState,
    progress: Progress,
) -> Iterator[tuple[ContentFile, ParsedFile | None]]:
    """Yield the changed files, then all files with aliases, when all aliases and ids are known."""
    ids = set(walk.unchanged)
    waiting: list[tuple[ContentFile, ParsedFile | None]] = [
        (unchanged_file(content, id, last.stamps[id]), None) for id in with_aliases
    ]
    claims = {
        file.id: AliasClaim(_printable(file.path), *last.aliases[file.id]) for file, _ in waiting
    }
    total = len(walk.unchanged) + len(walk.files)
    numbered = enumerate(
        zip(walk.files, read_files(walk.files), strict=True), len(walk.unchanged) + 1
    )
    for number, (file, parsed) in numbered:
        if not (parsed.activity or parsed.errors):  # removed before it could be read
            continue
        if parsed.activity:
            ids.add(file.id)
        if stated := stated_aliases(parsed):
            claims[file.id] = AliasClaim(_printable(file.path), *stated)
            waiting.append((file, parsed))
        else:
            yield file, parsed
        progress("reading", number, total)
    errors_by_id = alias_errors(ids, claims)
    for file, result in waiting:
        if file.id in errors_by_id:
            parsed = result or read_file(file)
            errors = (*parsed.errors, *errors_by_id[file.id])
            yield file, replace(parsed, activity=None, errors=errors)
        else:
            yield file, result


def unchanged_file(content: Path, id: str, stamp: Stamp) -> ContentFile:
    """Return the entry of a file that did not change since the last scan."""
    return ContentFile(id, f"{content}/{id}{SUFFIX}", None, stamp)
