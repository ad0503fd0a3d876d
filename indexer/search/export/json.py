"""JSON export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from indexer.search.export.document import LIST_FIELDS, ExportDocument


def write_json(document: ExportDocument) -> Iterator[str]:
    """Yield an object with the source and, under "hits", one object per row."""
    source = document.source
    header: dict[str, Any] = {
        "generation": source.generation.number,
        "indexed_at": source.generation.indexed_at,
        "exported_at": document.exported_at,
        "url": source.url,
        "query": source.text,
        "filters": [
            {"parameter": name, "value": value} for name, value in source.parameters if name != "q"
        ],
        "total": source.total,
    }
    if source.request.selection:
        header["missing"] = list(source.missing)
    yield json.dumps(header, ensure_ascii=False)[:-1] + ', "hits": ['
    for number, row in enumerate(document.rows):
        activity = row.activity
        hit = {
            "id": activity.id,
            "url": row.url,
            "heading": row.heading,
            "language": activity.language,
            **{name: row.values(name) for name in LIST_FIELDS},
            "source": next(iter(row.values("source")), None),
            "body": activity.body,
            "indexed_at": activity.indexed_at,
        }
        yield (",\n" if number else "\n") + json.dumps(hit, ensure_ascii=False)
    yield "\n]}\n"
