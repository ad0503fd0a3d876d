"""Incremental equals rebuild, whatever happens to the files in between."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.engines import Engine, open_engine
from indexer.plan import Plan
from indexer.query import InField, Term
from indexer.settings import Settings
from indexer.sync import sync

NAMES = ("a", "b", "c", "folder/d", "old")
GOOD = (
    "---\ncountry: [PAK]\nyear: 2019\n---\nPolice were trained.",
    "---\ncountry: [PAK, KEN]\n---\nPolice in two countries.",
    "---\naliases: [old]\n---\nIt had another address.",
    "---\naliases: [old, older]\n---\nPolice had two more addresses.",
    "Nothing stated.",
    "---\ndraft: true\n---\nNot yet.",
)
BROKEN = ("---\nyear: 20l9\n---\nPolice.", "---\ncountry: [PAK\n---\nPolice.", "", "---\nno: such\n---\nfield")

STEP = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(GOOD)),
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(BROKEN)),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("delete"), st.sampled_from(NAMES)),
    st.tuples(st.just("index")),
    st.tuples(st.just("verify")),
)


def answers(engine: Engine) -> Any:
    """What a generation answers, without when each version was indexed."""
    with engine.snapshot() as snapshot:
        found = snapshot.match(Plan(counts=(("country",), ("year",), ("country", "year")), limit=50),
                               Plan(InField("body.stem", Term("en:polic")), sort="relevance", limit=50))  # fmt: skip
        return ([(matches.total, matches.counts, [(round(score, 4), stored.id) for score, stored in matches.hits]) for matches in found],
                [(stored.id, stored.digest, stored.body, stored.meta) for stored in snapshot.scan(Plan())],
                snapshot.terms("aliases"))  # fmt: skip


def do(content: Path, step: tuple[str, ...]) -> None:
    match step:
        case ("write", name, text):
            (content / f"{name}.md").parent.mkdir(exist_ok=True)
            (content / f"{name}.md").write_text(text)
        case ("rename", old, new) if (content / f"{old}.md").exists():
            (content / f"{new}.md").parent.mkdir(exist_ok=True)
            (content / f"{old}.md").rename(content / f"{new}.md")
        case ("delete", name):
            (content / f"{name}.md").unlink(missing_ok=True)


@settings(max_examples=60)
@given(st.lists(STEP, min_size=3, max_size=25))
@example([("write", "a", GOOD[2]), ("index",), ("write", "old", GOOD[0]), ("index",), ("delete", "a"), ("index",)])
@example(
    [("write", "a", GOOD[0]), ("index",), ("write", "a", BROKEN[0]), ("index",), ("write", "b", GOOD[1]), ("index",)]
)
def test_any_batching_answers_as_a_rebuild_with_last_good_versions_carried_over(steps: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        content = Path(name, "content")
        content.mkdir()
        step_by_step, anew = (Settings(content=content, index=Path(name, folder)) for folder in ("one", "two"))
        for step in [*steps, ("index",)]:
            if step[0] not in ("index", "verify"):
                do(content, step)
                continue
            said = sync(
                open_engine(step_by_step), content, "a test", cache=step_by_step.index, verify=step[0] == "verify"
            )
            shutil.rmtree(anew.index, ignore_errors=True)
            shutil.copytree(step_by_step.index, anew.index)
            again = sync(open_engine(anew), content, "a test", cache=anew.index, rebuild=True)
            assert answers(open_engine(step_by_step)) == answers(open_engine(anew))
            assert sorted(map(str, said.errors)) == sorted(map(str, again.errors))
