"""Writes the files of an import: content files, evidence and vocabulary labels."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ruamel.yaml import YAML

from indexer.content.activity import MAX_FILE_SIZE
from indexer.content.file_replacement import FileChanged, read_regular_file, replace_file
from indexer.schema import Value

# Errors of os.link() on file systems without hard links, such as FAT and some network shares.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


MAX_ATTEMPTS = 20  # to replace a file that other programs change at the same time


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence for a value: the words text[start:end] of an activity that support it.

    The text is the activity's plain text.

    The evidence log has one JSON object per proof, with these keys.
    """

    id: str
    field: str
    value: Value
    words: str
    start: int
    end: int
    rule: str  # the name of the rule that applied


def write_activity(content: Path, id: str, text: str, proofs: Sequence[Proof], log: Path) -> None:
    """Write a content file, and append its evidence to a log first.

    An interruption therefore never leaves a file without evidence. Raises FileExistsError, and
    removes the evidence again, if the file exists.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as lines:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(lines, fcntl.LOCK_EX)
        size = os.fstat(lines.fileno()).st_size
        for proof in proofs:
            lines.write(json.dumps(asdict(proof), ensure_ascii=False).encode() + b"\n")
        lines.flush()
        try:
            create_file(content / f"{id}.md", text)
        except FileExistsError:
            lines.truncate(size)
            raise


def create_file(path: Path, text: str) -> None:
    """Create a file with a text, completely or not at all.

    Raises FileExistsError if the path exists. No file is ever overwritten, also if another program
    creates it at the same moment.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _write(temporary, text, "w")
        try:
            os.link(temporary, path)  # fails if the path exists; a rename would overwrite it
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _create_in_place(path, text)
    finally:
        temporary.unlink(missing_ok=True)


def _create_in_place(path: Path, text: str) -> None:
    """Create a file where hard links are not supported. Another program may read half of it."""
    try:
        _write(path, text, "x")
    except FileExistsError:
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(path: Path, text: str, mode: str) -> None:
    with path.open(mode, encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def add_labels(path: Path, labels: Mapping[tuple[str, str], str]) -> None:
    """Add labels, by field and slug, to a vocabulary file.

    Everything in the file is kept, including comments, and so are its owner, group and mode. If an
    editor saves the file at the same time, it is read again. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(MAX_ATTEMPTS):
        old = read_regular_file(path, MAX_FILE_SIZE) if path.exists() else None
        text = _with_labels((old or b"").decode("utf-8-sig"), labels)
        try:
            if old is None:
                create_file(path, text)
            else:
                _replace_file(path, old, text)
        except (FileChanged, FileExistsError):
            continue
        return
    raise OSError(errno.EBUSY, "other programs keep changing it", str(path))


def _with_labels(text: str, labels: Mapping[tuple[str, str], str]) -> str:
    """Return the text of a vocabulary with more labels."""
    yaml = YAML()
    vocabulary = yaml.load(text) or {}
    for (field, slug), label in sorted(labels.items()):
        if vocabulary.get(field) is None:
            vocabulary[field] = {}
        vocabulary[field].setdefault(slug, label)
    buffer = io.StringIO()
    yaml.dump(vocabulary, buffer)
    return buffer.getvalue()


def _replace_file(path: Path, old: bytes, text: str) -> None:
    """Replace a file if it still has the old bytes. Raises FileChanged otherwise, and OSError.

    If another member of its group replaces it, the new file is owned by that user, because only the
    owner can keep the owner. The group and the mode stay the same.
    """
    try:
        replace_file(path, old, text.encode())
        return
    except PermissionError:
        if path.stat().st_uid == os.geteuid():
            raise
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _write(temporary, text, "w")
        status = path.stat()
        os.chown(temporary, -1, status.st_gid)
        temporary.chmod(stat.S_IMODE(status.st_mode))
        if path.read_bytes() != old:
            raise FileChanged
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
