"""Whoosh 2.7.4 with its own codec, Porter's second stemmer, and facets of several values."""

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
from tests.bench.peers.base import TOP_HITS, OnStage, ignore_stages
from tests.bench.questions import KINDS_OF_MOST_WORDS, Question


class StockWhoosh:
    """Stock Whoosh as a BenchEngine."""

    name = "stock Whoosh"
    # Of three fuzzy questions in an earlier run, one took 17 seconds and one took 19 minutes.
    unsupported_kinds = frozenset({"fuzzy", *KINDS_OF_MOST_WORDS})

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

    def finish_merging(self) -> None:
        pass

    def describe_segments(self) -> str:
        return f"{len(self.index.reader().leaf_readers())} segments"

    def search(self, question: Question, on_stage: OnStage = ignore_stages) -> Any:
        words = _query(question)
        country = query.Term("country", question.country) if question.country else None
        years = _years(question.year_filter) if question.year_filter else None
        order = {} if question.words else {"sortedby": FieldFacet("year", reverse=True)}
        unfiltered = [
            name for name, filter in (("country", country), ("year", years)) if filter is None
        ]
        results = self._search(words, [country, years], unfiltered, TOP_HITS, **order)
        # A facet that ignores its own filter takes another search.
        counts = {name: results.groups(name) for name in unfiltered}
        if country is not None:
            counts["country"] = self._search(words, [years], ["country"], 1).groups("country")
        if years is not None:
            counts["year"] = self._search(words, [country], ["year"], 1).groups("year")
        on_stage("counts")
        hits = [(hit["id"], hit["text"], hit.highlights("text")) for hit in results]
        on_stage("hits")
        return len(results), counts, hits

    def _search(
        self,
        words: query.Query,
        filters: list[query.Query | None],
        facets: list[str],
        limit: int,
        **options: Any,
    ) -> Any:
        active = [filter for filter in filters if filter is not None]
        if active:
            options["filter"] = active[0] if len(active) == 1 else query.And(active)
        if facets:
            options["groupedby"] = {name: FieldFacet(name, allow_overlap=True) for name in facets}
            options["maptype"] = Count
        return self.searcher.search(words, limit=limit, **options)

    def to_answer(self, raw: Any) -> Answer:
        total, counts, _ = raw
        years = {int(year): count for year, count in counts["year"].items()}
        return Answer(total, counts["country"], years)


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
        case "year range" if question.year_clause:
            return query.And([*words, _years(question.year_clause)])
    return words[0] if len(words) == 1 else query.And(words)
