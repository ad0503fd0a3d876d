"""All engines of the benchmark answer the same questions about the same text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer.engines.factory import open_engine
from indexer.indexing.sync import SyncOptions, sync
from indexer.settings import Settings
from indexer.text.plain_text import plain_text
from tests.bench import corpus
from tests.bench.model import ReferenceModel
from tests.bench.ours import Ours
from tests.bench.peers.sqlite_fts5 import SQLite
from tests.bench.peers.stock_whoosh import StockWhoosh
from tests.bench.questions import KINDS, draw_questions, with_countries

if TYPE_CHECKING:
    from tests.bench.peers.base import BenchEngine

pytestmark = pytest.mark.slow


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_all_engines_agree_with_the_reference_model_after_an_update(tmp_path: Path) -> None:
    paragraphs = corpus.generate(250)
    content = tmp_path / "content"
    corpus.write_files(content, paragraphs, ())
    engines: list[BenchEngine] = [Ours(content), SQLite(), StockWhoosh()]
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
    model = ReferenceModel(paragraphs)
    drawn = draw_questions(model)
    assert drawn.keys() == KINDS.keys()
    for kind, questions in drawn.items():
        selected = questions[:6]
        assert len(set(questions)) == len(questions) >= 6
        for question in [*selected, *with_countries(selected, model)]:
            for engine in engines:
                if kind not in engine.unsupported_kinds:
                    answer = engine.to_answer(engine.search(question))
                    assert answer == model.answer(question), (engine.name, question)


def test_no_question_has_a_form_with_accents_and_another_stem() -> None:
    texts = ["He aimed high.", "He aims high.", "Aimé spoke.", "The café and the cafe opened."]
    paragraphs = [
        corpus.make_paragraph(f"FRA_{n}", "FRA", ["FRA"], 1999, text)
        for n, text in enumerate(texts)
    ]
    model = ReferenceModel(paragraphs)
    assert not model.stemmers_agree("aimed")
    assert model.stemmers_agree("cafe")
    assert model.stemmers_agree("opened")


def test_the_plain_text_of_a_content_file_is_the_text_of_its_paragraph() -> None:
    marked = corpus.make_paragraph(
        "AFG_1", "AFG", ["AFG"], 1999, "12. *Well*   `said`, [a](b) <i>c</i> 1_000 & more."
    )
    for paragraph in [marked, *corpus.generate(20)]:
        assert plain_text(Ours(Path()).prepare([paragraph])[0].body) == paragraph.text


def test_a_second_run_restores_the_files_that_the_first_edited(tmp_path: Path) -> None:
    paragraphs = corpus.generate(3)
    content = tmp_path / "content"
    corpus.write_files(content, paragraphs, ())
    corpus.file_path(content, paragraphs[1]).write_bytes(paragraphs[1].amended().markdown)
    corpus.write_files(content, paragraphs, paragraphs[:2])
    assert corpus.file_path(content, paragraphs[1]).read_bytes() == paragraphs[1].markdown
