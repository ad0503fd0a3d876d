"""List the content files of a folder, and report other files that look like content files."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from indexer.content.activity import InvalidActivity
from indexer.content.evidence import EVIDENCE_FOLDER
from indexer.content.scan_cache import FolderState, Stamp, stamp_of
from indexer.content.site import SITE_FILE
from indexer.content.synonyms import SYNONYMS_FILE
from indexer.content.values import MAX_ID_LENGTH, is_id, slug
from indexer.content.vocabulary import VOCABULARY_FILE

SUFFIX = ".md"
SUFFIXES = (SUFFIX, ".markdown")
SETTINGS_FILES = (VOCABULARY_FILE, SYNONYMS_FILE, SITE_FILE)

# The name of a file that an editor may have meant as Markdown: "a.mdx", "a.md ", "a.md.bak".
_LOOKS_LIKE_MARKDOWN = re.compile(
    r"\.(?:md|markdown|mdown|mdwn|mkdn?|mdx|rmd|qmd)(?![A-Za-z0-9])", re.IGNORECASE
)


class ContentFile(NamedTuple):
    """A file or folder in the content folder.

    If it has an error it is not read, and the last good version with its id stays in the index.
    An id that ends in "/" is that of a folder, and represents all ids below it.
    """

    id: str
    path: str
    error: InvalidActivity | None = None
    stamp: Stamp | None = None  # taken before the file is read


class PassedOver(NamedTuple):
    """A file or folder that is not read, but may have been intended as content."""

    path: str
    reason: str


def list_files(content: Path, prefix: str = "") -> list[ContentFile]:
    """List all content files below a folder by id. Names that begin with _ or . are ignored.

    The prefix is put before every id; for the subfolder "asia" it is "asia/". Raises
    InvalidActivity if the folder itself cannot be read.
    """
    return walk_folder(content, FolderState(), prefix).files


def walk_folder(content: Path, last: FolderState, prefix: str = "") -> FolderWalk:
    """Walk the content folder. Raises InvalidActivity if the folder itself cannot be read."""
    walk = FolderWalk(content, last)
    try:
        walk.add_folder(str(content), prefix)
    except OSError as error:
        reason = (
            f"cannot be read ({error.strerror}): mount it if it is on another file system, or name "
            "the folder of content files with --content or ACTIVITIES_CONTENT"
        )
        raise InvalidActivity(str(content), 1, "", reason) from None
    walk.finish()
    return walk


class FolderWalk:
    """Collects the content files below a folder, apart from those whose stamps are unchanged."""

    def __init__(self, content: Path, last: FolderState) -> None:
        """Prepare a walk of the content folder. last: the stamps of the last state."""
        self.files: list[ContentFile] = []
        self.unchanged: set[str] = set()
        self.passed_over: list[PassedOver] = []
        self._content, self._stamps, self._paths = content, last.stamps, last.paths
        # The files whose ids are derived from their names, by id.
        self._derived: defaultdict[str, list[ContentFile]] = defaultdict(list)

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
                self._pass_over_hidden(folder, entry)
                continue
            if name.endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
                id = prefix + name[:-3]
                last_stamp = self._stamps.get(id)
                if (last_stamp and id not in self._paths) or is_id(id):
                    try:
                        stamp = stamp_of(entry.stat(follow_symlinks=False))
                    except FileNotFoundError:  # removed since it was listed
                        continue
                    if stamp == last_stamp and id not in self._paths:
                        self.unchanged.add(id)
                    else:
                        self.files.append(ContentFile(id, f"{folder}/{name}", None, stamp))
                    continue
            self._add_other_entry(folder, entry, prefix)

    def _pass_over_hidden(self, folder: str, entry: os.DirEntry[str]) -> None:
        name = entry.name
        is_ours = folder == str(self._content) and name in (*SETTINGS_FILES, EVIDENCE_FOLDER)
        if entry.is_dir(follow_symlinks=False):
            if name[0] == "_" and not is_ours:
                reason = 'a folder whose name begins with "_" is not read'
                self._pass_over(f"{folder}/{name}/", reason)
        elif not is_ours and _LOOKS_LIKE_MARKDOWN.search(name):
            self._pass_over(f"{folder}/{name}", f'a name that begins with "{name[0]}" is not read')

    def _pass_over(self, path: str, reason: str) -> None:
        self.passed_over.append(PassedOver(printable(path), reason))

    def _add_other_entry(self, folder: str, entry: os.DirEntry[str], prefix: str) -> None:
        """Add an entry that is not a regular content file with a valid name."""
        path = f"{folder}/{entry.name}"
        stem, suffix = os.path.splitext(entry.name)
        has_suffix = suffix.lower() in SUFFIXES
        part = stem if has_suffix else entry.name
        is_unicode = printable(part) == part
        derived = slug(part) if is_unicode and not is_id(part) else ""
        id = prefix + (derived or part) + ("" if has_suffix else "/")
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
            elif not is_unicode:
                self._reject_name(id, path)
            else:
                self._add_subfolder(id, path)
        elif not has_suffix:
            if _LOOKS_LIKE_MARKDOWN.search(entry.name):
                self._pass_over(path, "its name does not end in .md or .markdown: rename it")
        elif not entry.is_file():  # opening a pipe would block
            self._reject(id, path, "is not a regular file: put the file itself here")
        elif not is_id(id):
            self._reject_name(id, path)
        else:
            try:
                stamp = stamp_of(entry.stat(follow_symlinks=False))
            except FileNotFoundError:  # removed since it was listed
                return
            self._derived[id].append(ContentFile(id, path, None, stamp))

    def _add_subfolder(self, id: str, path: str) -> None:
        if len(id) > MAX_ID_LENGTH:
            reason = f"is nested too deeply: an address has at most {MAX_ID_LENGTH} characters"
            self._reject(id, path, f"{reason}; move it up")
            return
        try:
            self.add_folder(path, id)
        except FileNotFoundError:  # removed since it was listed
            return
        except OSError as error:
            self._reject(id, path, f"cannot be read ({error.strerror}): fix its permissions")

    def _reject_name(self, id: str, path: str) -> None:
        if len(id) > MAX_ID_LENGTH:
            reason = f"its name is too long: an address has at most {MAX_ID_LENGTH} characters"
            self._reject(id, path, f"{reason}; shorten it")
        else:
            reason = "no address can be derived from its name: rename it with a-z, 0-9 and hyphens"
            self._reject(id, path, reason)

    def _reject(self, id: str, path: str, reason: str) -> None:
        error = InvalidActivity(printable(path), 1, "", reason)
        self.files.append(ContentFile(id, path, error))

    def finish(self) -> None:
        """Add the files with derived ids, and sort the files by id."""
        taken = {file.id for file in self.files} | self.unchanged if self._derived else set()
        for id, files in self._derived.items():
            (file, *others) = files
            if not others and id not in taken:
                is_known = self._paths.get(id) == path_below(self._content, file.path)
                if is_known and self._stamps.get(id) == file.stamp:
                    self.unchanged.add(id)
                else:
                    self.files.append(file)
                continue
            for file in files:
                owner = f"{id}{SUFFIX}" if id in taken else "another file"
                reason = f"its address would be {id}, which is that of {owner} too: rename one"
                self._reject(id, file.path, reason)
        # An error with the id of a valid file comes first, so that the file takes precedence.
        self.files.sort(key=attrgetter("id", "path"))
        if self._derived:
            self.files.sort(key=lambda file: (file.id, file.error is None))


def unchanged_file(content: Path, id: str, last: FolderState) -> ContentFile:
    """Return the entry of a file that did not change since the last scan."""
    path = last.paths.get(id, f"{id}{SUFFIX}")
    return ContentFile(id, f"{content}/{path}", None, last.stamps[id])


def path_below(content: Path, path: str) -> str:
    """Return the path of a file relative to the content folder."""
    return path[len(str(content)) + 1 :]


def printable(path: str) -> str:
    """Return a path as text that can be printed, even if its name is not valid UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
