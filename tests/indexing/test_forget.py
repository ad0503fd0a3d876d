"""Forgetting activities: no byte of their texts remains in the index folder."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.content.activity import InvalidActivity
from indexer.content.evidence import EVIDENCE_FOLDER
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, IndexBusy, IndexMissing
from indexer.engines.whoosh import segment_writer
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.engines.whoosh.writer import WhooshWriter
from indexer.indexing.forget import Forgotten, UnknownActivity, forget
from indexer.indexing.record_changes import record_changes
from indexer.indexing.rollback import roll_back
from indexer.indexing.sync import Summary
from indexer.search.request import SearchRequest
from indexer.search.service import search
from indexer.settings import Settings
from tests.engines.contract.test_engine import activity

Index = Callable[..., Summary]
SECRET = "zainabova"
OTHERS = 4


@pytest.fixture
def secret(content: Path, index: Index) -> Path:
    """The file of an activity that is public in three versions, one for each generation."""
    for number in range(OTHERS):
        (content / f"other-{number}.md").write_text(f"Other text {number} about a school.\n" * 3)
    path = content / "asia" / "secret.md"
    path.parent.mkdir()
    for version in range(3):
        path.write_text(
            f"---\ntitle: About {SECRET}\n---\nIn version {version}, {SECRET} met a judge.\n"
        )
        index()
    return path


def call(engine: Engine, settings: Settings, *ids: str) -> Forgotten:
    ids = ids or ("asia/secret",)
    return forget(engine, settings.content, ids, "a test", 1, cache=settings.index)


def texts_of(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Yield everything that the files of the index folder hold, decoded and as bytes."""
    for path in settings.index.rglob("*"):
        if not path.is_file():
            continue
        yield path, path.read_bytes().decode("latin-1")
        if path.suffix == ".arrays":
            segment = SegmentReader(path)
            yield path, segment.dictionary.decode("latin-1")
            for doc in range(segment.count):
                yield path, str(segment.stored(doc))
            for text in segment.texts.values():
                for number in range(len(text.terms) if text.has_terms else 0):
                    yield path, text.terms[number].decode()


def files_with(settings: Settings, word: str) -> set[str]:
    return {path.name for path, text in texts_of(settings) if word in text.lower()}


def test_the_search_for_bytes_decodes_the_files(secret: Path, settings: Settings) -> None:
    segments = {path.name for path in settings.index.rglob("*.arrays")}
    assert len(segments) == 3
    assert segments <= files_with(settings, SECRET)


@pytest.mark.parametrize("is_indexed", [True, False], ids=["withdrawn before", "just deleted"])
def test_no_file_of_the_index_folder_has_a_word_of_a_forgotten_activity(
    engine: Engine, index: Index, settings: Settings, secret: Path, is_indexed: bool
) -> None:
    segments = set(settings.index.rglob("*.arrays"))
    secret.unlink()
    if is_indexed:
        index()
        assert files_with(settings, SECRET)
    result = call(engine, settings)
    assert result.public == (() if is_indexed else ("asia/secret",))
    assert files_with(settings, SECRET) == set()
    assert not segments & set(settings.index.rglob("*.arrays"))
    assert [each.number for each in engine.generations()] == [result.generation.number]


def test_the_dictionary_of_the_compression_is_made_again(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_writer, "MIN_TEXTS_FOR_DICTIONARY", 50)
    monkeypatch.setattr(segment_writer, "DICTIONARY_BYTES", 1000)
    words = [f"{first}{last}" for first in ("court", "school", "judge") for last in range(100)]
    chosen = random.Random(1)
    for word in (SECRET, "teachers"):
        with engine.writer("a test", 1) as writer:
            for number in range(300):
                text = " ".join([*chosen.sample(words, 30), word, *chosen.sample(words, 30), word])
                writer.put(activity(f"x{number}", text))
            if word == SECRET:
                writer.put(activity("asia/secret", SECRET))
            else:
                writer.delete("asia/secret")
            writer.commit()

    def dictionaries() -> bytes:
        paths = settings.index.rglob("*.arrays")
        return b" ".join(SegmentReader(path).dictionary for path in paths)

    assert SECRET.encode() in dictionaries()
    record_changes(engine)
    call(engine, settings)
    assert dictionaries()
    assert files_with(settings, SECRET) == set()


def test_other_activities_stay_as_they_are(
    engine: Engine, index: Index, settings: Settings, secret: Path
) -> None:
    with engine.snapshot() as snapshot:
        before = snapshot.get("other-1", "pak-trafficking")
    secret.unlink()
    call(engine, settings)
    with engine.snapshot() as snapshot:
        assert snapshot.get("other-1", "pak-trafficking") == before
        assert snapshot.generation.activities == OTHERS + 4
    summary = index()
    assert (summary.added, summary.changed, summary.deleted) == (0, 0, 0)


def test_the_record_keeps_the_ids_and_the_times(
    engine: Engine, settings: Settings, secret: Path
) -> None:
    secret.unlink()
    call(engine, settings)
    record = engine.change_record()
    assert record.withdrawn_at("asia/secret") is not None
    changes = [c for commit in record.commits() for c in commit.changes if c.id == "asia/secret"]
    assert [change.kind for change in changes] == ["edited", "edited", "withdrawn"]
    assert {(change.fields, change.before, change.after or "-") for change in changes} == {
        ((), "-", "-")
    }


def test_a_published_file_is_not_forgotten(
    engine: Engine, settings: Settings, secret: Path
) -> None:
    before = engine.generations()
    with pytest.raises(InvalidActivity, match="still published: delete the file or add draft"):
        call(engine, settings)
    secret.write_text(secret.read_text().replace("title:", "unknown: x\ntitle:"))
    with pytest.raises(InvalidActivity, match="still published"):
        call(engine, settings)
    assert engine.generations() == before


def test_a_draft_is_forgotten_and_named(engine: Engine, settings: Settings, secret: Path) -> None:
    secret.write_text("---\ndraft: true\n---\n" + SECRET)
    assert call(engine, settings).drafts == (str(secret),)
    assert files_with(settings, SECRET) == set()


def test_an_id_that_was_never_public_changes_nothing(
    engine: Engine, settings: Settings, secret: Path
) -> None:
    before = engine.generations()
    with pytest.raises(UnknownActivity, match="asia/secrets"):
        call(engine, settings, "asia/secrets")
    assert engine.generations() == before


def test_nothing_is_forgotten_without_an_index_or_a_content_folder(
    engine: Engine, settings: Settings, secret: Path, tmp_path: Path
) -> None:
    with pytest.raises(InvalidActivity, match="cannot be read"):
        forget(engine, tmp_path / "none", ["asia/secret"], "a test", 1, cache=settings.index)
    secret.unlink()
    with pytest.raises(IndexMissing):
        call(WhooshEngine(tmp_path / "empty"), settings)


def test_a_rollback_cannot_restore_a_forgotten_activity(
    engine: Engine, index: Index, settings: Settings, secret: Path
) -> None:
    secret.unlink()
    index()
    roll_back(engine, settings.content, 2, "a test", 1, cache=settings.index)
    result = call(engine, settings)
    assert result.generation.restores == 2  # the rollback continues to hold the index
    assert files_with(settings, SECRET) == set()
    with pytest.raises(IndexMissing):
        roll_back(engine, settings.content, 2, "a test", 1, cache=settings.index)


def test_errors_and_evidence_of_the_file_are_removed(
    engine: Engine, index: Index, settings: Settings, secret: Path
) -> None:
    valid = secret.read_text()
    secret.write_text(valid.replace("title:", f"country: {SECRET}\ntitle:"))
    (settings.content / "wrong.md").write_text("---\ncountry: Narnia\n---\nText.\n")
    index()
    secret.unlink()
    folder = settings.content / EVIDENCE_FOLDER
    folder.mkdir()
    lines = [
        {"id": id, "field": "country", "value": "PAK", "words": words}
        for id, words in (("asia/secret", SECRET), ("other-1", "school"))
    ]
    log = folder / "2026-11-28.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    job = {"a": {"id": "a", "errors": [f"{secret}:2: country: “{SECRET}” is wrong", "other"]}}
    (settings.index / "reindex.json").write_text(json.dumps(job))
    result = call(engine, settings)
    assert result.errors == 2
    assert result.evidence == {log: 1}
    assert "school" in log.read_text()
    assert SECRET not in log.read_text()
    assert "Narnia" in (settings.index / "runs.jsonl").read_text()
    assert files_with(settings, SECRET) == set()


def test_the_index_of_another_release_is_removed(
    engine: Engine, settings: Settings, secret: Path
) -> None:
    other = settings.index / ("0" * 12)
    other.mkdir()
    (other / "MAIN_1.arrays").write_text(SECRET)
    secret.unlink()
    assert str(other) in call(engine, settings).other_indices[0]
    assert not other.exists()


def test_a_run_that_was_killed_can_be_repeated(
    engine: Engine, settings: Settings, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret.unlink()

    def killed(path: str, *arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    for target, name in (
        (WhooshWriter, "commit"),
        (WhooshWriter, "remove_others"),
        (os, "unlink"),
        (os, "replace"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, killed)
            with pytest.raises(KeyboardInterrupt):
                call(engine, settings)
    call(engine, settings)
    assert files_with(settings, SECRET) == set()
    assert engine.change_record().withdrawn_at("asia/secret") is not None


def test_a_run_waits_for_another_writer(engine: Engine, settings: Settings, secret: Path) -> None:
    secret.unlink()
    with engine.writer("another run", 1), pytest.raises(IndexBusy, match="another run"):
        forget(engine, settings.content, ["asia/secret"], "a test", 0, cache=settings.index)


def test_a_reader_with_open_files_follows_to_the_new_generation(
    engine: Engine, settings: Settings, secret: Path
) -> None:
    reader = WhooshEngine(settings.index)
    vocabulary = Vocabulary({})
    old = SearchRequest(SECRET, generation=2)
    assert search(reader, SearchRequest(SECRET), vocabulary).total == 1
    assert search(reader, old, vocabulary).total == 1
    secret.unlink()
    call(engine, settings)
    assert search(reader, SearchRequest(SECRET), vocabulary).total == 0
    page = search(reader, old, vocabulary)
    assert (page.total, page.replay) == (0, None)
    with pytest.raises(IndexMissing), reader.snapshot(2):
        pass
