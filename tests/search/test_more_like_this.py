"""More like this: the similar activities and the shared words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.search.more_like_this import (
    MAX_SIMILAR,
    MIN_SHARED,
    SimilarActivity,
    more_like_this,
)
from indexer.search.request import Filter

TEXTS = {
    "shelter-kenya": "Shelters in Nairobi received survivors of acid attacks, with counsellors "
    "at night.",
    "shelter-uganda": "A shelter for survivors opened; counsellors are there day and night.",
    "acid": "Laws against acid attacks were drafted with survivors.",
    "court": "A court was built in 2019.",
    "harvest": "Farmers counted the harvest in 2019.",
    "abri": "Un shelter pour les survivors, avec counsellors.",
}


def similar(engine: Engine, id: str) -> tuple[SimilarActivity, ...]:
    with engine.snapshot() as snapshot:
        (activity,) = snapshot.get(id)
        assert activity
        return more_like_this(snapshot, activity)


def write(content: Path, texts: dict[str, str], language: str = "en", values: str = "") -> None:
    for name, text in texts.items():
        (content / f"{name}.md").write_text(
            f"---\nlanguage: {language}\n{values}---\n{text}\n", encoding="utf-8"
        )


def write_unrelated(content: Path) -> None:
    """Write activities about other matters, so that words and values are not in most activities."""
    write(content, {f"other-{n}": f"Matter{n} was discussed in room{n}." for n in range(30)})


def test_the_most_similar_activity_comes_first_with_the_shared_words(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(content, TEXTS)
    write(content, {"abri": TEXTS["abri"]}, "fr")
    index()
    activities = similar(engine, "shelter-kenya")
    assert [other.activity.id for other in activities] == ["shelter-uganda", "acid"]
    assert set(activities[0].words) == {
        "Shelters",
        "survivors",
        "counsellors",
        "night",
    }  # as written in the first activity
    assert set(activities[1].words) == {"survivors", "acid", "attacks"}


def test_an_activity_itself_and_those_that_share_one_word_are_left_out(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(content, TEXTS)
    index()
    for id in TEXTS:
        for other in similar(engine, id):
            assert other.activity.id != id
            assert len(set(other.words)) >= MIN_SHARED
    assert similar(engine, "court") == ()


def test_the_number_of_similar_activities_is_limited(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(
        content,
        {
            f"shelter-{n}": f"Shelters with counsellors {n}, and word{n % 9} alone."
            for n in range(30)
        },
    )
    write(content, {f"other-{n}": f"Something else entirely {n}." for n in range(300)})
    index()
    assert len(similar(engine, "shelter-3")) == MAX_SIMILAR


def test_words_of_one_activity_and_of_most_activities_are_not_distinctive(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(
        content,
        {f"all-{n}": f"Everybody says everything. Unique{n} singular{n}." for n in range(40)},
    )
    index()
    assert similar(engine, "all-1") == ()


def test_languages_without_stemming_have_similar_activities(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(
        content,
        {"zh-a": "妇女庇护所开放了。", "zh-b": "庇护所帮助妇女。", "zh-c": "农民丰收。"},
        "zh",
    )
    index()
    (other,) = similar(engine, "zh-a")
    assert (other.activity.id, other.words) == ("zh-b", ("妇女", "庇护所"))


def test_single_shared_characters_are_no_shared_words(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(content, {f"zh-{n}": f"第{'甲乙丙丁'[n % 4]}部门。" for n in range(30)}, "zh")
    write(content, {"zh-a": "女警会见法官。", "zh-b": "官员见到会场。"}, "zh")
    index()
    assert similar(engine, "zh-a") == ()


def test_shared_values_make_activities_of_different_languages_similar(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write_unrelated(content)
    values = "country: [NPL]\ntheme: [prisons, legal-aid]\npartner: [icrc]\n"
    write(content, {"en": "Lawyers visited women in prison."}, values=values)
    write(content, {"es": "Abogadas visitaron la cárcel de mujeres."}, "es", values)
    index()
    (spanish,) = similar(engine, "en")
    assert (spanish.activity.id, spanish.words) == ("es", ())
    assert spanish.values == (
        Filter("theme", "prisons"),
        Filter("theme", "legal-aid"),
        Filter("partner", "icrc"),
        Filter("country", "NPL"),
    )


@pytest.mark.parametrize("values", ["country: [NPL]\n", "theme: [prisons]\n"])
def test_a_single_shared_value_does_not_make_activities_similar(
    engine: Engine, index: Callable[..., Summary], content: Path, values: str
) -> None:
    write_unrelated(content)
    write(content, {"a": "Lawyers visited a prison."}, values=values)
    write(content, {"b": "Farmers counted the harvest."}, values=values)
    index()
    assert similar(engine, "a") == ()


def test_values_that_most_activities_share_do_not_make_them_similar(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    values = "country: [NPL]\ntheme: [prisons]\n"
    write(
        content, {f"n{n}": f"Matter{n} was discussed in room{n}." for n in range(30)}, "en", values
    )
    index()
    assert similar(engine, "n1") == ()


def test_a_shared_theme_puts_an_activity_before_one_with_equal_words(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write_unrelated(content)
    write(content, {"a": "Lawyers visited detained mothers."}, values="theme: [prisons]\n")
    write(content, {"b": "Lawyers met with detained persons."}, values="theme: [police]\n")
    write(content, {"c": "Lawyers met with detained persons."}, values="theme: [prisons]\n")
    index()
    assert [other.activity.id for other in similar(engine, "a")] == ["c", "b"]


def test_activities_that_share_two_words_of_many_are_left_out(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write_unrelated(content)
    write(
        content,
        {
            "a": "Lawyers visited detained mothers, wrote reports, trained guards, and opened "
            "libraries with benches, lamps and shelves.",
            "b": "Lawyers counted the harvest, planted maize, dried fruit, repaired roads, and "
            "visited markets with carts, ropes and baskets.",
        },
    )
    index()
    assert similar(engine, "a") == ()


def test_words_of_titles_are_compared(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write_unrelated(content)
    write(content, {"a": "Lawyers visited detained mothers."})
    write(content, {"b": "It went well."}, values="title: Lawyers and detained mothers\n")
    index()
    (titled,) = similar(engine, "a")
    assert (titled.activity.id, set(titled.words)) == ("b", {"Lawyers", "detained", "mothers"})


def test_frequent_words_of_a_language_with_few_activities_do_not_make_them_similar(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(content, {f"en-{n}": f"Subject{n} was discussed in hall{n}." for n in range(300)})
    write(
        content, {f"fr-{n}": f"Dans les sujets de la salle{n}, pour {n}." for n in range(20)}, "fr"
    )
    index()
    assert similar(engine, "fr-1") == ()


@given(
    st.lists(
        st.sampled_from([*" ".join(TEXTS.values()).split(), "庇护所", "½", "\u00ad", "İ", "²"])
    ),
    st.sampled_from(["en", "fr", "zh", "ar", "xx"]),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_shared_words_of_any_draft_are_quoted_from_it(
    engine: Engine, index: Callable[..., Summary], content: Path, words: list[str], language: str
) -> None:
    if not (content / "abri.md").exists():
        write(content, TEXTS)
        write(content, {"abri": TEXTS["abri"]}, "fr")
        write(content, {"zh": "庇护所帮助妇女。"}, "zh")
        index()
    text = " ".join(words)
    draft = Activity("draft", "digest", text, language, {"language": (language,)}, text)
    with engine.snapshot() as snapshot:
        for other in more_like_this(snapshot, draft):
            assert all(word in text for word in other.words)
            assert other.activity.language == language
