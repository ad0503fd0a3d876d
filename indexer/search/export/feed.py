"""Atom export (RFC 4287). A feed of several pages is a paged feed (RFC 5005, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.search.export.document import (
    LIST_FIELDS,
    ExportDocument,
    ExportRow,
    ExportSource,
    without_control_characters,
)

FEED_END = "</feed>\n"


def write_atom(document: ExportDocument) -> Iterator[str]:
    """Yield a feed with one entry per row."""
    yield feed_start(document.source, document.title, document.note)
    for row in document.rows:
        yield _entry(document, row)
    yield FEED_END


def feed_start(source: ExportSource, title: str, subtitle: str) -> str:
    """Return the part of a feed before its entries."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{xml_text(title)}</title>\n"
        f"<subtitle>{xml_text(subtitle)}</subtitle>\n<id>{xml_text(source.url)}</id>\n"
        f"<updated>{xml_text(source.generation.indexed_at)}</updated>\n"
        f'<link rel="alternate" type="text/html" href={_attribute(source.url)}/>\n'
        f"{_page_links(source)}"
        "<author><name>Activity Search</name></author>\n"
    )


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
    return (
        f"<entry><id>{xml_text(row.url)}</id><title>{xml_text(row.heading)}</title>"
        f"<updated>{xml_text(activity.indexed_at)}</updated>"
        f'<link rel="alternate" type="text/html" href={quoteattr(row.url)}/>'
        f"{categories(activity, document.vocabulary)}"
        f'<content type="text" xml:lang={quoteattr(activity.language)}>'
        f"{xml_text(activity.text)}</content></entry>\n"
    )


def categories(activity: Activity, vocabulary: Vocabulary) -> str:
    """Return the values of an activity as elements of an entry."""
    return "".join(
        f'<category scheme="{name}" term={_attribute(str(value))} '
        f"label={quoteattr(vocabulary.label(name, value))}/>"
        for name in LIST_FIELDS
        for value in activity.meta.get(name, ())
    )


def xml_text(text: str) -> str:
    """Return a text as the content of an XML element."""
    return escape(without_control_characters(text))


def _attribute(text: str) -> str:
    return quoteattr(without_control_characters(text, ""))
