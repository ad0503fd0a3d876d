"""Conversion between URL parameters and selections: id, ids and selected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from indexer.content.id_hash import MAX_HASH_LENGTH, MIN_HASH_LENGTH, id_hash
from indexer.content.values import is_id
from indexer.search.request import MAX_IDS, Reference

DROP_ID = "id:"  # begins a value of the parameter drop that removes an activity
# The number of digits of each hash, a dot, and the hashes without separators.
HASHES_PATTERN = "|".join(
    f"{length}[.](?:[a-z2-7]{{{length}}})+"
    for length in range(MIN_HASH_LENGTH, MAX_HASH_LENGTH + 1)
)
# Also a value that was cut.
_HASHES = re.compile(r"(1[0-2])[.]([a-z2-7]+)")


def read_references(name: str, text: str) -> tuple[list[Reference], bool]:
    """Return the references in a value of id or ids, and whether the value is complete.

    An address that a program has cut has an incomplete hash at its end. Letters of hashes may be
    capitals. Raises ValueError if the value is malformed.
    """
    if name == "id":
        if not is_id(text):
            raise ValueError(text)
        return [Reference(text)], True
    match = _HASHES.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(text)
    length, digits = int(match[1]), match[2]
    starts = range(0, len(digits) - length + 1, length)
    references = [Reference(digits[at : at + length], is_hash=True) for at in starts]
    return references, len(digits) % length == 0


def write_hashes(hashes: Iterable[str]) -> Iterator[str]:
    """Yield values of the parameter ids: one for each run of hashes of the same length."""
    for length, run in groupby(hashes, key=len):
        yield f"{length}.{''.join(run)}"


def drop_id(id: str) -> str:
    """Return the value of the parameter drop that removes an activity from a selection."""
    return f"{DROP_ID}{id}"


def dropped_ids(values: Iterable[str]) -> Iterator[str]:
    """Yield the ids that values of the parameter drop remove from a selection."""
    for value in values:
        if value.startswith(DROP_ID) and is_id(id := value.removeprefix(DROP_ID)):
            yield id


def selection_parameters(selection: Sequence[Reference]) -> list[tuple[str, str]]:
    """Return the URL parameters of a selection.

    More than MAX_IDS ids are written as hashes, with all of their digits: only the index knows
    whether fewer are enough.
    """
    parameters: list[tuple[str, str]] = []
    as_ids = len(selection) <= MAX_IDS
    for by_id, run in groupby(selection, key=lambda item: as_ids and not item.is_hash):
        if by_id:
            parameters += [("id", item.text) for item in run]
        else:
            hashes = (item.text if item.is_hash else id_hash(item.text) for item in run)
            parameters += [("ids", value) for value in write_hashes(hashes)]
    return parameters
