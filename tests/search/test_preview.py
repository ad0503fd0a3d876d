"""Previews: a draft as a search result, and its effect on the counts. Nothing is indexed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from indexer.content.activity import parse
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.search.preview import preview
from indexer.search.request import SearchRequest
from indexer.search.service import search
from indexer.settings import Settings
from webapp.cli import cli


def run(settings: Settings, *arguments: str | Path) -> Result:
    folders = {"ACTIVITIES_CONTENT": str(settings.content), "ACTIVITIES_INDEX": str(settings.index)}
    return CliRunner().invoke(cli, ["preview", *map(str, arguments)], env=folders)


def draft(folder: Path, text: str, name: str = "draft-one") -> Path:
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_new_draft_is_shown_with_the_counts_that_it_changes(
    settings: Settings, index: Callable[..., Summary], engine: Engine, tmp_path: Path
) -> None:
    index()
    path = draft(
        tmp_path,
        "---\ncountry: [PAK, KEN]\ntheme: shelters\n---\n"
        "Police were trained on trafficking in persons and on domestic violence.\n",
    )
    result = run(settings, path, "trafficked")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Police were trained on trafficking in persons and on domestic violence."
    assert "The activity is new, at /activities/draft-one: 5 activities in total." in lines
    assert "       2 → 3  Country: Pakistan" in lines
    assert "       0 → 1  Country: Kenya  (no other activity has it)" in lines
    assert "       0 → 1  Theme: Shelters  (no other activity has it)" in lines
    assert "       1 → 2  Year mentioned: Not stated" in lines
    like = next(line for line in lines if line.startswith("similar to kgz-police: "))
    assert set(like.partition(": ")[2].split(", ")) == {"Police", "trained", "domestic", "violence"}
    with engine.snapshot() as snapshot:
        assert snapshot.generation.activities == 4
        assert snapshot.generation.number == 1


def test_the_previewed_counts_equal_those_after_indexing(
    settings: Settings, index: Callable[..., Summary], engine: Engine, content: Path
) -> None:
    index()
    text = "---\ncountry: [KEN]\nyear: 2019\nagency: unodc\n---\nJudges met.\n"
    activity = parse("kgz-police", "x", text.encode()).activity
    assert activity
    previewed = preview(engine, activity, "", Vocabulary({}))
    draft(content, text, "kgz-police")
    index()
    page = search(engine, SearchRequest(), Vocabulary({}))
    flat = {
        facet.field: {v.value: v.count for v in facet.buckets}
        for facet in page.facets
        if facet.field != "region"
    }
    changes = [change for change in previewed.changes if change.field != "region"]
    assert {(c.field, c.value) for c in changes} == {
        ("country", "KEN"),
        ("country", "KGZ"),
        ("year", "2020"),
    }
    assert all(flat[c.field].get(c.value, 0) == c.after for c in changes)
    assert previewed.total == page.total == 4


def test_a_draft_of_an_indexed_activity_replaces_it(
    settings: Settings, index: Callable[..., Summary], content: Path
) -> None:
    index()
    unchanged = run(settings, content / "kgz-police.md")
    assert "The index already has this version." in unchanged.output
    assert "→" not in unchanged.output
    changed = draft(content, "---\ndraft: true\n---\nPolice officers.\n", "kgz-police")
    result = run(settings, changed, "judges")
    assert "The draft does not match a search for “judges”." in result.output
    assert "The activity replaces kgz-police, indexed 20" in result.output
    assert "       1 → 0  Country: Kyrgyzstan" in result.output
    assert "remove “draft: true”" in result.output


def test_an_invalid_draft_is_reported_with_the_line(
    settings: Settings, index: Callable[..., Summary], tmp_path: Path
) -> None:
    index()
    result = run(settings, draft(tmp_path, "---\ncountry: Atlantis\n---\nText.\n"))
    assert result.exit_code == 1
    assert 'draft-one.md:2: country: "Atlantis" is not a country' in result.output
    assert run(settings, tmp_path / "none.md").exit_code == 2


def test_without_an_index_the_error_names_the_command_that_creates_one(
    settings: Settings, tmp_path: Path
) -> None:
    result = run(settings, draft(tmp_path, "---\n---\nText.\n"))
    assert result.exit_code == 3
    assert 'run "activities index"' in result.output


def test_the_id_of_a_draft_is_made_from_any_file_name(
    settings: Settings, index: Callable[..., Summary], tmp_path: Path
) -> None:
    index()
    assert (
        "at /activities/my-draft-2:"
        in run(settings, draft(tmp_path, "---\n---\nText.\n", "My draft (2)")).output
    )
