"""Further forms of the words of a query, including split, misspelled and foreign words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from indexer.content.synonym_file import parse_synonyms
from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.query.forms import WordForm
from indexer.search.request import SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import search
from indexer.search.word_forms import NAME_WEIGHT

SYNONYMS = Synonyms(
    parse_synonyms(
        "en:\n  - [GBV, gender-based violence]\n  - women ~ girls\n  - [trafficking, human trade]\n"
    )[0]
)


@pytest.fixture
def page(engine: Engine, index: Callable[..., Summary]) -> Callable[[str], SearchPage]:
    index()
    return lambda text: search(engine, SearchRequest(text), Vocabulary({}), SYNONYMS)


def forms(page: SearchPage, word: str) -> Mapping[tuple[str, ...], WordForm]:
    return {form.words or form.values: form for form in page.forms.get(word, ())}


def test_a_word_typed_without_its_hyphen_has_the_synonyms_of_the_term(
    page: Callable[[str], SearchPage],
) -> None:
    result = page("genderbased violence")
    assert ("GBV",) in forms(result, "genderbased")
    assert ("GBV",) in forms(result, "violence")


def test_a_split_word_has_no_synonyms_of_one_of_its_words(
    page: Callable[[str], SearchPage],
) -> None:
    of_word = forms(page("policewomen"), "policewomen")
    assert ("girls",) not in of_word


def test_a_corrected_word_has_its_synonyms_in_the_lower_group(
    page: Callable[[str], SearchPage],
) -> None:
    form = forms(page("traficking"), "traficking")["human", "trade"]
    assert (form.kind, form.is_addition) == ("synonym", True)


def test_a_misspelled_country_finds_its_activities_in_the_lower_group_with_a_notice(
    page: Callable[[str], SearchPage],
) -> None:
    result = page("Kyrgyztan police")
    assert "kgz-police" in {hit.id for hit in result.hits if hit.match == "most"}
    assert ("kyrgyztan", "Kyrgyzstan") in {
        (notice.values["text"], notice.values["correction"])
        for notice in result.notices
        if notice.code == "corrected"
    }


def test_a_search_for_an_abbreviation_finds_the_theme_that_its_long_form_names(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    synonyms = Synonyms(parse_synonyms("en:\n  - [HT, trafficking in persons]\n")[0])
    vocabulary = Vocabulary({"theme": {"trafficking-in-persons": "Trafficking in persons"}})
    result = search(engine, SearchRequest("HT"), vocabulary, synonyms)
    assert [hit.id for hit in result.hits] == ["pak-trafficking"]
    assert ("trafficking-in-persons",) in forms(result, "ht")


def test_a_value_of_several_forms_counts_once(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    synonyms = Synonyms(parse_synonyms("en:\n  - [TIP, trafficking in persons]\n")[0])
    vocabulary = Vocabulary({"theme": {"trafficking-in-persons": "Trafficking in persons"}})
    result = search(engine, SearchRequest("trafficking in persons"), vocabulary, synonyms)
    weights = [form.weight for form in result.forms["trafficking"] if form.kind == "name"]
    assert weights == [NAME_WEIGHT]


def test_text_in_another_language_names_no_country(page: Callable[[str], SearchPage]) -> None:
    result = page("Indonesja wspiera policje przeciw przemocy")
    assert not any(form.kind == "name" for of_word in result.forms.values() for form in of_word)
