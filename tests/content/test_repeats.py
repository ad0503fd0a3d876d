"""Groups of repeated activities in a folder."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.repeats import RepeatFinder
from indexer.text.resemblance import MIN_RESEMBLANCE, compared_terms, resemblance

TEXT = "Judges of Kenya learned to question children who testify about violence at home."

# Texts of a few words are often repeats of each other, and often not.
texts = st.lists(
    st.lists(st.sampled_from("baba caca dada fafa gaga haha".split()), max_size=6).map(" ".join),
    max_size=8,
)


def groups_of(texts: dict[str, str]) -> list[tuple[str, ...]]:
    finder = RepeatFinder()
    for id, text in texts.items():
        finder.add(id, text, "en")
    return finder.groups()


def brute_force(texts: dict[str, str]) -> list[tuple[str, ...]]:
    """Return the connected components of all pairs of repeats."""
    terms = {id: compared_terms(text, "en") for id, text in texts.items()}
    group_of = {id: {id} for id in texts}
    for id, other in combinations(texts, 2):
        if resemblance(terms[id], terms[other]) >= MIN_RESEMBLANCE:
            merged = group_of[id] | group_of[other]
            group_of |= dict.fromkeys(merged, merged)
    return sorted({tuple(sorted(group)) for group in group_of.values() if len(group) > 1})


@settings(max_examples=40)
@given(texts)
def test_groups_are_the_connected_repeats(texts: list[str]) -> None:
    by_id = {f"a{number}": text for number, text in enumerate(texts)}
    assert groups_of(by_id) == brute_force(by_id)


def test_a_text_of_another_country_and_year_is_in_the_group() -> None:
    by_id = {
        "b-2020": TEXT.replace("Kenya", "Uganda") + " (2020)",
        "a-2019": TEXT,
        "court": "A court for families was opened in Kisumu.",
    }
    assert groups_of(by_id) == [("a-2019", "b-2020")]


def test_a_text_that_a_thousand_activities_repeat_is_one_group() -> None:
    by_id = {f"a{number}": f"{TEXT} Region{number}." for number in range(1000)}
    assert [len(group) for group in groups_of(by_id)] == [1000]


def test_a_folder_without_texts_has_no_groups() -> None:
    assert groups_of({}) == []
    assert groups_of({"a": "2019", "b": "2019"}) == []
