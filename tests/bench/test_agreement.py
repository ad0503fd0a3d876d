"""The measurements compare like with like: before anything is timed, answers are the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer.engines.factory import open_engine
from indexer.indexing.sync import SyncOptions, sync
from indexer.settings import Settings
from indexer.text.plain_text import plain_text
from tests.bench import corpus
from tests.bench.model import Model
from tests.bench.ours import Ours
from tests.bench.peers.sqlite import SQLite
from tests.bench.peers.stock import StockWhoosh
from tests.bench.questions import KINDS, draw, in_countries

if TYPE_CHECKING:
    from tests.bench.peers.base import Measured

pytestmark = pytest.mark.slow


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_every_engine_counts_what_plain_counting_finds_also_after_an_update(tmp_path: Path) -> None:
    paragraphs = corpus.generated(250)
    content = tmp_path / "content"
    corpus.write(content, paragraphs, ())
    engines: list[Measured] = [Ours(content), SQLite(), StockWhoosh()]
    for engine in engines:
        folder = tmp_path / engine.name
        folder.mkdir()
        engine.build(folder, engine.prepare(paragraphs))
        if engine.name == "ours":
            sync(open_engine(Settings(index=folder)), content, "a test", SyncOptions(rebuild=True))
        engine.open(folder)
    paragraphs[7] = paragraphs[7].amended()
    for engine in engines:
        engine.update(paragraphs[7])
    model = Model(paragraphs)
    drawn = draw(model)
    assert drawn.keys() == KINDS.keys()
    for kind, questions in drawn.items():
        asked = questions[:6]
        assert len(set(questions)) == len(questions) >= 6
        for question in [*asked, *in_countries(asked, model)]:
            for engine in engines:
                if kind not in engine.lacks:
                    assert engine.read(engine.ask(question)) == model.answer(question), (
                        engine.name,
                        question,
                    )


def test_the_prose_of_a_paragraphs_file_is_its_text() -> None:
    marked = corpus.paragraph(
        "AFG_1", "AFG", ["AFG"], 1999, "12. *Well*   `said`, [a](b) <i>c</i> 1_000 & more."
    )
    for one in [marked, *corpus.generated(20)]:
        assert plain_text(Ours(Path()).prepare([one])[0].body) == one.text


def test_a_second_run_puts_back_what_the_first_edited(tmp_path: Path) -> None:
    paragraphs = corpus.generated(3)
    content = tmp_path / "content"
    corpus.write(content, paragraphs, ())
    corpus.path(content, paragraphs[1]).write_bytes(paragraphs[1].amended().markdown)
    corpus.write(content, paragraphs, paragraphs[:2])
    assert corpus.path(content, paragraphs[1]).read_bytes() == paragraphs[1].markdown
