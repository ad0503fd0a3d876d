"""The rows of a search as a file: CSV, JSON, BibTeX, RIS, Atom. Rows stream; nothing is gathered."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape, quoteattr

from indexer.content.activity import Activity, heading
from indexer.content.vocabulary import Vocabulary
from indexer.schema import FACETS
from indexer.search.results import SearchPage

LISTS = tuple(name for name in FACETS if name != "language")
CHUNK = 64 * 1024  # bytes gathered before they are sent on

# A spreadsheet runs what begins so (OWASP, CSV Injection): an apostrophe makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)  # what XML 1.0 has no place for
_BIBTEX = re.compile(r"[\\{}$&#%_~^]")
_BIBTEX_AS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts even escaped braces
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An activity with what every format shows of it."""

    stored: Activity
    heading: str
    text: str  # plain prose
    url: str

    def values(self, field: str) -> list[Any]:
        return list(self.stored.meta.get(field, ()))


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """What a file says of itself, and its rows."""

    page: SearchPage
    rows: Iterator[ExportRow]
    vocabulary: Vocabulary
    base_url: str  # without a slash at its end
    exported_at: str
    address: str  # the search's, or the one activity's

    @property
    def note(self) -> str:
        """One sentence of where the rows come from."""
        generation, total = self.page.generation, self.page.total
        return (
            f"Found by {self.address}, {total} {'activity' if total == 1 else 'activities'}, generation "
            f"{generation.number} indexed {generation.indexed_at}, exported {self.exported_at}"
        )


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: media type, file extension, and what writes it."""

    media_type: str
    extension: str
    write: Callable[[ExportDocument], Iterator[str]]


def export(
    format: str,
    page: SearchPage,
    rows: Iterator[Activity],
    vocabulary: Vocabulary,
    base_url: str,
    address: str = "",
) -> Iterator[bytes]:
    """The file in pieces of about 64 kB, UTF-8. Raises KeyError for a format that is not in FORMATS.

    base_url is the site's address, for links and ids; address is what the file says it was found by, the
    search's own if it is not given.
    """
    write = FORMATS[format].write
    base_url = base_url.rstrip("/")
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    pairs = urlencode(page.request.criteria)
    address = address or f"{base_url}/{'?' if pairs else ''}{pairs}"
    document = ExportDocument(
        page, (_row(stored, base_url) for stored in rows), vocabulary, base_url, now, address
    )

    def pieces() -> Iterator[bytes]:
        buffer = bytearray()
        for text in write(document):
            buffer += text.encode("utf-8", "backslashreplace")
            if len(buffer) >= CHUNK:
                yield bytes(buffer)
                buffer.clear()
        yield bytes(buffer)

    return pieces()


def file_name(format: str, page: SearchPage) -> str:
    """A name for the file: activities-DATE-generation-N.EXTENSION."""
    return f"activities-{page.generation.indexed_at[:10]}-generation-{page.generation.number}.{FORMATS[format].extension}"


def _row(stored: Activity, base_url: str) -> ExportRow:
    text = stored.text
    url = f"{base_url}/activities/{quote(stored.id)}"
    return ExportRow(stored, heading(stored.meta.get("title", ()), text), text, url)


def _csv(document: ExportDocument) -> Iterator[str]:
    """A header and one line a row. What was searched stands in columns: a comment line breaks readers."""
    names = ["country", "country_name", *(n for n in LISTS if n != "country")]
    columns = [
        "id",
        "url",
        "heading",
        *names,
        "language",
        "source",
        "text",
        "indexed_at",
        "query",
        "generation",
        "exported_at",
    ]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def line(cells: list[str]) -> str:
        writer.writerow([cell_text(cell) for cell in cells])
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield "\ufeff" + line(columns)  # the mark tells spreadsheets that this is UTF-8
    for row in document.rows:
        values = {name: "; ".join(map(str, row.values(name))) for name in LISTS}
        values["country_name"] = "; ".join(
            document.vocabulary.label("country", v) for v in row.values("country")
        )
        yield line(
            [
                row.stored.id,
                row.url,
                row.heading,
                *(values[name] for name in names),
                row.stored.language,
                "; ".join(map(str, row.values("source"))),
                row.text,
                row.stored.indexed_at,
                document.address,
                str(document.page.generation.number),
                document.exported_at,
            ]
        )


def cell_text(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that could be begins with an apostrophe."""
    text = text.replace("\0", "\ufffd")  # Python's own csv reader refuses it
    return "'" + text if text.startswith(_FORMULA) else text


def _json(document: ExportDocument) -> Iterator[str]:
    page = document.page
    about = {
        "generation": page.generation.number,
        "indexed_at": page.generation.indexed_at,
        "exported_at": document.exported_at,
        "url": document.address,
        "query": page.request.text,
        "filters": [
            {"parameter": name, "value": value}
            for name, value in page.request.criteria
            if name != "q"
        ],
        "total": page.total,
    }
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "hits": ['
    for number, row in enumerate(document.rows):
        stored = row.stored
        hit = {
            "id": stored.id,
            "url": row.url,
            "heading": row.heading,
            "language": stored.language,
            **{name: row.values(name) for name in LISTS},
            "source": next(iter(row.values("source")), None),
            "body": stored.body,
            "indexed_at": stored.indexed_at,
        }
        yield (",\n" if number else "\n") + json.dumps(hit, ensure_ascii=False)
    yield "\n]}\n"


def _facts(document: ExportDocument, row: ExportRow) -> list[str]:
    """The labels of a row's themes, partners and countries."""
    return [
        document.vocabulary.label(name, v)
        for name in ("theme", "partner", "country")
        for v in row.values(name)
    ]


def _one_line(text: str) -> str:
    """A text in one line and without control characters, for formats of lines."""
    return " ".join(_CONTROL.sub("\ufffd", text).split())


def bibtex_text(text: str) -> str:
    """A text as BibTeX writes it between braces, TeX's own marks escaped."""
    return _BIBTEX.sub(lambda m: _BIBTEX_AS.get(m[0], "\\" + m[0]), _one_line(text))


def _bibtex(document: ExportDocument) -> Iterator[str]:
    yield f"% {re.sub('@', '(at)', _one_line(document.note))}\n\n"  # what stands outside of entries is a comment
    for row in document.rows:
        fields = {
            "title": "{" + bibtex_text(row.heading) + "}",  # the inner braces keep its capitals
            "author": " and ".join(
                "{" + bibtex_text(document.vocabulary.label("agency", a)) + "}"
                for a in row.values("agency")
            ),
            "year": bibtex_text(str(max(row.values("year"), default=""))),
            "url": re.sub(r"[{}\\]", "", row.url),
            "language": bibtex_text(row.stored.language),
            "keywords": bibtex_text("; ".join(_facts(document, row))),
            "howpublished": bibtex_text("; ".join(map(str, row.values("source")))),
            "abstract": bibtex_text(row.text),
            "note": bibtex_text(document.note),
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        yield f"@misc{{{row.stored.id.replace('/', ':')},\n{lines}\n}}\n\n"


def _ris(document: ExportDocument) -> Iterator[str]:
    for row in document.rows:
        pairs = [("TY", "GEN"), ("ID", row.stored.id), ("TI", row.heading)]
        pairs += [
            ("AU", document.vocabulary.label("agency", agency)) for agency in row.values("agency")
        ]
        pairs += [("PY", str(max(years)))] if (years := row.values("year")) else []
        pairs += [("AB", row.text), ("UR", row.url), ("LA", row.stored.language)]
        pairs += [("KW", word) for word in _facts(document, row)]
        pairs += [("N1", str(source)) for source in row.values("source")]
        pairs += [("N1", document.note)]
        yield "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in pairs) + "ER  - \r\n\r\n"


def _xml(text: str) -> str:
    return escape(_CONTROL.sub("\ufffd", text))


def _atom(document: ExportDocument) -> Iterator[str]:
    page = document.page
    words = page.request.text.strip()
    asked = urlencode([("format", "atom"), *page.request.criteria])
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{_xml(f'Activities matching {words}' if words else 'Activities')}</title>\n"
        f"<subtitle>{_xml(document.note)}</subtitle>\n<id>{_xml(document.address)}</id>\n"
        f"<updated>{_xml(page.generation.indexed_at)}</updated>\n"
        f'<link rel="alternate" type="text/html" href={quoteattr(_CONTROL.sub("", document.address))}/>\n'
        f'<link rel="self" type="application/atom+xml" href={quoteattr(f"{document.base_url}/export?{asked}")}/>\n'
        "<author><name>Activity Search</name></author>\n"
    )
    for row in document.rows:
        terms = [(name, v) for name in LISTS for v in row.values(name)]
        yield (
            f"<entry><id>{_xml(row.url)}</id><title>{_xml(row.heading)}</title>"
            f"<updated>{_xml(row.stored.indexed_at)}</updated>"
            f'<link rel="alternate" type="text/html" href={quoteattr(row.url)}/>'
            + "".join(
                f'<category scheme="{name}" term={quoteattr(_CONTROL.sub("", str(v)))} '
                f"label={quoteattr(document.vocabulary.label(name, v))}/>"
                for name, v in terms
            )
            + f'<content type="text" xml:lang={quoteattr(row.stored.language)}>{_xml(row.text)}</content></entry>\n'
        )
    yield "</feed>\n"


FORMATS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", "csv", _csv),
    "json": Format("application/json", "json", _json),
    "bibtex": Format("application/x-bibtex; charset=utf-8", "bib", _bibtex),
    "ris": Format("application/x-research-info-systems; charset=utf-8", "ris", _ris),
    "atom": Format("application/atom+xml; charset=utf-8", "atom", _atom),
}
