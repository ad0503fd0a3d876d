"""Repeated activities in an index, compared with brute force."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary, sync
from indexer.search.repeats import MAX_REPEATS, repeats
from indexer.settings import Settings
from indexer.text.resemblance import MIN_RESEMBLANCE, compared_terms, resemblance

TEXT = "Judges of Kenya learned to question children who testify about violence at home."


def write(content: Path, texts: dict[str, str]) -> None:
    for id, text in texts.items():
        (content / f"{id}.md").write_text(f"---\nyear: 2019\n---\n{text}\n", encoding="utf-8")


def repeats_of(engine: Engine, id: str) -> dict[str, float]:
    with engine.snapshot() as snapshot:
        (activity,) = snapshot.get(id)
        assert activity
        return {each.activity.id: each.resemblance for each in repeats(snapshot, activity)}


def test_repeats_link_to_each_other_and_the_most_similar_is_first(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(content, {"same": TEXT, "first": TEXT, "uganda": TEXT.replace("Kenya", "Uganda")})
    index()
    assert list(repeats_of(engine, "first")) == ["same", "uganda"]
    assert list(repeats_of(engine, "uganda")) == ["first", "same"]
    assert repeats_of(engine, "first")["same"] == 1
    assert repeats_of(engine, "kgz-police") == {}


def test_the_number_of_repeats_is_limited(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    write(content, {f"a{number}": f"{TEXT} Place{number}." for number in range(MAX_REPEATS + 5)})
    index()
    assert len(repeats_of(engine, "a3")) == MAX_REPEATS


words = st.lists(st.sampled_from("baba caca dada fafa gaga haha jaja".split()), max_size=7)


@settings(max_examples=15)
@given(st.lists(words.map(lambda each: " ".join(["x", *each])), min_size=2, max_size=8))
def test_an_index_finds_exactly_the_repeats(texts: list[str]) -> None:
    by_id = {f"a{number}": text for number, text in enumerate(texts)}
    terms = {id: compared_terms(text, "en") for id, text in by_id.items()}
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        content.mkdir()
        write(content, by_id)
        engine = open_engine(Settings(content=content, index=Path(folder) / "index"))
        sync(engine, content, "a test")
        for id in by_id:
            assert repeats_of(engine, id) == {
                other: score
                for other in by_id
                if other != id
                and (score := resemblance(terms[id], terms[other])) >= MIN_RESEMBLANCE
            }
