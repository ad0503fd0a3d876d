"""More like this: the similar activities and the shared words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.search.more_like_this import (
    MAX_SIMILAR,
    MIN_SHARED_WORDS,
    SimilarActivity,
    more_like_this,
)

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


def write(content: Path, texts: dict[str, str], language: str = "en") -> None:
    for name, text in texts.items():
        (content / f"{name}.md").write_text(
            f"---\nlanguage: {language}\n---\n{text}\n", encoding="utf-8"
        )


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
            assert len(set(other.words)) >= MIN_SHARED_WORDS
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
    assert [other.activity.id for other in similar(engine, "zh-a")] == ["zh-b"]
