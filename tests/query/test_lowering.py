"""Lowering: weights, stop words and the groups with all and with most words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.bounded_cache import BoundedCache
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.forms import WordForm
from indexer.query.frequencies import idf
from indexer.query.lowering import MAX_WORDS, Lowering, min_percent
from indexer.query.parser import parse
from indexer.query.plan import (
    EXACT_COLUMNS,
    STEM_COLUMNS,
    AndQuery,
    Column,
    ConstantQuery,
    EngineQuery,
    MostQuery,
    MultiTermQuery,
    OrQuery,
    PhraseQuery,
    TermQuery,
    or_leaves,
)

BODY_STEMS = STEM_COLUMNS["body"]


class FixedStatistics:
    """The statistics of an index, as a table."""

    def __init__(
        self, frequencies: Mapping[str, int], languages: Sequence[str] = ("en",), total: int = 100
    ) -> None:
        self._frequencies = frequencies
        self.languages = languages
        self.activities = total
        self.word_cache = BoundedCache(100)

    def language_tags(self, primary: Iterable[str]) -> Sequence[str]:
        return list(primary)

    def frequencies(
        self, terms: Mapping[Column, Sequence[str]]
    ) -> Mapping[Column, Mapping[str, int]]:
        counts: dict[Column, dict[str, int]] = {column: {} for column in terms}
        for term in terms.get(BODY_STEMS, ()):
            if term in self._frequencies:
                counts[BODY_STEMS][term] = self._frequencies[term]
        for term in terms.get(EXACT_COLUMNS["body"], ()):
            if term in self._frequencies:
                counts[EXACT_COLUMNS["body"]][term] = self._frequencies[term]
        return counts

    def stems(self, words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return {}

    def value_frequencies(self, field: str) -> Mapping[str, int]:
        return {}

    def keys(self, field: str, text: str) -> Sequence[str]:
        return [text]

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column]) -> Mapping[str, int]:
        return {"police": 3, "policy": 5}


def lowering(text: str, statistics: FixedStatistics) -> Lowering:
    return Lowering(parse(text), statistics)


def terms(query: EngineQuery) -> list[TermQuery]:
    return [leaf for leaf in or_leaves(query) if isinstance(leaf, TermQuery)]


def test_all_forms_of_a_word_share_one_idf() -> None:
    statistics = FixedStatistics({"en:traffick": 7, "fr:trafficking": 2}, ("en", "fr"))
    leaves = terms(lowering("trafficking", statistics).all())
    shared = idf(100, 9)
    weights = {(leaf.column.name, leaf.term): leaf.weight / shared for leaf in leaves}
    assert weights == {
        ("title.exact", "trafficking"): pytest.approx(0.075),
        ("title.stem", "en:traffick"): pytest.approx(0.5),
        ("title.stem", "fr:trafficking"): pytest.approx(0.5),
        ("body.exact", "trafficking"): pytest.approx(0.15),
        ("body.stem", "en:traffick"): pytest.approx(1),
        ("body.stem", "fr:trafficking"): pytest.approx(1),
    }


def test_a_prefix_has_one_idf_over_all_its_words() -> None:
    query = lowering("poli*", FixedStatistics({})).all()
    body = [leaf for leaf in or_leaves(query) if isinstance(leaf, MultiTermQuery)][-1]
    assert body.weight == pytest.approx(idf(100, 8))


def test_a_repeated_word_counts_as_often_as_it_occurs() -> None:
    statistics = FixedStatistics({"en:court": 5, "en:polic": 5})
    once, twice = (
        max(leaf.weight for leaf in terms(lowering(text, statistics).most().children[0]))  # type: ignore[union-attr]
        for text in ("court police", "court police court")
    )
    assert twice == pytest.approx(2 * once)


@given(st.integers(1, 10**7), st.integers(0, 10**7))
def test_the_idf_is_positive(total: int, frequency: int) -> None:
    assert idf(total, min(total, frequency)) > 0


def test_a_stop_word_is_left_out_if_every_activity_is_in_its_language() -> None:
    query = lowering("the police", FixedStatistics({"en:polic": 5, "en:the": 90})).all()
    assert "the" not in {leaf.term for leaf in terms(query)}


def test_a_stop_word_is_optional_only_in_activities_of_its_language() -> None:
    statistics = FixedStatistics({"en:polic": 5}, ("en", "de"))
    query = lowering("the police", statistics).all()
    assert isinstance(query, AndQuery)
    languages = [t.term for t in terms(query.children[0]) if t.column.field == "language"]
    assert languages == ["en"]


def test_a_query_of_stop_words_only_is_searched_as_typed() -> None:
    query = lowering("to be", FixedStatistics({})).all()
    assert isinstance(query, AndQuery)
    assert [terms(child)[0].term for child in query.children] == ["to", "be"]


@pytest.mark.parametrize(
    "text", ["police", "police police", "police OR court", '"police court"', "police -court"]
)
def test_one_word_and_explicit_syntax_have_no_lower_group(text: str) -> None:
    assert lowering(text, FixedStatistics({"en:polic": 5, "en:court": 5})).most() is None


def test_words_that_occur_nowhere_do_not_count_in_the_lower_group() -> None:
    most = lowering("police zzzz court", FixedStatistics({"en:polic": 5, "en:court": 5})).most()
    assert isinstance(most, MostQuery)
    assert len(most.children) == 2


def test_words_with_the_same_stem_count_once_in_the_lower_group() -> None:
    statistics = FixedStatistics({"en:court": 5, "en:polic": 5})
    most = lowering("court courts police", statistics).most()
    assert isinstance(most, MostQuery)
    assert len(most.children) == 2


def test_of_a_long_text_the_rarest_words_count() -> None:
    words = [f"zz{n}qx" for n in range(MAX_WORDS + 20)]
    statistics = FixedStatistics({f"en:{word}": n + 1 for n, word in enumerate(words)}, total=1000)
    most = Lowering(parse(" ".join(words)), statistics).most()
    assert isinstance(most, MostQuery)
    assert len(most.children) == MAX_WORDS
    assert most.shares[0] == round(10 * idf(1000, 1))


def test_each_language_counts_the_words_that_are_not_its_stop_words() -> None:
    statistics = FixedStatistics({"en:polic": 5, "en:the": 90, "de:polic": 1}, ("en", "de"))
    most = lowering("the police court", statistics).most()
    assert isinstance(most, OrQuery)
    assert len(most.children) == 2


@given(st.integers(0, 10**6), st.integers(1, 100))
def test_the_best_activity_is_always_in_the_lower_group(best: int, percent: int) -> None:
    minimum = MostQuery((), (), percent).minimum(best)
    assert minimum <= max(1, best)
    assert minimum >= best * percent / 100 or math.isclose(minimum, 1)


def test_an_acronym_in_capitals_is_not_a_stop_word() -> None:
    statistics = FixedStatistics({"en:us": 5, "en:polic": 5})
    query = lowering("US police", statistics).all()
    assert isinstance(query, AndQuery)
    assert len(query.children) == 2
    assert not isinstance(lowering("us police", statistics).all(), AndQuery)


def test_joined_characters_count_by_pairs_in_the_lower_group() -> None:
    statistics = FixedStatistics({}, ("zh",))
    low = lowering("妇女暴力", statistics)
    assert [leaf.terms for leaf in or_leaves(low.all()) if isinstance(leaf, PhraseQuery)] == [
        tuple("妇女暴力")
    ] * 2
    most = low.most()
    assert isinstance(most, MostQuery)
    assert len(most.children) == 3


def test_a_correction_is_searched_only_in_the_lower_group() -> None:
    forms = {"polize": [WordForm("correction", 0.5, ("police",))]}
    low = Lowering(parse("polize"), FixedStatistics({"en:polic": 5}), forms)
    assert "en:polic" not in {leaf.term for leaf in terms(low.all())}
    most = low.most()
    assert isinstance(most, MostQuery)
    assert "en:polic" in {leaf.term for leaf in terms(most.children[0])}


def test_a_name_finds_activities_by_their_value() -> None:
    forms = {"birmania": [WordForm("name", 0.3, (), "country", ("MMR",))]}
    query = Lowering(parse("birmania"), FixedStatistics({}), forms).all()
    values = [leaf.child for leaf in or_leaves(query) if isinstance(leaf, ConstantQuery)]
    assert values == [OrQuery((TermQuery(Column("country", "value"), "MMR"),))]


def test_a_word_of_explicit_syntax_has_its_further_forms() -> None:
    forms = {"birmania": [WordForm("name", 0.3, (), "country", ("MMR",))]}
    query = Lowering(parse("birmania OR zebra"), FixedStatistics({}), forms).all()
    assert any(isinstance(leaf, ConstantQuery) for leaf in or_leaves(query))


@pytest.mark.parametrize("text", ['"birmania"', "title:birmania", "birmani*"])
def test_a_phrase_a_field_and_a_prefix_have_no_further_forms(text: str) -> None:
    forms = {"birmania": [WordForm("name", 0.3, (), "country", ("MMR",))]}
    query = Lowering(parse(text), FixedStatistics({}), forms).all()
    assert not any(isinstance(leaf, ConstantQuery) for leaf in or_leaves(query))


def test_a_synonym_with_a_word_that_occurs_nowhere_is_not_searched() -> None:
    forms = {"gbv": [WordForm("synonym", 0.8, ("gender", "violence"))]}
    query = Lowering(parse("gbv"), FixedStatistics({"en:gender": 5, "gender": 5}), forms).all()
    assert not any(isinstance(leaf, PhraseQuery | AndQuery) for leaf in or_leaves(query))


def test_the_words_of_a_synonym_also_match_apart_with_a_lower_weight() -> None:
    statistics = FixedStatistics({"en:gender": 5, "en:violenc": 9, "gender": 5, "violence": 9})
    forms = {"gbv": [WordForm("synonym", 0.8, ("gender", "violence"))]}
    children = list(or_leaves(Lowering(parse("gbv"), statistics, forms).all()))
    (phrase,) = (
        leaf for leaf in children if isinstance(leaf, PhraseQuery) and leaf.column.field == "body"
    )
    (apart,) = (leaf for leaf in children if isinstance(leaf, AndQuery))
    assert phrase.terms == ("gender", "violence")
    assert max(leaf.weight for part in apart.children for leaf in terms(part)) < phrase.weight


@pytest.mark.parametrize(("words", "percent"), [(2, 40), (3, 34), (5, 21), (7, 16), (128, 16)])
def test_the_minimum_idf_of_the_lower_group_is_slightly_more_than_that_of_an_average_word(
    words: int, percent: int
) -> None:
    assert min_percent(words) == percent
