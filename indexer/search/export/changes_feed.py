"""The changes of a search as an Atom feed (RFC 4287) of several pages (RFC 5005, section 3).

An entry has the present text with the new words marked. A withdrawn activity has no text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from indexer.content.vocabulary import Vocabulary
from indexer.search.changes import ChangedActivity, SearchChanges
from indexer.search.export.document import ExportDocument, ExportSource
from indexer.search.export.feed import FEED_END, categories, feed_start, xml_text

_TITLES = {"added": "Added: {}", "edited": "Edited: {}", "withdrawn": "Withdrawn: {}"}


def write_changes(
    changes: SearchChanges,
    source: ExportSource,
    vocabulary: Vocabulary,
    subtitle: str,
    describe: Callable[[ChangedActivity], str],
) -> Iterator[bytes]:
    """Yield a feed with an entry for each change.

    source: its url is the page of the changes, its feed_url this feed. describe returns a sentence
    about a change.
    """
    search = ExportDocument(source, iter(()), vocabulary, "").title
    title = search.replace("Activities", "Changes", 1)
    yield feed_start(source, title, subtitle).encode()
    for each in changes.changes:
        yield _entry(each, source.site_url, vocabulary, describe(each)).encode()
    yield FEED_END.encode()


def _entry(each: ChangedActivity, site_url: str, vocabulary: Vocabulary, sentence: str) -> str:
    change, hit = each.change, each.hit
    url = f"{site_url}/activities/{quote(change.id)}"
    title = _TITLES[change.kind].format(hit.heading if hit else change.id)
    body = f"<p>{escape(sentence)}</p>"
    language = ""
    if hit:
        passage = hit.passage
        text = "".join(
            f"<ins>{escape(span.text)}</ins>" if span.matched else escape(span.text)
            for span in passage.spans(0, len(passage.text))
        )
        language = quoteattr(hit.activity.language)
        body += f"<p lang={language}>{text}</p>"
    return (
        # Another change of the same activity is another entry.
        f"<entry><id>{xml_text(f'{url}#{change.kind}-{each.generation}')}</id>"
        f"<title>{xml_text(title)}</title><updated>{xml_text(each.changed_at)}</updated>"
        f'<link rel="alternate" type="text/html" href={quoteattr(url)}/>'
        f'<category scheme="change" term="{change.kind}"/>'
        f"{categories(hit.activity, vocabulary) if hit else ''}"
        f'<content type="html">{xml_text(body)}</content></entry>\n'
    )
