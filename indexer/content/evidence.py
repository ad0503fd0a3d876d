"""The evidence for values: the words of a text from which an import read them.

An import appends its evidence to content/_import/, one JSON object a line. A run keeps it in the
index with each activity, so that a page needs no file of the content folder.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from indexer.content.file_replacement import NotRegularFile, read_regular_file, replace_file
from indexer.schema import FIELD, Value

EVIDENCE_FOLDER = "_import"  # one log per day of imports
MAX_LOG_SIZE = 200_000_000  # bytes; the rest of a larger log is not read
MAX_WORDS_LENGTH = 200  # characters of the words of one value
MAX_VALUES = 50  # of one activity


class Evidence(NamedTuple):
    """A value of a field, and the words of the text that state it."""

    field: str
    value: str
    words: str


NO_EVIDENCE: Mapping[str, tuple[Evidence, ...]] = {}


def read_evidence(content: Path) -> Mapping[str, tuple[Evidence, ...]]:
    """Return the evidence in all logs of imports, by id. The last entry for a value counts.

    Lines and files that cannot be read are left out: evidence explains a value, and no value
    depends on it.
    """
    by_id: dict[str, dict[tuple[str, str], Evidence]] = {}
    try:
        logs = sorted((content / EVIDENCE_FOLDER).glob("*.jsonl"))
    except OSError:
        return NO_EVIDENCE
    for log in logs:
        try:
            lines = read_regular_file(log, MAX_LOG_SIZE).splitlines()
        except (OSError, NotRegularFile):
            continue
        for line in lines:
            entry = _entry(line)
            if entry:
                id, evidence = entry
                by_id.setdefault(id, {})[evidence.field, evidence.value] = evidence
    return {id: tuple(values.values())[:MAX_VALUES] for id, values in by_id.items()}


def remove_evidence(content: Path, ids: Collection[str]) -> dict[Path, int]:
    """Remove the entries of some activities from all logs of imports.

    Returns the number of removed entries by log. Raises OSError.
    """
    removed = {}
    folder = content / EVIDENCE_FOLDER
    for log in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        data = log.read_bytes()
        lines = data.splitlines(keepends=True)
        kept = [line for line in lines if _id_of(line) not in ids]
        if len(kept) < len(lines):
            replace_file(log, data, b"".join(kept))
            removed[log] = len(lines) - len(kept)
    return removed


def _id_of(line: bytes) -> str | None:
    """Return the id in a line of a log; None if it has none."""
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _entry(line: bytes) -> tuple[str, Evidence] | None:
    """Return the id and the evidence of a line of a log; None if it has none."""
    try:
        entry = json.loads(line)
        id, field, value, words = (entry[key] for key in ("id", "field", "value", "words"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_valid = (
        isinstance(id, str) and isinstance(words, str) and field in FIELD and "\0" not in words
    )
    if not is_valid or not words.strip() or len(words) > MAX_WORDS_LENGTH:
        return None
    return id, Evidence(field, str(value), " ".join(words.split()))


def valid_evidence(
    evidence: Sequence[Evidence], meta: Mapping[str, Sequence[Value]], text: str
) -> tuple[Evidence, ...]:
    """Return the evidence for values that an activity still has, with words that it still has."""
    return tuple(
        each
        for each in evidence
        if each.value in map(str, meta.get(each.field, ())) and each.words in text
    )


def encode(evidence: Sequence[Evidence]) -> str:
    """Return evidence as JSON; "" without any."""
    return json.dumps([list(each) for each in evidence], ensure_ascii=False) if evidence else ""


def decode(text: str) -> tuple[Evidence, ...]:
    """Return the evidence that encode() wrote."""
    return tuple(Evidence(*each) for each in json.loads(text)) if text else ()
