"""Whoosh 2.7.4 as it comes, with a stemmer that stems rightly and facets that may overlap."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whoosh import fields, index, query
from whoosh.analysis import StemmingAnalyzer
from whoosh.lang.porter2 import stem
from whoosh.sorting import Count, FieldFacet

from tests.bench.corpus import Paragraph
from tests.bench.model import Answer
from tests.bench.peers.base import TOP, Lap, no_laps
from tests.bench.questions import Question


class StockWhoosh:
    name = "stock Whoosh"
    lacks = frozenset({"fuzzy"})  # of three near spellings one took 17 seconds and one 19 minutes

    def prepare(self, paragraphs: Sequence[Paragraph]) -> Sequence[Paragraph]:
        return paragraphs

    def build(self, folder: Path, prepared: Sequence[Paragraph]) -> None:
        analyzer = StemmingAnalyzer(r"\w+", stoplist=None, minsize=1, stemfn=stem, cachesize=-1)
        schema = fields.Schema(
            id=fields.ID(unique=True, stored=True),
            text=fields.TEXT(analyzer=analyzer, stored=True),
            country=fields.KEYWORD(stored=True),
            year=fields.KEYWORD(stored=True, sortable=True),
        )
        writer = index.create_in(folder, schema).writer(limitmb=512)
        for paragraph in prepared:
            writer.add_document(**_document(paragraph))
        writer.commit()

    def open(self, folder: Path) -> None:
        self.index = index.open_dir(folder)
        self.searcher = self.index.searcher()

    def update(self, paragraph: Paragraph) -> None:
        writer = self.index.writer()
        writer.update_document(**_document(paragraph))
        writer.commit()
        self.searcher = self.searcher.refresh()

    def settle(self) -> None:
        pass

    def segments(self) -> str:
        return f"{len(self.index.reader().leaf_readers())} segments"

    def ask(self, question: Question, lap: Lap = no_laps) -> Any:
        asked = _query(question)
        country = query.Term("country", question.country) if question.country else None
        years = _years(question.filtered) if question.filtered else None
        shown: dict[str, Any] = (
            {} if question.words else {"sortedby": FieldFacet("year", reverse=True)}
        )
        free = [name for name, own in (("country", country), ("year", years)) if own is None]
        found = self._search(asked, [country, years], free, TOP, **shown)
        # A facet whose own filter must be ignored takes a search of its own.
        counts = {name: found.groups(name) for name in free}
        if country is not None:
            counts["country"] = self._search(asked, [years], ["country"], 1).groups("country")
        if years is not None:
            counts["year"] = self._search(asked, [country], ["year"], 1).groups("year")
        lap("counts")
        hits = [(hit["id"], hit["text"], hit.highlights("text")) for hit in found]
        lap("hits")
        return len(found), counts, hits

    def _search(
        self,
        asked: query.Query,
        filters: list[query.Query | None],
        facets: list[str],
        limit: int,
        **more: Any,
    ) -> Any:
        kept = [f for f in filters if f is not None]
        if kept:
            more["filter"] = kept[0] if len(kept) == 1 else query.And(kept)
        if facets:
            more.update(
                groupedby={name: FieldFacet(name, allow_overlap=True) for name in facets},
                maptype=Count,
            )
        return self.searcher.search(asked, limit=limit, **more)

    def read(self, raw: Any) -> Answer:
        total, counts, _ = raw
        return Answer(
            total, counts["country"], {int(year): n for year, n in counts["year"].items()}
        )


def _document(paragraph: Paragraph) -> dict[str, str]:
    return {
        "id": paragraph.id,
        "text": paragraph.text,
        "country": " ".join(paragraph.countries),
        "year": str(paragraph.year),
    }


def _years(years: tuple[int, int]) -> query.Query:
    return query.TermRange("year", str(years[0]), str(years[1]))


def _query(question: Question) -> query.Query:
    words = [query.Term("text", stem(word)) for word in question.words]
    match question.kind:
        case "everything":
            return query.Every()
        case "or" | "or of 3":
            return query.Or(words)
        case "not":
            return query.AndNot(*words)
        case "phrase rare" | "phrase common":
            return query.Phrase("text", [term.text for term in words])
        case "prefix 3" | "prefix 2":
            return query.Prefix("text", question.words[0])
        case "year range" if question.within:
            return query.And([*words, _years(question.within)])
    return words[0] if len(words) == 1 else query.And(words)
