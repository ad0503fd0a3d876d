"""What an index of ours holds: its mapping, and an activity as a document of it.

Each version of an activity is a document of its own. made is the run that wrote it, closed the runs that replaced or
removed it: a generation sees a version if a run of its line made it and none closed it (pointer.py). Runs are
numbered as generations are. Terms are those of analysis.py, joined by spaces.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from indexer.content.activity import Activity
from indexer.query.plan import K1, B, Stream
from indexer.schema import FACETS, FIELDS, FINGERPRINT, NOT_STATED, RANGE_FIELD, TEXT_FIELDS
from indexer.text.analysis import can_stem, primary, stem, terms

KEYWORDS = tuple(field.name for field in FIELDS if field.kind in ("keyword", "integer"))
NUMBERS = "years"  # the numbers of the field that has ranges, which itself is kept as terms
_BM25 = {"type": "BM25", "k1": K1, "b": B}


def _text() -> dict[str, Any]:
    stream = {"type": "text", "analyzer": "whitespace"}
    return {"properties": {"exact": stream, "stem": stream}}


_PROPERTIES: dict[str, Any] = {
    "made": {"type": "integer"},
    "closed": {"type": "integer"},
    "id": {"type": "keyword"},
    "digest": {"type": "keyword", "index": False},
    NUMBERS: {"type": "integer"},
    "stored": {"type": "object", "enabled": False},
    # Of documents that are words (dictionary.py); these have nothing of the others but an id.
    "counted": {"type": "integer"},
    "column": {"type": "keyword"},
    "word": {"type": "keyword"},
    "count": {"type": "integer", "index": False},
    # eager: made when a commit refreshes, rather than by the first person who asks.
    **{
        name: {"type": "keyword", **({"eager_global_ordinals": True} if name in FACETS else {})}
        for name in KEYWORDS
    },
    **{name: _text() for name in TEXT_FIELDS},
}
MAPPING: Mapping[str, Any] = {
    "dynamic": "strict",
    "_source": {"includes": ["made", "closed", "stored"]},
    "properties": _PROPERTIES,
}
# Another layout of the documents is another set of indices, as another schema is.
LAYOUT = hashlib.sha256(
    (FINGERPRINT + json.dumps([MAPPING, _BM25], sort_keys=True)).encode()
).hexdigest()[:12]
OURS = "activity-search"  # what _meta calls the program that made an index


def meta(**more: str) -> dict[str, str]:
    """What an index says of itself in its mapping."""
    return {"made_by": OURS, "fingerprint": FINGERPRINT, "layout": LAYOUT, **more}


def new_index(build: bool) -> dict[str, Any]:
    """The body that makes an index. build: without replicas and refreshes, until it is filled."""
    # The number of shards is the cluster's: its default, or an index template for the prefix.
    settings: dict[str, Any] = {"similarity": {"default": _BM25}}
    if build:
        settings |= {
            "number_of_replicas": 0,
            "auto_expand_replicas": "false",
            "refresh_interval": "-1",
        }
    return {"settings": {"index": settings}, "mappings": {**MAPPING, "_meta": meta()}}


SERVING = {
    "index": {"auto_expand_replicas": "0-1", "refresh_interval": "1s"}
}  # one replica, where a second node is


def altered(found: Mapping[str, Any]) -> str:
    """How the mapping of an index differs from the one it was made with; "" where it does not."""
    differing = [key for key in ("dynamic", "_source") if found.get(key) != MAPPING[key]]
    there = found.get("properties", {})
    differing += sorted(
        name for name in {*there, *_PROPERTIES} if there.get(name) != _PROPERTIES.get(name)
    )
    return ", ".join(differing)


def stored_of(source: Mapping[str, Any]) -> Activity:
    """The activity in a document."""
    kept = source["stored"]
    meta = {name: tuple(values) for name, values in kept["meta"].items()}
    return Activity(
        kept["id"],
        kept["digest"],
        kept["body"],
        kept["language"],
        meta,
        kept.get("text", kept["body"]),
        kept["indexed_at"],
    )


def storable(activity: Activity, indexed_at: str) -> dict[str, Any]:
    """An activity as it is kept in a document."""
    kept: dict[str, Any] = {
        "id": activity.id,
        "digest": activity.digest,
        "body": activity.body,
        "language": activity.language,
        "meta": {name: list(values) for name, values in activity.meta.items()},
        "indexed_at": indexed_at,
    }
    if activity.text != activity.body:
        kept["text"] = activity.text
    return kept


MOST_STEMS = 100_000  # that are remembered of a language: about 15 MB


class _Stems(dict[str, str]):
    """A term -> its tagged stem in one language. Of all documents of a run together most words have been there before, and
    looking one up takes a fifth of making it."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, term: str) -> str:
        found = self[term] = stem(term, self._language)
        return found


_stems: dict[str, _Stems] = {}


def _stems_in(language: str) -> _Stems:
    known = _stems.setdefault(language, _Stems(language))
    if len(known) > MOST_STEMS:
        known.clear()
    return known


Streams = Mapping[
    str, Mapping[Stream, Sequence[str]]
]  # by field and then "exact" or "stem": terms in order


def streams(kept: Mapping[str, Any]) -> Streams:
    """The terms of an activity as it is kept."""
    found: dict[str, dict[Stream, Sequence[str]]] = {}
    for name in TEXT_FIELDS:
        text = (
            kept.get("text", kept["body"])
            if name == "body"
            else " ".join(kept["meta"].get(name, ()))
        )
        if exact := terms(text):
            found[name] = {"exact": exact}
            if can_stem(kept["language"]):
                known = _stems_in(primary(kept["language"]))
                found[name]["stem"] = list(map(known.__getitem__, exact))
    return found


def document(
    kept: Mapping[str, Any], analysed: Streams, made: int, closed: Sequence[int] = ()
) -> dict[str, Any]:
    """The document of a version that a run made, with its streams."""
    stated = kept["meta"]
    found: dict[str, Any] = {
        "made": made,
        "id": kept["id"],
        "digest": kept["digest"],
        "stored": kept,
    }
    if closed:
        found["closed"] = list(closed)
    for name in KEYWORDS:
        found[name] = list(map(str, stated.get(name, ()))) or NOT_STATED
    if stated.get(RANGE_FIELD):
        found[NUMBERS] = stated[RANGE_FIELD]
    for name, of in analysed.items():
        found[name] = {stream: " ".join(terms) for stream, terms in of.items()}
    return found
