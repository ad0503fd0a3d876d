"""The facet rules, against brute force; exits that lead where they say."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary, sync
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import FacetBucket
from indexer.search.service import search, stream_results
from indexer.settings import Settings
from indexer.text import places

LABELS = Vocabulary({})


def found(engine: Engine, text: str = "", **rest: object) -> list[str]:
    return [hit.id for hit in search(engine, SearchRequest(text, **rest), LABELS).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("trafficking", ["pak-trafficking", "global-guide"]),  # the exact form first
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
def test_what_a_query_finds(
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
        "partner:\n  un-women: UN Women\ntheme:\n  prev: Prévention\n  care: 'Care, shelter and cure'\n"
    )
    assert not index().errors
    vocabulary = Vocabulary.load(content)
    assert sorted(hit.id for hit in search(engine, SearchRequest(text), vocabulary).hits) == sorted(
        ids
    )
    if text == "trafficking":
        assert found(engine, text) == ids


@pytest.mark.parametrize(
    "text", ["country:Atlantis", "theme:nonsense", "language:xxy", "partner:'"]
)
def test_a_value_that_nothing_has_is_said(
    engine: Engine, index: Callable[..., Summary], text: str
) -> None:
    index()
    page = search(engine, SearchRequest(text), LABELS)
    assert ([n.code for n in page.notices], page.total) == (["unknown_value"], 0)
    assert not search(engine, SearchRequest("country:Fiji"), LABELS).notices


def test_newest_first_and_undated_last(engine: Engine, index: Callable[..., Summary]) -> None:
    index()
    assert found(engine) == ["global-guide", "kgz-police", "pak-trafficking", "pak-mmr-roundtables"]
    assert found(engine, sort="oldest")[-1] == "pak-mmr-roundtables"


def test_every_exit_finds_what_it_says(engine: Engine, index: Callable[..., Summary]) -> None:
    index()
    page = search(
        engine, SearchRequest("traficking prosecutors", (Filter("country", "MMR"),)), LABELS
    )
    assert page.total == 0
    page = search(engine, SearchRequest("traficking"), LABELS)
    assert "did_you_mean" in {way.kind for way in page.suggestions}
    for way in page.suggestions:
        assert search(engine, way.request, LABELS).total == way.total > 0


def test_a_word_that_is_only_begun_leads_to_its_endings(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = search(engine, SearchRequest("prosecut"), LABELS)
    (way,) = [way for way in page.suggestions if way.kind == "begins_with"]
    assert (way.subject, way.request.text, way.total) == ("prosecut", "prosecut*", 1)


def test_a_page_past_the_end_says_so(engine: Engine, index: Callable[..., Summary]) -> None:
    index()
    page = search(engine, SearchRequest(page=9), LABELS)
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
def test_counts_equal_brute_force(corpus, ticked, excluded, bounds, words, data) -> None:  # type: ignore[no-untyped-def]
    request = SearchRequest("gender" if words else "", filters(ticked, excluded - ticked), *bounds)
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        content.mkdir()
        engine = open_engine(Settings(content=content, index=Path(folder) / "index"))
        rows = {}
        for number, (countries, years, gender) in enumerate(corpus):
            (content / f"a{number}.md").write_text(
                f"---\ncountry: [{', '.join(countries)}]\nyear: {sorted(years)}\n---\n{'gender' if gender else 'other'} text"
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
        sync(engine, content, "second")
        page = search(engine, request, LABELS)
        _, exported = stream_results(engine, request, LABELS)
        exported_ids = {stored.id for stored in exported}

    def passes(row: dict[str, set[str]], group: str) -> bool:
        fields = {"place": ("region", "country"), "time": ("year",)}[group]
        wanted = [
            row_has for f, v, _ in request.effective if f in fields for row_has in [v in row[f]]
        ]
        if group == "time" and request.range:
            low, high = request.range
            wanted.append(
                any(y != "none" and (low or 0) <= int(y) <= (high or 9999) for y in row["year"])
            )
        return (not wanted or any(wanted)) and not any(
            v in row[f] for f, v, _ in request.excluded if f in fields
        )

    for facet in page.facets[:3]:
        group = "time" if facet.field == "year" else "place"
        other = "place" if group == "time" else "time"
        base = [r for r in rows.values() if (r["gender"] or not words) and passes(r, other)]
        shown = [v for v in flat(facet.buckets) if v.field == facet.field]
        expected = {v for r in base for v in r[facet.field]}
        assert expected <= {v.value for v in shown}
        for value in shown:
            assert value.count == sum(value.value in r[facet.field] for r in base)
    matching = {
        id
        for id, r in rows.items()
        if (r["gender"] or not words) and passes(r, "place") and passes(r, "time")
    }
    assert page.total == len(matching)
    assert {hit.id for hit in page.hits} == exported_ids == matching


def test_following_an_unticked_value_finds_its_count(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    request = SearchRequest()
    for facet in search(engine, request, LABELS).facets:
        for value in flat(facet.buckets):
            assert (
                search(engine, request.toggled(Filter(value.field, value.value)), LABELS).total
                == value.count
            )


def test_ticking_inside_a_ticked_parent_or_range_narrows() -> None:
    region, country = Filter("region", "034"), Filter("country", "PAK")
    request = SearchRequest(filters=(region,), year_from=2018, year_to=2020)
    assert request.toggled(country).effective == (country,)
    assert request.toggled(Filter("year", "2019")).range is None
    for pair in itertools.permutations([region, country]):
        assert SearchRequest(filters=pair).effective == (country,)
