"""Atom export (RFC 4287). A feed of several pages is a paged feed (RFC 5005, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from indexer.search.export.document import (
    LIST_FIELDS,
    ExportDocument,
    ExportRow,
    ExportSource,
    without_control_characters,
)


def write_atom(document: ExportDocument) -> Iterator[str]:
    """Yield a feed with one entry per row."""
    source = document.source
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{_text(document.title)}</title>\n"
        f"<subtitle>{_text(document.note)}</subtitle>\n<id>{_text(source.url)}</id>\n"
        f"<updated>{_text(source.generation.indexed_at)}</updated>\n"
        f'<link rel="alternate" type="text/html" href={_attribute(source.url)}/>\n'
        f"{_page_links(source)}"
        "<author><name>Activity Search</name></author>\n"
    )
    for row in document.rows:
        yield _entry(document, row)
    yield "</feed>\n"


def _page_links(source: ExportSource) -> str:
    """Return the links to this page of the feed and to the others."""
    pages = {"self": source.page}
    if source.pages > 1:
        pages |= {"first": 1, "last": source.pages}
        if source.page > 1:
            pages["previous"] = min(source.page - 1, source.pages)
        if source.page < source.pages:
            pages["next"] = source.page + 1
    return "".join(
        f'<link rel="{rel}" type="application/atom+xml" '
        f"href={quoteattr(source.feed_url + (f'&page={page}' if page > 1 else ''))}/>\n"
        for rel, page in pages.items()
    )


def _entry(document: ExportDocument, row: ExportRow) -> str:
    activity = row.activity
    categories = "".join(
        f'<category scheme="{name}" term={_attribute(str(value))} '
        f"label={quoteattr(document.vocabulary.label(name, value))}/>"
        for name in LIST_FIELDS
        for value in row.values(name)
    )
    return (
        f"<entry><id>{_text(row.url)}</id><title>{_text(row.heading)}</title>"
        f"<updated>{_text(activity.indexed_at)}</updated>"
        f'<link rel="alternate" type="text/html" href={quoteattr(row.url)}/>'
        f'{categories}<content type="text" xml:lang={quoteattr(activity.language)}>'
        f"{_text(activity.text)}</content></entry>\n"
    )


def _text(text: str) -> str:
    return escape(without_control_characters(text))


def _attribute(text: str) -> str:
    return quoteattr(without_control_characters(text, ""))
