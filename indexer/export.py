"""The rows of a search -> CSV, JSON, BibTeX, RIS or Atom; streaming, for the web and the terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from indexer.activity import heading
from indexer.labels import Labels
from indexer.plan import Stored
from indexer.prose import prose
from indexer.request import SearchRequest
from indexer.search import SearchPage

LISTS = ("country", "region", "year", "theme", "partner", "agency")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula (OWASP, CSV Injection)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


@dataclass(frozen=True, slots=True)
class Row:
    """One activity with what every format says of it."""

    stored: Stored
    heading: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export: its media type, the extension of its files, and what writes it."""

    media_type: str
    extension: str
    write: Callable[[SearchPage, Iterator[Row], Labels, str], Iterator[str]]


def export(format: str, page: SearchPage, rows: Iterator[Stored], labels: Labels, base_url: str) -> Iterator[bytes]:
    """The file of a search, piece by piece: exactly the rows given, in their order.

    base_url is the site's address without a slash at its end. Raises KeyError for a format that is none.
    """
    write = FORMATS[format].write
    found = (_row(stored, base_url) for stored in rows)
    return (piece.encode() for piece in write(page, found, labels, base_url))


def _row(stored: Stored, base_url: str) -> Row:
    text = prose(stored.body)
    return Row(stored, heading(stored.meta.get("title", ()), text), text, f"{base_url}/activities/{quote(stored.id)}")


def described(request: SearchRequest) -> str:
    """A search in one line, for people: words and filters."""
    said = [request.text] if request.text else []
    said += [f"{field}:{value}" for field, value in request.filters]
    said += [f"-{field}:{value}" for field, value in request.excluded]
    if request.range:
        said.append("year:" + "..".join("" if year is None else str(year) for year in request.range))
    return " ".join(said) or "all activities"


def _about(page: SearchPage) -> str:
    return f"Search: {described(page.request)}; generation {page.generation.number} of {page.generation.indexed_at}"


def _csv(page: SearchPage, rows: Iterator[Row], labels: Labels, base_url: str) -> Iterator[str]:
    # The search stands in columns of its own: a comment line would break most readers of CSV.
    names = ["id", "url", "heading", "country", "country_name", "region", "year", "theme", "partner", "agency",
             "language", "source", "text", "indexed_at", "search", "generation"]  # fmt: skip
    line = io.StringIO()
    writer = csv.writer(line)

    def flush(values: list[object]) -> str:
        line.seek(0)
        line.truncate()
        writer.writerow([_cell(str(value)) for value in values])
        return line.getvalue()

    yield "\ufeff" + flush(list(names))
    for row in rows:
        meta = row.stored.meta
        lists = {name: "; ".join(map(str, meta.get(name, ()))) for name in LISTS}
        country_names = "; ".join(labels.label("country", code) for code in meta.get("country", ()))
        yield flush([
            row.stored.id, row.url, row.heading, lists["country"], country_names, lists["region"], lists["year"],
            lists["theme"], lists["partner"], lists["agency"], row.stored.language, *meta.get("source", ("",)), row.text,
            row.stored.indexed_at, described(page.request), page.generation.number,
        ])  # fmt: skip


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text.replace("\0", "")


def _json(page: SearchPage, rows: Iterator[Row], labels: Labels, base_url: str) -> Iterator[str]:
    head = {"search": described(page.request), "generation": page.generation.number,
            "indexed_at": page.generation.indexed_at, "total": page.total}  # fmt: skip
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "hits": ['
    for number, row in enumerate(rows):
        found = {"id": row.stored.id, "url": row.url, "heading": row.heading, "language": row.stored.language,
                 **{name: list(row.stored.meta.get(name, ())) for name in LISTS},
                 "source": next(iter(row.stored.meta.get("source", ())), None), "body": row.stored.body,
                 "indexed_at": row.stored.indexed_at}  # fmt: skip
        yield (",\n" if number else "\n") + json.dumps(found, ensure_ascii=False)
    yield "\n]}\n"


_TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}  # fmt: skip


def _bibtex(page: SearchPage, rows: Iterator[Row], labels: Labels, base_url: str) -> Iterator[str]:
    def tex(text: str) -> str:
        return "".join(_TEX.get(char, char) for char in " ".join(text.split()))

    for row in rows:
        meta = row.stored.meta
        years = [year for year in meta.get("year", ()) if isinstance(year, int)]
        agencies = " and ".join(f"{{{tex(labels.label('agency', slug))}}}" for slug in meta.get("agency", ()))
        fields = {"title": f"{{{tex(row.heading)}}}", "author": agencies, "year": str(max(years)) if years else "",
                  "url": row.url, "abstract": tex(row.text), "note": tex(_about(page))}  # fmt: skip
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        yield f"@misc{{{row.stored.id.replace('/', ':')},\n{lines}\n}}\n\n"


def _ris(page: SearchPage, rows: Iterator[Row], labels: Labels, base_url: str) -> Iterator[str]:
    for row in rows:
        meta = row.stored.meta
        years = [year for year in meta.get("year", ()) if isinstance(year, int)]
        tags = [("TY", "GEN"), ("ID", row.stored.id), ("TI", row.heading)]
        tags += [("AU", labels.label("agency", slug)) for slug in meta.get("agency", ())]
        tags += [("PY", str(max(years)))] if years else []
        tags += [("KW", labels.label(name, v)) for name in ("country", "theme") for v in meta.get(name, ())]
        tags += [("AB", row.text), ("UR", row.url), ("LA", row.stored.language), ("N1", _about(page)), ("ER", "")]
        yield "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in tags) + "\r\n"


def _atom(page: SearchPage, rows: Iterator[Row], labels: Labels, base_url: str) -> Iterator[str]:
    def xml(text: str) -> str:
        return escape(_NOT_XML.sub("", text))

    from hashlib import blake2b

    key = blake2b(described(page.request).encode(), digest_size=8).hexdigest()
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{xml('Activities: ' + described(page.request))}</title>\n<subtitle>{xml(_about(page))}</subtitle>\n"
        f"<id>{xml(base_url)}/searches/{key}</id>\n<updated>{xml(page.generation.indexed_at)}</updated>\n"
        f"<link href={quoteattr(base_url + '/')}/>\n<author><name>Activity Search</name></author>\n"
    )
    for row in rows:
        yield (
            f"<entry><title>{xml(row.heading)}</title><id>{xml(row.url)}</id><link href={quoteattr(row.url)}/>"
            f"<updated>{xml(row.stored.indexed_at)}</updated>"
            + "".join(f"<category term={quoteattr(str(v))} label={quoteattr(labels.label(name, v))}/>"
                      for name in ("country", "year", "theme") for v in row.stored.meta.get(name, ()))
            + f'<content type="text">{xml(row.text)}</content></entry>\n'
        )  # fmt: skip
    yield "</feed>\n"


FORMATS: Mapping[str, Format] = {
    "csv": Format("text/csv", "csv", _csv),
    "json": Format("application/json", "json", _json),
    "bibtex": Format("application/x-bibtex", "bib", _bibtex),
    "ris": Format("application/x-research-info-systems", "ris", _ris),
    "atom": Format("application/atom+xml", "atom", _atom),
}
