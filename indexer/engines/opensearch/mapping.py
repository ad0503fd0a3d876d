"""The mapping of an index, and activities as documents of it.

Every version of an activity is a separate document. CREATED_BY is the number of the run that
wrote it, CLOSED_BY the numbers of the runs that replaced or removed it. Runs are numbered like
generations. A generation sees a version if a run of its lineage created it and none closed it
(pointer.py). The text streams hold the terms of text/analysis.py, joined by spaces.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from indexer.content.activity import Activity
from indexer.content.evidence import Evidence
from indexer.content.id_hash import id_hash
from indexer.query.plan import K1, B, Stream
from indexer.schema import FACETS, FIELDS, FINGERPRINT, NOT_STATED, RANGE_FIELD, TEXT_FIELDS
from indexer.text.analysis import one_spelling, primary_subtag, stem, term_of, words

KEYWORDS = tuple(field.name for field in FIELDS if field.kind in ("keyword", "integer"))
# The integers of the range field. The field of that name itself holds keyword terms.
NUMBERS = "years"
# Field names in the cluster. A new name would be a new layout, and every index would be rebuilt.
CREATED_BY = "made"
CLOSED_BY = "closed"
COUNTED_BY = "counted"
ID_HASH = "id_hash"  # id_hash() of the id
_BM25 = {"type": "BM25", "k1": K1, "b": B}


def _text() -> dict[str, Any]:
    stream = {"type": "text", "analyzer": "whitespace"}
    return {"properties": {"exact": stream, "stem": stream}}


_PROPERTIES: dict[str, Any] = {
    CREATED_BY: {"type": "integer"},
    CLOSED_BY: {"type": "integer"},
    "id": {"type": "keyword"},
    ID_HASH: {"type": "keyword"},
    "digest": {"type": "keyword", "index": False},
    NUMBERS: {"type": "integer"},
    "stored": {"type": "object", "enabled": False},
    # Word documents (dictionary.py) have only these fields and an id.
    COUNTED_BY: {"type": "integer"},
    "column": {"type": "keyword"},
    "word": {"type": "keyword"},
    "count": {"type": "integer", "index": False},
    # Eager ordinals are built by the refresh of a commit instead of by the first search after it.
    **{
        name: {"type": "keyword", **({"eager_global_ordinals": True} if name in FACETS else {})}
        for name in KEYWORDS
    },
    **{name: _text() for name in TEXT_FIELDS},
}
MAPPING: Mapping[str, Any] = {
    "dynamic": "strict",
    "_source": {"includes": [CREATED_BY, CLOSED_BY, "stored"]},
    "properties": _PROPERTIES,
}
# Part of every index name: another mapping or another schema uses other indices.
LAYOUT = hashlib.sha256(
    (FINGERPRINT + json.dumps([MAPPING, _BM25], sort_keys=True)).encode()
).hexdigest()[:12]
PROGRAM = "activity-search"  # the value of _meta.made_by in the mapping of our indices


def index_meta() -> dict[str, str]:
    """Return the _meta of a mapping, by which this program recognises its indices."""
    return {"made_by": PROGRAM, "fingerprint": FINGERPRINT, "layout": LAYOUT}


def is_ours(mapping: Mapping[str, Any]) -> bool:
    """True if this program created the index with this mapping."""
    return bool(mapping.get("_meta", {}).get("made_by") == PROGRAM)


def index_body(filling: bool) -> dict[str, Any]:
    """Return the body of a create-index request.

    filling: without replicas and refreshes, until SERVING_SETTINGS are applied. The number of
    shards is not set: the cluster's default or an index template for the prefix decides it.
    """
    settings: dict[str, Any] = {"similarity": {"default": _BM25}}
    if filling:
        settings |= {
            "number_of_replicas": 0,
            "auto_expand_replicas": "false",
            "refresh_interval": "-1",
        }
    mappings = {**MAPPING, "_meta": index_meta()}
    return {"settings": {"index": settings}, "mappings": mappings}


# One replica if there is a second node.
SERVING_SETTINGS = {"index": {"auto_expand_replicas": "0-1", "refresh_interval": "1s"}}


def mapping_differences(mapping: Mapping[str, Any]) -> str:
    """Return the names of the entries that differ from MAPPING; "" without any."""
    differences = [key for key in ("dynamic", "_source") if mapping.get(key) != MAPPING[key]]
    properties = mapping.get("properties", {})
    differences += sorted(
        name
        for name in {*properties, *_PROPERTIES}
        if properties.get(name) != _PROPERTIES.get(name)
    )
    return ", ".join(differences)


def decode_stored(source: Mapping[str, Any]) -> Activity:
    """Return the activity in the _source of a document."""
    stored = source["stored"]
    meta = {name: tuple(values) for name, values in stored["meta"].items()}
    return Activity(
        stored["id"],
        stored["digest"],
        stored["body"],
        stored["language"],
        meta,
        stored.get("text", stored["body"]),
        stored["indexed_at"],
        tuple(Evidence(*each) for each in stored.get("evidence", ())),
    )


def encode_stored(activity: Activity, indexed_at: str) -> dict[str, Any]:
    """Return an activity as the "stored" object of a document."""
    stored: dict[str, Any] = {
        "id": activity.id,
        "digest": activity.digest,
        "body": activity.body,
        "language": activity.language,
        "meta": {name: list(values) for name, values in activity.meta.items()},
        "indexed_at": indexed_at,
    }
    if activity.text != activity.body:
        stored["text"] = activity.text
    if activity.evidence:
        stored["evidence"] = [list(each) for each in activity.evidence]
    return stored


MAX_CACHED_STEMS = 100_000  # per language: about 15 MB


class _StemCache(dict[str, str]):
    """Maps a word to its tagged stem in one language.

    Most words of a run repeat, and a lookup takes a fifth of the time of stemming.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, word: str) -> str:
        stemmed = self[word] = stem(word, self._language)
        return stemmed


_stem_caches: dict[str, _StemCache] = {}


def _stem_cache(language: str) -> _StemCache:
    cache = _stem_caches.setdefault(language, _StemCache(language))
    if len(cache) > MAX_CACHED_STEMS:
        cache.clear()
    return cache


# Terms in text order, by field and then "exact" or "stem".
Streams = Mapping[str, Mapping[Stream, Sequence[str]]]


def term_streams(stored: Mapping[str, Any]) -> Streams:
    """Analyse the text fields of an encode_stored() activity."""
    streams: dict[str, dict[Stream, Sequence[str]]] = {}
    for name in TEXT_FIELDS:
        if name == "body":
            text = stored.get("text", stored["body"])
        else:
            text = " ".join(stored["meta"].get(name, ()))
        if text_words := words(text):
            cache = _stem_cache(primary_subtag(stored["language"]))
            streams[name] = {
                "exact": list(map(term_of, text_words)),
                "stem": list(map(cache.__getitem__, one_spelling(text_words))),
            }
    return streams


def version_document(
    stored: Mapping[str, Any], streams: Streams, created_by: int, closed_by: Sequence[int] = ()
) -> dict[str, Any]:
    """Return the document of one version of an activity.

    CREATED_BY is the first key; changes.py relies on that.
    """
    meta = stored["meta"]
    document: dict[str, Any] = {
        CREATED_BY: created_by,
        "id": stored["id"],
        ID_HASH: id_hash(stored["id"]),
        "digest": stored["digest"],
        "stored": stored,
    }
    if closed_by:
        document[CLOSED_BY] = list(closed_by)
    for name in KEYWORDS:
        document[name] = list(map(str, meta.get(name, ()))) or NOT_STATED
    if meta.get(RANGE_FIELD):
        document[NUMBERS] = meta[RANGE_FIELD]
    for name, by_stream in streams.items():
        document[name] = {stream: " ".join(words) for stream, words in by_stream.items()}
    return document
