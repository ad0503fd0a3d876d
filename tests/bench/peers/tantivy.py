"""tantivy, through tantivy-py.

A facet that ignores its own filter takes a pass of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import Stemmer
import tantivy
from tantivy import Occur, Query

from indexer.query.parser import max_edits
from tests.bench.corpus import Paragraph
from tests.bench.model import Answer
from tests.bench.peers.base import TOP_HITS, OnStage, ignore_stages
from tests.bench.questions import KINDS_OF_MOST_WORDS, Question

WRITER_HEAP_BYTES = 512_000_000
_COUNTRY = {"country": {"terms": {"field": "country", "size": 400}}}
_YEAR = {"year": {"terms": {"field": "year", "size": 400}}}


def _schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("text", stored=True, tokenizer_name="en_stem")
    schema.add_text_field(
        "country", stored=True, fast=True, tokenizer_name="raw", index_option="basic"
    )
    schema.add_integer_field("year", stored=True, indexed=True, fast=True)
    return schema.build()


def _document(paragraph: Paragraph) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("id", paragraph.id)
    document.add_text("text", paragraph.text)
    for country in paragraph.countries:
        document.add_text("country", country)
    document.add_integer("year", paragraph.year)
    return document


class Tantivy:
    """tantivy as a BenchEngine."""

    name = "tantivy"
    unsupported_kinds = KINDS_OF_MOST_WORDS

    def __init__(self) -> None:
        self.schema = _schema()
        self._stem = Stemmer.Stemmer("english").stemWord  # Porter2, like its en_stem

    def prepare(self, paragraphs: Sequence[Paragraph]) -> Sequence[Paragraph]:
        return paragraphs

    def build(self, folder: Path, prepared: Sequence[Paragraph]) -> None:
        index = tantivy.Index(self.schema, path=str(folder))
        writer = index.writer(WRITER_HEAP_BYTES)  # tantivy chooses the number of threads
        for paragraph in prepared:
            writer.add_document(_document(paragraph))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self.index = tantivy.Index.open(str(folder))
        self.schema = self.index.schema
        self.writer: Any = None
        self._reload()

    def _reload(self) -> None:
        self.index.reload()
        self.searcher = self.index.searcher()

    def update(self, paragraph: Paragraph) -> None:
        self.writer = self.writer or self.index.writer(WRITER_HEAP_BYTES // 8, 1)
        self.writer.delete_documents_by_term("id", paragraph.id)
        self.writer.add_document(_document(paragraph))
        self.writer.commit()
        self._reload()

    def finish_merging(self) -> None:
        if self.writer:
            self.writer.wait_merging_threads()
            self.writer = None
        self._reload()

    def describe_segments(self) -> str:
        return f"{self.searcher.num_segments} segments"

    def search(self, question: Question, on_stage: OnStage = ignore_stages) -> Any:
        searcher = self.searcher
        query = self._query(question)
        in_years = in_country = matches = query
        if question.year_filter:
            in_years = self._restrict(query, self._years(question.year_filter))
            matches = in_years
        if question.country:
            country = Query.term_query(self.schema, "country", question.country, "basic")
            in_country = self._restrict(query, country)
            matches = self._restrict(in_years, country)
        on_stage("plan")
        if question.words:
            results = searcher.search(matches, TOP_HITS)
        else:
            results = searcher.search(matches, TOP_HITS, order_by_field="year")
        on_stage("match")
        if in_years is in_country:
            counts = searcher.aggregate(query, {**_COUNTRY, **_YEAR})
        else:
            counts = searcher.aggregate(in_years, _COUNTRY)
            counts |= searcher.aggregate(in_country, _YEAR)
        on_stage("counts")
        snippets = tantivy.SnippetGenerator.create(searcher, query, self.schema, "text")
        hits = []
        for _, address in results.hits:
            document = searcher.doc(address)
            snippet = snippets.snippet_from_doc(document).to_html()
            hits.append((document.get_first("id"), document.get_first("text"), snippet))
        on_stage("hits")
        return results.count, counts, hits

    def _restrict(self, query: Query, filter: Query) -> Query:
        """Restrict a query to the matches of another, which does not affect the scores."""
        return Query.boolean_query(
            [(Occur.Must, query), (Occur.Must, Query.const_score_query(filter, 0.0))]
        )

    def _years(self, years: tuple[int, int]) -> Query:
        return Query.range_query(self.schema, "year", tantivy.FieldType.Integer, *years)

    def _query(self, question: Question) -> Query:
        match question.kind, question.words:
            case "everything", _:
                return Query.all_query()
            case "prefix 3" | "prefix 2", (prefix,):
                # A fuzzy query without edits: ten times as fast as a regular expression, and
                # unlike phrase_prefix_query not limited to 50 terms.
                return Query.fuzzy_term_query(self.schema, "text", prefix, 0, prefix=True)
            case "fuzzy", (word,):
                return Query.fuzzy_term_query(
                    self.schema, "text", self._stem(word), max_edits(word)
                )
            case "phrase rare" | "phrase common", words:
                return self.index.parse_query(f'"{" ".join(words)}"', ["text"])
            case "or" | "or of 3", words:
                return self.index.parse_query(" OR ".join(words), ["text"])
        text = question.text.partition(" year:")[0]
        query = self.index.parse_query(text, ["text"], conjunction_by_default=True)
        if question.year_clause:
            return self._restrict(query, self._years(question.year_clause))
        return query

    def to_answer(self, raw: Any) -> Answer:
        total, counts, _ = raw
        countries, years = (
            {b["key"]: b["doc_count"] for b in counts[name]["buckets"]}
            for name in ("country", "year")
        )
        return Answer(total, countries, {int(year): count for year, count in years.items()})
