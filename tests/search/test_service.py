"""Search: queries, facet counts checked against brute force, and suggestions."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.synonym_file import parse_synonyms
from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary, SyncOptions, sync
from indexer.schema import facet_group
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import FacetBucket, SearchPage
from indexer.search.service import search, stream_results
from indexer.settings import Settings
from indexer.text import places

VOCABULARY = Vocabulary({})


def result_ids(engine: Engine, text: str = "", **values: object) -> list[str]:
    request = SearchRequest(text, **values)  # type: ignore[arg-type]
    return [hit.id for hit in search(engine, request, VOCABULARY).hits]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("trafficking", ["pak-trafficking", "global-guide"]),  # exact matches first
        ("trafficking -pakistan", ["global-guide"]),
        ("police OR roundtables", ["kgz-police", "pak-mmr-roundtables"]),
        ('"gender based violence"', ["pak-mmr-roundtables"]),
        ("traficking~", ["pak-trafficking"]),
        ("prosec*", ["global-guide"]),
        ("title:guide", ["global-guide"]),
        ("country:Pakistan year:none", ["pak-mmr-roundtables"]),
        ("year:2020..", ["global-guide", "kgz-police"]),
        ("the women", ["global-guide", "pak-trafficking"]),
        ("-trafficking", ["kgz-police", "pak-mmr-roundtables"]),
        ('partner:"UN Women"', ["global-guide"]),
        ("theme:(préVENTION)", ["kgz-police"]),
        ('theme:"Care, shelter and cure"', ["pak-mmr-roundtables"]),
        ("theme:care theme:none", []),
        ("-theme:none", ["global-guide", "kgz-police", "pak-mmr-roundtables", "pak-trafficking"]),
        ("partner:un-women", ["global-guide"]),
        ('country:"COTE D’IVOIRE"', ["global-guide"]),
        ("country:pk -country:burma", ["pak-trafficking"]),
        ('region:"south-eastern asia"', ["pak-mmr-roundtables"]),
        ("region:035", ["pak-mmr-roundtables"]),
        ('language:"Brazilian Portuguese"', ["pak-mmr-roundtables"]),
        ("language:PT-br", ["pak-mmr-roundtables"]),
        ("aliases:old-name", ["pak-trafficking"]),
        ("year:2018..2019", ["kgz-police", "pak-trafficking"]),
        ("year:2019..2018", ["kgz-police", "pak-trafficking"]),
        ("agency:none", []),
    ],
)
def test_a_query_matches_these_activities(
    engine: Engine, index: Callable[..., Summary], content: Path, text: str, ids: list[str]
) -> None:
    for id, front in {
        "global-guide": "partner: un-women\ncountry: CIV\ntheme: a",
        "kgz-police": "theme: prev",
        "pak-mmr-roundtables": "theme: care\nlanguage: pt-BR",
    }.items():
        file = content / f"{id}.md"
        file.write_text(file.read_text().replace("---\n", f"---\n{front}\n", 1))
    (content / "_vocabulary.yaml").write_text(
        "partner:\n  un-women: UN Women\n"
        "theme:\n  prev: Prévention\n  care: 'Care, shelter and cure'\n"
    )
    assert not index().errors
    vocabulary = Vocabulary.load(content)
    assert sorted(hit.id for hit in search(engine, SearchRequest(text), vocabulary).hits) == sorted(
        ids
    )
    if text == "trafficking":
        assert result_ids(engine, text) == ids


@pytest.mark.parametrize(
    "text", ["country:Atlantis", "theme:nonsense", "language:xxy", "partner:'"]
)
def test_an_unknown_value_has_a_notice(
    engine: Engine, index: Callable[..., Summary], text: str
) -> None:
    index()
    page = search(engine, SearchRequest(text), VOCABULARY)
    assert ([n.code for n in page.notices], page.total) == (["unknown_value"], 0)
    assert not search(engine, SearchRequest("country:Fiji"), VOCABULARY).notices


def test_activities_without_a_year_come_last_in_either_order(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    assert result_ids(engine) == [
        "global-guide",
        "kgz-police",
        "pak-trafficking",
        "pak-mmr-roundtables",
    ]
    assert result_ids(engine, sort="oldest")[-1] == "pak-mmr-roundtables"


def test_a_suggestion_has_as_many_results_as_it_states(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = search(
        engine, SearchRequest("traficking prosecutors", (Filter("country", "MMR"),)), VOCABULARY
    )
    assert page.total == 0
    page = search(engine, SearchRequest("traficking"), VOCABULARY)
    assert "did_you_mean" in {suggestion.kind for suggestion in page.suggestions}
    for suggestion in page.suggestions:
        assert search(engine, suggestion.request, VOCABULARY).total == suggestion.total > 0


def codes(page: SearchPage) -> list[str]:
    return [notice.code for notice in page.notices]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("prosecut", ["global-guide"]),
        ("traff", ["pak-trafficking", "global-guide"]),
        ("Roundt", ["pak-mmr-roundtables"]),
        ("trafficking organi", ["pak-trafficking"]),
    ],
)
def test_an_unfinished_last_word_is_a_prefix(
    engine: Engine, index: Callable[..., Summary], text: str, ids: list[str]
) -> None:
    index()
    page = search(engine, SearchRequest(text), VOCABULARY)
    assert sorted(hit.id for hit in page.hits if hit.match == "all") == sorted(ids)
    assert "unfinished" in codes(page)
    assert "corrected" not in codes(page)
    assert "did_you_mean" not in {suggestion.kind for suggestion in page.suggestions}
    assert all(
        any(span.matched for span in hit.snippet)
        for hit in page.hits
        if not hit.activity.meta.get("title")
    )


@pytest.mark.parametrize(
    "text",
    [
        "prosecut women",  # not the last word
        "police",  # a whole word
        "trafficker",  # has the stem of a whole word
        "p",
        '"prosecut"',
        "prosecut -police",
        "Pakistan",
    ],
)
def test_any_other_word_is_not_a_prefix(
    engine: Engine, index: Callable[..., Summary], text: str
) -> None:
    index()
    assert "unfinished" not in codes(search(engine, SearchRequest(text), VOCABULARY))


def test_every_start_of_a_word_finds_its_activity(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    word = "organisations"
    for length in range(2, len(word) + 1):
        page = search(engine, SearchRequest(word[:length]), VOCABULARY)
        assert "pak-trafficking" in {hit.id for hit in page.hits}, word[:length]


def test_an_unfinished_word_of_explicit_syntax_has_a_suggestion_with_a_prefix(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = search(engine, SearchRequest("year:2020 prosecut"), VOCABULARY)
    (suggestion,) = [s for s in page.suggestions if s.kind == "begins_with"]
    assert suggestion.subject == "prosecut"
    assert suggestion.request.text == "year:2020 prosecut*"
    assert suggestion.total == 1


def test_a_page_after_the_last_one_has_a_notice(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = search(engine, SearchRequest(page=9), VOCABULARY)
    assert (page.total, page.hits, page.notices[0].code) == (4, (), "page_past_end")


def flat(values: tuple[FacetBucket, ...]) -> list[FacetBucket]:
    return [v for value in values for v in (value, *flat(value.children))]


COUNTRIES = ["PAK", "AFG", "KGZ", "KEN"]
ACTIVITY = st.tuples(
    st.sets(st.sampled_from(COUNTRIES)), st.sets(st.sampled_from([2018, 2019, 2020])), st.booleans()
)
PAIRS = [
    ("country", "PAK"),
    ("country", "KEN"),
    ("country", "none"),
    ("region", "034"),
    ("region", "142"),
    ("year", "2018"),
    ("year", "none"),
]


def filters(
    included: Iterable[tuple[str, str]], excluded: Iterable[tuple[str, str]]
) -> tuple[Filter, ...]:
    return (
        *(Filter(*pair) for pair in included),
        *(Filter(*pair, excluded=True) for pair in excluded),
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(ACTIVITY, max_size=8),
    st.sets(st.sampled_from(PAIRS)),
    st.sets(st.sampled_from(PAIRS)),
    st.sampled_from([(None, None), (2018, 2019), (2020, None)]),
    st.booleans(),
    st.data(),
)
def test_facet_counts_equal_a_brute_force_count(  # type: ignore[no-untyped-def]
    corpus, included, excluded, bounds, with_text, data
) -> None:
    request = SearchRequest(
        "gender" if with_text else "", filters(included, excluded - included), *bounds
    )
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        content.mkdir()
        engine = open_engine(Settings(content=content, index=Path(folder) / "index"))
        rows = {}
        for number, (countries, years, gender) in enumerate(corpus):
            (content / f"a{number}.md").write_text(
                f"---\ncountry: [{', '.join(countries)}]\nyear: {sorted(years)}\n---\n"
                f"{'gender' if gender else 'other'} text"
            )
            regions = {above for code in countries for above in places.ancestors(code)}
            rows[f"a{number}"] = {
                "country": countries or {"none"},
                "region": regions or {"none"},
                "year": set(map(str, years)) or {"none"},
                "gender": gender,
            }
        sync(engine, content, "first")
        for id in data.draw(st.sets(st.sampled_from(sorted(rows)))) if rows else ():
            (content / f"{id}.md").unlink()
            del rows[id]
        sync(engine, content, "second", SyncOptions(allow_deletions=True))
        page = search(engine, request, VOCABULARY)
        _, exported = stream_results(engine, request, VOCABULARY)
        exported_ids = {stored.id for stored in exported}

    def is_excluded(row: dict[str, set[str]], except_for: Filter | None = None) -> bool:
        return any(f.value in row[f.field] for f in request.excluded if f != except_for)

    def passes(row: dict[str, set[str]], group: str) -> bool:
        fields = {"place": ("region", "country"), "time": ("year",)}[group]
        alternatives = [v in row[f] for f, v, _ in request.effective if f in fields]
        if group == "time" and request.range:
            low, high = request.range
            alternatives.append(
                any(y != "none" and (low or 0) <= int(y) <= (high or 9999) for y in row["year"])
            )
        return not alternatives or any(alternatives)

    for facet in page.facets[:3]:
        group = "time" if facet.field == "year" else "place"
        other = "place" if group == "time" else "time"
        base = [r for r in rows.values() if (r["gender"] or not with_text) and passes(r, other)]
        buckets = [v for v in flat(facet.buckets) if v.field == facet.field]
        expected = {v for r in base if not is_excluded(r) for v in r[facet.field]}
        assert expected <= {v.value for v in buckets}
        for value in buckets:
            own = Filter(facet.field, value.value, excluded=True)
            assert value.excluded == (own in request.excluded)
            assert value.count == sum(
                value.value in r[facet.field] and not is_excluded(r, own) for r in base
            )
    matching = {
        id
        for id, r in rows.items()
        if (r["gender"] or not with_text)
        and passes(r, "place")
        and passes(r, "time")
        and not is_excluded(r)
    }
    assert page.total == len(matching)
    assert {hit.id for hit in page.hits} == exported_ids == matching


def test_activities_without_a_value_are_the_last_of_each_facet(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    order = {
        facet.field: [bucket.value for bucket in facet.buckets]
        for facet in search(engine, SearchRequest(), VOCABULARY).facets
    }
    with_gaps = {field for field, values in order.items() if "none" in values}
    assert with_gaps >= {"region", "year", "theme", "partner"}
    assert {field for field in with_gaps if order[field][-1] != "none"} == set()


def test_including_a_value_gives_as_many_results_as_its_count(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    request = SearchRequest()
    for facet in search(engine, request, VOCABULARY).facets:
        for value in flat(facet.buckets):
            assert (
                search(engine, request.toggled(Filter(value.field, value.value)), VOCABULARY).total
                == value.count
            )


@pytest.mark.parametrize("field", ["country", "year"])
def test_including_a_value_beside_an_exclusion_gives_as_many_results_as_its_count(
    engine: Engine, index: Callable[..., Summary], field: str
) -> None:
    index()
    every = {"country": ["PAK", "KGZ", "EGY", "none"], "year": ["2018", "2019", "2020", "none"]}
    for ticked, excluded in itertools.permutations(every[field], 2):
        request = SearchRequest(
            filters=(Filter(field, ticked), Filter(field, excluded, excluded=True))
        )
        for facet in search(engine, request, VOCABULARY).facets:
            for value in flat(facet.buckets):
                toggled = Filter(value.field, value.value)
                alone = request.without_included(facet_group(value.field)).toggled(toggled)
                assert search(engine, alone, VOCABULARY).total == value.count, (request, toggled)


def test_a_ticked_country_without_results_stays_in_its_region(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    request = SearchRequest("police", filters=(Filter("country", "PAK"),))
    (regions,) = [f for f in search(engine, request, VOCABULARY).facets if f.field == "region"]
    assert "PAK" not in {value.value for value in regions.buckets}
    assert {"142", "034", "PAK"} <= {value.value for value in flat(regions.buckets)}


def test_including_a_value_inside_an_included_region_or_range_narrows_to_it() -> None:
    region, country = Filter("region", "034"), Filter("country", "PAK")
    request = SearchRequest(filters=(region,), year_from=2018, year_to=2020)
    assert request.toggled(country).effective == (country,)
    assert request.toggled(Filter("year", "2019")).range is None
    for pair in itertools.permutations([region, country]):
        assert SearchRequest(filters=pair).effective == (country,)


def test_activities_with_most_words_follow_those_with_all(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = search(engine, SearchRequest("trafficking pakistan prosecutors"), VOCABULARY)
    matches = [hit.match for hit in page.hits]
    assert matches == sorted(matches)
    assert page.total_all == matches.count("all")
    assert page.total == len(page.hits) > page.total_all


def test_match_all_leaves_out_activities_with_most_words(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    request = SearchRequest("trafficking pakistan women", match="all")
    page = search(engine, request, VOCABULARY)
    assert [(hit.id, hit.match) for hit in page.hits] == [("pak-trafficking", "all")]
    assert page.total == page.total_all == 1
    assert search(engine, request.matching(None), VOCABULARY).total > 1


def test_a_filter_changes_no_activity_from_one_group_to_the_other(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    request = SearchRequest("trafficking pakistan prosecutors")
    groups = {hit.id: hit.match for hit in search(engine, request, VOCABULARY).hits}
    filtered = search(engine, request.with_filter(Filter("country", "PAK")), VOCABULARY)
    assert filtered.hits
    assert all(groups[hit.id] == hit.match for hit in filtered.hits)


def test_a_notice_counts_the_activities_with_all_words(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = search(engine, SearchRequest("trafficking zzzz"), VOCABULARY)
    (notice,) = (notice for notice in page.notices if notice.code == "most_words")
    assert notice.values == {"all": 0, "most": page.total, "words": 2}


def test_a_word_of_no_activity_is_also_searched_in_its_nearest_spelling(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = search(engine, SearchRequest("traficking"), VOCABULARY)
    assert page.total_all == 0
    assert {hit.id for hit in page.hits} == {"global-guide", "pak-trafficking"}
    assert ("corrected", "trafficking") in {
        (notice.code, notice.values.get("correction")) for notice in page.notices
    }
    assert search(engine, SearchRequest("traficking", match="all"), VOCABULARY).total == 0


def test_an_activity_is_found_by_the_name_of_its_country(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    assert "pak-mmr-roundtables" in result_ids(engine, "Birmania")


def test_a_word_of_explicit_syntax_finds_activities_by_the_name_of_their_country(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    assert "pak-mmr-roundtables" in result_ids(engine, "Birmania OR zebra")
    assert result_ids(engine, '"Birmania" OR zebra') == []


def test_an_excluded_country_name_excludes_the_activities_in_the_country(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    unfiltered = result_ids(engine, "Pakistan")
    assert "pak-mmr-roundtables" in unfiltered
    without = result_ids(engine, "Pakistan -Birmania")
    assert without
    assert "pak-mmr-roundtables" not in without


def test_a_search_finds_the_translation_of_its_words_in_a_language_of_the_index(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    file, _ = parse_synonyms("translations:\n  - {ru: траффикинг, en: trafficking, fr: traite}\n")
    page = search(engine, SearchRequest("траффикинг"), VOCABULARY, Synonyms(file))
    assert page.total_all == len(result_ids(engine, "trafficking"))
    words = [form.words for form in page.forms["траффикинг"]]
    assert words == [("trafficking",)]  # no activity is in French
