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
from pathlib import Path
from typing import NamedTuple

from indexer.content.activity import (
    MAX_FILE_SIZE,
    MAX_START_LENGTH,
    InvalidActivity,
    ParsedFile,
    parse,
    too_large_file,
)
from indexer.content.folder_walk import (
    ContentFile,
    FolderWalk,
    PassedOver,
    printable,
    unchanged_file,
    walk_folder,
)
from indexer.content.rules import NO_RULES, FrontMatterRules
from indexer.content.scan_cache import FolderState
from indexer.content.site import site_file
from indexer.content.slug_check import SlugCheck, equal_labels
from indexer.content.synonyms import synonym_errors
from indexer.content.values import is_id
from indexer.content.vocabulary import VOCABULARY_FILE, vocabulary_file
from indexer.processes import can_fork, usable_cpus
from indexer.progress import Progress, no_progress

MIN_FILES_FOR_PROCESSES = 5000  # fewer files are read faster by one process
FILES_PER_TASK = 200  # files that a process reads at a time
BYTES_PER_TASK = 4_000_000  # limits the number of large files in memory


@dataclass(frozen=True, slots=True)
class FolderScan:
    """A scan of the content folder. The files are read while `files` is iterated."""

    content: Path
    started: int  # nanoseconds since 1970; before the first file was listed
    unchanged: FolderState  # the last state of all files that `files` leaves out
    # A file that did not change comes with None and is not read.
    files: Iterable[tuple[ContentFile, ParsedFile | None]]
    errors: Sequence[InvalidActivity] = ()  # errors in the settings files
    rules: FrontMatterRules = NO_RULES
    passed_over: Sequence[PassedOver] = ()  # files and folders that are not read


def read_file(file: ContentFile, rules: FrontMatterRules) -> ParsedFile:
    """Read and parse a file.

    The result has neither an activity nor errors if the file was removed after it was listed.
    """
    if file.error:
        return ParsedFile(None, (file.error,), withdrawn=_withdrawal(file, rules))
    return _read_and_parse(file, rules)


def _withdrawal(file: ContentFile, rules: FrontMatterRules) -> str:
    """Return the line that withdraws an activity whose file has an invalid name, or ""."""
    with suppress(OSError):
        if is_id(file.id) and stat.S_ISREG(os.lstat(file.path).st_mode):
            return _read_and_parse(file, rules).withdrawn
    return ""


def _read_and_parse(file: ContentFile, rules: FrontMatterRules) -> ParsedFile:
    path = printable(file.path)
    try:
        handle = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            # The buffer has the size of the file: allocating MAX_FILE_SIZE for every file is slow.
            size = os.fstat(handle).st_size + 1
            if size > MAX_FILE_SIZE + 1:
                return too_large_file(path, os.read(handle, MAX_START_LENGTH))
            data = b""
            while len(data) <= MAX_FILE_SIZE and (chunk := os.read(handle, size)):
                data += chunk
        finally:
            os.close(handle)
    except FileNotFoundError:
        return ParsedFile(None)
    except OSError as error:
        reason = f"cannot be read ({error.strerror}): fix its permissions"
        return ParsedFile(None, (InvalidActivity(path, 1, "", reason),))
    return parse(file.id, path, data, rules)


def read_files(files: Sequence[ContentFile], rules: FrontMatterRules) -> Iterator[ParsedFile]:
    """Read and parse files in their order. Many files are read by one process for each CPU."""
    if len(files) < MIN_FILES_FOR_PROCESSES or not can_fork():
        yield from (read_file(file, rules) for file in files)
        return
    cpus = usable_cpus()
    batches = task_batches(files)
    # Forked processes need not load the modules again.
    with ProcessPoolExecutor(cpus, multiprocessing.get_context("fork"), _end_with_parent) as pool:
        tasks = deque(pool.submit(_read_batch, batch, rules) for batch in islice(batches, 4 * cpus))
        while tasks:
            yield from tasks.popleft().result()
            tasks.extend(pool.submit(_read_batch, batch, rules) for batch in islice(batches, 1))


def task_batches(files: Sequence[ContentFile]) -> Iterator[Sequence[ContentFile]]:
    """Yield the files in batches. Only a batch of one file has more than BYTES_PER_TASK."""
    start = size = 0
    for end, file in enumerate(files):
        file_size = min(file.stamp[2], MAX_FILE_SIZE) if file.stamp else 0
        size += file_size
        if end > start and (end - start >= FILES_PER_TASK or size > BYTES_PER_TASK):
            yield files[start:end]
            start, size = end, file_size
    if files:
        yield files[start:]


def _end_with_parent() -> None:
    # Without its parent this process would wait forever, and keep the writer's lock open.
    def wait() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _read_batch(files: Sequence[ContentFile], rules: FrontMatterRules) -> list[ParsedFile]:
    gc.disable()  # for the reason given in logged_run()
    return [read_file(file, rules) for file in files]


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
        errors.setdefault(id, []).append(InvalidActivity(path, line, "aliases", reason, "alias"))

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


def check_folder(
    content: Path, index: Path | None = None
) -> Iterator[tuple[ContentFile, ParsedFile]]:
    """Yield all parsed content files, with all warnings and with errors across files.

    Problems of settings files, and files that are not read, come last and have no id. index: the
    index folder, which has the last good versions of settings files. Raises InvalidActivity if the
    folder cannot be read.
    """
    scan = scan_folder(content, FolderState(), index=index)
    slugs = SlugCheck(vocabulary_file(content, index).value())
    for file, parsed in scan.files:
        assert parsed is not None
        if unknown := tuple(slugs.unknown_slugs(printable(file.path), parsed)):
            parsed = replace(parsed, warnings=(*parsed.warnings, *unknown))
        yield file, parsed
    for error in scan.errors:
        yield ContentFile("", error.path, error), ParsedFile(None, (error,))
    for path, reason in scan.passed_over:
        warning = InvalidActivity(path, 1, "", reason, "passed-over")
        yield ContentFile("", path), ParsedFile(None, warnings=(warning,))
    for warning in equal_labels(content / VOCABULARY_FILE):
        yield ContentFile("", warning.path), ParsedFile(None, warnings=(warning,))


def scan_folder(
    content: Path,
    last: FolderState,
    progress: Progress = no_progress,
    index: Path | None = None,
) -> FolderScan:
    """Scan the content folder for files that changed since the last state.

    index: the index folder, which has the last good versions of settings files. Raises
    InvalidActivity if the folder cannot be read.
    """
    started = time.time_ns()
    rules, errors = read_rules(content, index)
    if last.rules != rules.digest:  # the last state was read with other rules
        last = FolderState(last.generation)
    walk = walk_folder(content, last)
    errors += synonym_errors(content)
    # Another file can make an alias invalid, so all files with aliases are checked again.
    with_aliases = walk.unchanged & last.aliases.keys()
    unchanged = last.only(walk.unchanged - with_aliases)
    unchanged.rules = rules.digest
    return FolderScan(
        content,
        started,
        unchanged,
        _parsed_files(content, walk, sorted(with_aliases), last, rules, progress),
        errors,
        rules,
        walk.passed_over,
    )


def read_rules(content: Path, index: Path | None) -> tuple[FrontMatterRules, list[InvalidActivity]]:
    """Return the rules of _site.yaml and the names of _vocabulary.yaml, and errors in both files.

    If a file has an error, its last good version is used.
    """
    site, vocabulary = site_file(content, index), vocabulary_file(content, index)
    rules = replace(site.value().rules, names=vocabulary.value().names_with_commas())
    return rules, [file.error for file in (site, vocabulary) if file.error]


def _parsed_files(
    content: Path,
    walk: FolderWalk,
    with_aliases: Sequence[str],
    last: FolderState,
    rules: FrontMatterRules,
    progress: Progress,
) -> Iterator[tuple[ContentFile, ParsedFile | None]]:
    """Yield the changed files, then all files with aliases, when all aliases and ids are known."""
    ids = set(walk.unchanged)
    waiting: list[tuple[ContentFile, ParsedFile | None]] = [
        (unchanged_file(content, id, last), None) for id in with_aliases
    ]
    claims = {
        file.id: AliasClaim(printable(file.path), *last.aliases[file.id]) for file, _ in waiting
    }
    total = len(walk.unchanged) + len(walk.files)
    numbered = enumerate(
        zip(walk.files, read_files(walk.files, rules), strict=True), len(walk.unchanged) + 1
    )
    for number, (file, parsed) in numbered:
        if not (parsed.activity or parsed.errors):  # removed before it could be read
            continue
        if parsed.activity:
            ids.add(file.id)
        if stated := stated_aliases(parsed):
            claims[file.id] = AliasClaim(printable(file.path), *stated)
            waiting.append((file, parsed))
        else:
            yield file, parsed
        progress("reading", number, total)
    errors_by_id = alias_errors(ids, claims)
    for file, result in waiting:
        if file.id in errors_by_id:
            parsed = result or read_file(file, rules)
            errors = (*parsed.errors, *errors_by_id[file.id])
            yield file, replace(parsed, activity=None, errors=errors)
        else:
            yield file, result
