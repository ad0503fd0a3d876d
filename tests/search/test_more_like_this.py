"""What is like an activity, and the words that say so."""

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
    "shelter-kenya": "Shelters in Nairobi received survivors of acid attacks, with counsellors at night.",
    "shelter-uganda": "A shelter for survivors opened; counsellors are there day and night.",
    "acid": "Laws against acid attacks were drafted with survivors.",
    "court": "A court was built in 2019.",
    "harvest": "Farmers counted the harvest in 2019.",
    "abri": "Un shelter pour les survivors, avec counsellors.",
}


def like(engine: Engine, id: str) -> tuple[SimilarActivity, ...]:
    with engine.snapshot() as snapshot:
        (stored,) = snapshot.get(id)
        assert stored
        return more_like_this(snapshot, stored)


def write(content: Path, texts: dict[str, str], language: str = "en") -> None:
    for name, text in texts.items():
        (content / f"{name}.md").write_text(
            f"---\nlanguage: {language}\n---\n{text}\n", encoding="utf-8"
        )


def test_the_most_alike_comes_first_with_the_words_both_have(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(content, TEXTS)
    write(content, {"abri": TEXTS["abri"]}, "fr")
    index()
    found = like(engine, "shelter-kenya")
    assert [other.activity.id for other in found] == ["shelter-uganda", "acid"]
    assert set(found[0].words) == {
        "Shelters",
        "survivors",
        "counsellors",
        "night",
    }  # as they stand in its own text
    assert set(found[1].words) == {"survivors", "acid", "attacks"}


def test_an_activity_is_not_like_itself_and_one_word_or_a_number_is_chance(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(content, TEXTS)
    index()
    for id in TEXTS:
        for other in like(engine, id):
            assert other.activity.id != id
            assert len(set(other.words)) >= MIN_SHARED_WORDS
    assert like(engine, "court") == ()


def test_there_are_never_more_than_a_few(
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
    assert len(like(engine, "shelter-3")) == MAX_SIMILAR


def test_what_nobody_else_says_and_what_everybody_says_is_like_nothing(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(
        content,
        {f"all-{n}": f"Everybody says everything. Unique{n} singular{n}." for n in range(40)},
    )
    index()
    assert like(engine, "all-1") == ()


def test_scripts_without_stems_are_alike_too(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(
        content,
        {"zh-a": "妇女庇护所开放了。", "zh-b": "庇护所帮助妇女。", "zh-c": "农民丰收。"},
        "zh",
    )
    index()
    assert [other.activity.id for other in like(engine, "zh-a")] == ["zh-b"]
