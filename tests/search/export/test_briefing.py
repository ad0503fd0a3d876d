"""The arrangement of a briefing: sections, numbers and sources."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Generation
from indexer.search.export import GROUPS, ExportTooLarge, Group
from indexer.search.export.briefing import (
    MAX_ACTIVITIES,
    Briefing,
    make_briefing,
)
from indexer.search.export.document import ExportDocument, ExportRow
from indexer.search.request import Filter, SearchRequest
from webapp.search_state import search_source

GENERATION = Generation(7, "2026-01-02T03:04:05Z", "a test", 2)


def activity(id: str, **meta: tuple[str | int, ...]) -> Activity:
    return Activity(id, "digest", "A text.", "en", meta, "A text.", "2026-01-02T03:04:05Z")


def briefing(
    activities: Iterable[Activity],
    request: SearchRequest | None = None,
    group: Group = "country",
    total: int | None = None,
) -> Briefing:
    rows = [ExportRow(stored, stored.id, f"https://a.example/{stored.id}") for stored in activities]
    source = search_source(
        request or SearchRequest(),
        len(rows) if total is None else total,
        GENERATION,
        "https://a.example",
        group,
    )
    return make_briefing(ExportDocument(source, iter(rows), Vocabulary({}), "2026-01-03T00:00:00Z"))


def outline(result: Briefing) -> list[tuple[str, list[tuple[str, list[str]]], list[str]]]:
    """Return the label, the ids by year and the ids of the references of each section."""
    return [
        (
            section.label,
            [(year, [entry.activity.id for entry in entries]) for year, entries in section.years],
            [entry.activity.id for entry, _ in section.references],
        )
        for section in result.sections
    ]


def test_sections_are_countries_by_name_and_then_years() -> None:
    result = briefing(
        [
            activity("a", country=("PAK",), year=(2018,)),
            activity("b", country=("EGY",)),
            activity("c", country=("PAK",), year=(2017, 2020)),
            activity("d"),
            activity("e", country=("PAK",)),
        ]
    )
    assert outline(result) == [
        ("Egypt", [("none", ["b"])], []),
        ("Pakistan", [("2020", ["c"]), ("2018", ["a"]), ("none", ["e"])], []),
        ("Not stated", [("none", ["d"])], []),
    ]


def test_an_activity_of_two_countries_is_in_full_in_one_section_and_named_in_the_other() -> None:
    result = briefing([activity("a", country=("PAK", "AFG")), activity("b", country=("PAK",))])
    assert outline(result) == [
        ("Afghanistan", [("none", ["a"])], []),
        ("Pakistan", [("none", ["b"])], ["a"]),
    ]
    ((entry, label),) = result.sections[1].references
    assert (entry.number, label) == (1, "Afghanistan")
    assert [section.total for section in result.sections] == [1, 2]


def test_a_section_is_only_made_for_values_that_the_filters_include() -> None:
    stored = activity("a", country=("AFG", "PAK"), theme=("x", "y"), year=(2015, 2019))
    by_country = SearchRequest("", (Filter("country", "PAK"),), year_to=2016)
    assert outline(briefing([stored], by_country)) == [("Pakistan", [("2015", ["a"])], [])]
    by_theme = SearchRequest("", (Filter("theme", "y"),))
    assert outline(briefing([stored], by_theme, "theme")) == [("Y", [("2019", ["a"])], [])]
    without = SearchRequest("", (Filter("partner", "z", excluded=True),))
    assert outline(briefing([activity("b", partner=("p",))], without, "partner"))[0][0] == "P"


def test_a_country_of_an_included_region_has_a_section() -> None:
    request = SearchRequest("", (Filter("region", "142"),))
    stored = activity("a", country=("EGY", "PAK"), region=("142", "002"))
    assert [row[0] for row in outline(briefing([stored], request))] == ["Pakistan"]


def test_sources_are_numbered_once_with_the_activities_that_name_them() -> None:
    result = briefing(
        [
            activity("a", country=("EGY",), source=("Report",)),
            activity("b", country=("AFG",), source=("Other",)),
            activity("c", country=("PAK",), source=("Report",)),
            activity("d", country=("PAK",)),
        ]
    )
    assert [(s.number, s.text, s.activities) for s in result.sources] == [
        (1, "Other", [1]),
        (2, "Report", [2, 3]),
    ]


def test_many_years_are_counted_by_decade_and_each_activity_once() -> None:
    stored = [activity(str(year), country=("PAK",), year=(year,)) for year in range(1990, 2015)]
    stored.append(activity("both", country=("PAK",), year=(2011, 2012)))
    counts = briefing(stored).counts
    assert counts.columns() == ["1990–1999", "2000–2009", "2010–2019"]
    assert counts.count("PAK", "2010–2019") == 6
    assert counts.count(None, None) == 26


def test_too_many_activities_are_refused() -> None:
    with pytest.raises(ExportTooLarge, match="2,001 activities"):
        briefing([], total=MAX_ACTIVITIES + 1)


def test_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.search.export.briefing.MAX_CHARACTERS", 20)
    with pytest.raises(ExportTooLarge, match="20 characters"):
        briefing([activity("a"), activity("b"), activity("c")])


_VALUES = {
    "country": st.lists(st.sampled_from(["PAK", "EGY", "AFG"]), max_size=3, unique=True),
    "theme": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
    "partner": st.lists(st.sampled_from(["p", "q"]), max_size=2, unique=True),
    "year": st.lists(st.integers(2015, 2018), max_size=3, unique=True),
}


@given(st.lists(st.fixed_dictionaries(_VALUES), max_size=12), st.sampled_from(GROUPS))
def test_each_activity_is_in_full_once_and_in_every_section_of_its_values(
    metas: list[dict[str, list[str | int]]], group: Group
) -> None:
    stored = [
        activity(str(n), **{name: tuple(values) for name, values in meta.items()})
        for n, meta in enumerate(metas)
    ]
    result = briefing(stored, group=group)
    in_full = [
        entry for section in result.sections for _, entries in section.years for entry in entries
    ]
    assert [entry.number for entry in in_full] == list(range(1, len(stored) + 1))
    assert {entry.activity.id for entry in in_full} == {row.id for row in stored}
    totals = {section.value: section.total for section in result.sections}
    for value in totals:
        assert totals[value] == sum(value in (row.meta.get(group) or ("none",)) for row in stored)
