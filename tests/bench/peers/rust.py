"""tantivy, through tantivy-py. One pass a facet whose own filter must be ignored."""

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
from tests.bench.peers.base import TOP, Lap, no_laps
from tests.bench.questions import Question

HEAP = 512_000_000  # bytes for the writer's threads
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
    name = "tantivy"
    lacks: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.schema = _schema()
        self._stem = Stemmer.Stemmer("english").stemWord  # Porter2, as its en_stem

    def prepare(self, paragraphs: Sequence[Paragraph]) -> Sequence[Paragraph]:
        return paragraphs

    def build(self, folder: Path, prepared: Sequence[Paragraph]) -> None:
        index = tantivy.Index(self.schema, path=str(folder))
        writer = index.writer(HEAP)  # as many threads as it likes
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
        self.writer = self.writer or self.index.writer(HEAP // 8, 1)
        self.writer.delete_documents_by_term("id", paragraph.id)
        self.writer.add_document(_document(paragraph))
        self.writer.commit()
        self._reload()

    def settle(self) -> None:
        """Let merges that run in the background end."""
        if self.writer:
            self.writer.wait_merging_threads()
            self.writer = None
        self._reload()

    def segments(self) -> str:
        return f"{self.searcher.num_segments} segments"

    def ask(self, question: Question, lap: Lap = no_laps) -> Any:
        searcher = self.searcher
        query = self._query(question)
        in_years = in_country = shown = query
        if question.filtered:
            in_years = self._also(query, self._years(question.filtered))
            shown = in_years
        if question.country:
            chosen = Query.term_query(self.schema, "country", question.country, "basic")
            in_country = self._also(query, chosen)
            shown = self._also(in_years, chosen)
        lap("plan")
        if question.words:
            found = searcher.search(shown, TOP)
        else:
            found = searcher.search(shown, TOP, order_by_field="year")
        lap("match")
        if in_years is in_country:
            counts = searcher.aggregate(query, {**_COUNTRY, **_YEAR})
        else:
            counts = {
                **searcher.aggregate(in_years, _COUNTRY),
                **searcher.aggregate(in_country, _YEAR),
            }
        lap("counts")
        snippets = tantivy.SnippetGenerator.create(searcher, query, self.schema, "text")
        hits = []
        for _, address in found.hits:
            document = searcher.doc(address)
            hits.append(
                (
                    document.get_first("id"),
                    document.get_first("text"),
                    snippets.snippet_from_doc(document).to_html(),
                )
            )
        lap("hits")
        return found.count, counts, hits

    def _also(self, query: Query, narrower: Query) -> Query:
        """The query's matches and scores, among those of another that adds nothing to the score."""
        return Query.boolean_query(
            [(Occur.Must, query), (Occur.Must, Query.const_score_query(narrower, 0.0))]
        )

    def _years(self, years: tuple[int, int]) -> Query:
        return Query.range_query(self.schema, "year", tantivy.FieldType.Integer, *years)

    def _query(self, question: Question) -> Query:
        match question.kind, question.words:
            case "everything", _:
                return Query.all_query()
            case "prefix 3" | "prefix 2", (text,):
                # No edit, then anything: ten times as fast as its regular expressions, and unlike its
                # phrase_prefix_query not cut at 50 terms.
                return Query.fuzzy_term_query(self.schema, "text", text, 0, prefix=True)
            case "fuzzy", (word,):
                return Query.fuzzy_term_query(
                    self.schema, "text", self._stem(word), max_edits(word)
                )
            case "phrase rare" | "phrase common", words:
                return self.index.parse_query(f'"{" ".join(words)}"', ["text"])
            case "or" | "or of 3", words:
                return self.index.parse_query(" OR ".join(words), ["text"])
        found = self.index.parse_query(
            question.text.partition(" year:")[0], ["text"], conjunction_by_default=True
        )
        return self._also(found, self._years(question.within)) if question.within else found

    def read(self, raw: Any) -> Answer:
        total, counts, _ = raw
        countries, years = (
            {b["key"]: b["doc_count"] for b in counts[name]["buckets"]}
            for name in ("country", "year")
        )
        return Answer(total, countries, {int(year): count for year, count in years.items()})
