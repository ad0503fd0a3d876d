"""Selections: searches that are limited to activities which a reader has chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from indexer.content.activity import Activity
from indexer.content.id_hash import MAX_HASH_LENGTH, MIN_HASH_LENGTH, id_hash
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Snapshot
from indexer.query.plan import Plan
from indexer.search.aliases import ALIASES, activities_by_alias
from indexer.search.request import MAX_IDS, MAX_SELECTION, Reference, SearchRequest
from indexer.text.collation import sort_key

MAX_ALIASES = 1_000_000  # that are read from an index
UNDATED = -1  # sorts activities without a year last

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Selection:
    """The activities of a selection in one generation."""

    ids: tuple[str, ...]  # in the index, in the order of the references, without duplicates
    missing: tuple[Reference, ...]  # neither the id nor an alias of an activity in the index
    ambiguous: tuple[Reference, ...]  # hashes of several ids, all of which are in ids
    renamed: frozenset[str]  # the ids that a reference names by an alias
    hash_length: int  # digits that distinguish the hashes of ids from those of all other ids

    @property
    def references(self) -> tuple[Reference, ...]:
        """The shortest references to the same activities, and the missing ones."""
        as_ids = len(self.ids) + len(self.missing) <= MAX_IDS
        return (*self._references(as_ids), *self.missing)

    @property
    def references_in_index(self) -> tuple[Reference, ...]:
        """The shortest references to the activities in the index."""
        return self._references(len(self.ids) <= MAX_IDS)

    def _references(self, as_ids: bool) -> tuple[Reference, ...]:
        if as_ids:
            return tuple(map(Reference, self.ids))
        length = self.hash_length
        return tuple(Reference(id_hash(id)[:length], is_hash=True) for id in self.ids)


def resolve(snapshot: Snapshot, references: Sequence[Reference]) -> Selection:
    """Return the activities that references name. An alias is followed. Raises EngineError."""
    key = "selection", tuple(references)
    return snapshot.cached(key, lambda: _resolve(snapshot, references))


def _resolve(snapshot: Snapshot, references: Sequence[Reference]) -> Selection:
    plain_ids = [reference.text for reference in references if not reference.is_hash]
    hashes = [reference.text for reference in references if reference.is_hash]
    ids_of: dict[Reference, tuple[str, ...]] = {}
    for id, activity in zip(plain_ids, snapshot.get(*plain_ids), strict=True):
        if activity is not None:
            ids_of[Reference(id)] = (id,)
    for prefix, ids in (snapshot.ids_by_hash(hashes) if hashes else {}).items():
        ids_of[Reference(prefix, is_hash=True)] = ids
    missing = [reference for reference in references if reference not in ids_of]
    by_alias = _ids_of_aliases(snapshot, missing) if missing else {}
    ids_of |= by_alias
    ids = tuple(dict.fromkeys(id for each in references for id in ids_of.get(each, ())))
    return Selection(
        ids,
        tuple(reference for reference in missing if reference not in ids_of),
        tuple(reference for reference in references if len(ids_of.get(reference, ())) > 1),
        frozenset(id for each in by_alias.values() for id in each),
        _hash_length(snapshot, ids) if len(ids) + len(missing) > MAX_IDS else MIN_HASH_LENGTH,
    )


def _ids_of_aliases(
    snapshot: Snapshot, references: Iterable[Reference]
) -> Mapping[Reference, tuple[str, ...]]:
    """Return the id of the activity that has each reference as an alias."""
    aliases_of = {reference: reference.text for reference in references if not reference.is_hash}
    if hashes := [reference for reference in references if reference.is_hash]:
        aliases = [alias for alias, _ in snapshot.terms(ALIASES, limit=MAX_ALIASES)]
        for length in {len(reference.text) for reference in hashes}:
            table = {id_hash(alias)[:length]: alias for alias in aliases}
            aliases_of |= {each: table[each.text] for each in hashes if each.text in table}
    present = activities_by_alias(snapshot, aliases_of.values())
    return {
        reference: (present[alias].id,)
        for reference, alias in aliases_of.items()
        if alias in present
    }


def _hash_length(snapshot: Snapshot, ids: Iterable[str]) -> int:
    """Return the number of digits at which the hash of each id is that of no other id."""
    hashes = [id_hash(id) for id in ids]
    for length in range(MIN_HASH_LENGTH, MAX_HASH_LENGTH):
        sharing = snapshot.ids_by_hash([hash[:length] for hash in hashes])
        if all(len(ids) == 1 for ids in sharing.values()):
            return length
    return MAX_HASH_LENGTH


def with_short_references(request: SearchRequest, selection: Selection) -> SearchRequest:
    """Return the same search, with the shortest references to its selection."""
    return replace(request, selection=selection.references)


def plan_of_all(plan: Plan) -> Plan:
    """Return the plan of all matches of a search that is limited to a selection."""
    return replace(plan, offset=0, limit=MAX_SELECTION)


def in_order(
    rows: Sequence[tuple[Row, Activity]],
    total_all: int,
    request: SearchRequest,
    selection: Selection,
    vocabulary: Vocabulary,
) -> list[tuple[Row, Activity]]:
    """Return all matches of a request in an order that engines do not have.

    The first total_all rows have all words of the query, and stay first.
    """
    position = {id: number for number, id in enumerate(selection.ids)}

    def by_position(row: tuple[Row, Activity]) -> int:
        return position[row[1].id]

    def by_country(row: tuple[Row, Activity]) -> tuple[bool, list[bytes], int, int]:
        meta = row[1].meta
        labels = sorted(
            sort_key(vocabulary.label("country", code), vocabulary.locale)
            for code in meta.get("country", ())
        )
        latest = max((int(year) for year in meta.get("year", ())), default=UNDATED)
        return not labels, labels, -latest, position[row[1].id]

    groups = rows[:total_all], rows[total_all:]
    if request.order == "country":
        return [row for group in groups for row in sorted(group, key=by_country)]
    return [row for group in groups for row in sorted(group, key=by_position)]
