"""A draft is shown as search would show it, and nothing is indexed."""

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


def test_a_new_draft_is_shown_with_what_it_would_change(
    settings: Settings, index: Callable[..., Summary], engine: Engine, tmp_path: Path
) -> None:
    index()
    path = draft(
        tmp_path,
        "---\ncountry: [PAK, KEN]\ntheme: shelters\n---\nPolice were trained on trafficking in persons and on domestic violence.\n",
    )
    found = run(settings, path, "trafficked")
    assert found.exit_code == 0, found.output
    lines = found.output.splitlines()
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


def test_the_counts_it_foretells_come_true(
    settings: Settings, index: Callable[..., Summary], engine: Engine, content: Path
) -> None:
    index()
    text = "---\ncountry: [KEN]\nyear: 2019\nagency: unodc\n---\nJudges met.\n"
    activity = parse("kgz-police", "x", text.encode()).activity
    assert activity
    foretold = preview(engine, activity, "", Vocabulary({}))
    draft(content, text, "kgz-police")
    index()
    page = search(engine, SearchRequest(), Vocabulary({}))
    flat = {
        facet.field: {v.value: v.count for v in facet.buckets}
        for facet in page.facets
        if facet.field != "region"
    }
    changes = [change for change in foretold.changes if change.field != "region"]
    assert {(c.field, c.value) for c in changes} == {
        ("country", "KEN"),
        ("country", "KGZ"),
        ("year", "2020"),
    }
    assert all(flat[c.field].get(c.value, 0) == c.after for c in changes)
    assert foretold.total == page.total == 4


def test_a_change_says_what_it_replaces(
    settings: Settings, index: Callable[..., Summary], content: Path
) -> None:
    index()
    same = run(settings, content / "kgz-police.md")
    assert "The index already has this version." in same.output
    assert "→" not in same.output
    changed = draft(content, "---\ndraft: true\n---\nPolice officers.\n", "kgz-police")
    found = run(settings, changed, "judges")
    assert "The draft does not match a search for “judges”." in found.output
    assert "The activity replaces kgz-police, indexed 20" in found.output
    assert "       1 → 0  Country: Kyrgyzstan" in found.output
    assert "remove “draft: true”" in found.output


def test_what_is_wrong_is_said_with_its_line(
    settings: Settings, index: Callable[..., Summary], tmp_path: Path
) -> None:
    index()
    found = run(settings, draft(tmp_path, "---\ncountry: Atlantis\n---\nText.\n"))
    assert found.exit_code == 1
    assert 'draft-one.md:2: country: "Atlantis" is not a country' in found.output
    assert run(settings, tmp_path / "none.md").exit_code == 2


def test_without_an_index_it_says_what_to_do(settings: Settings, tmp_path: Path) -> None:
    found = run(settings, draft(tmp_path, "---\n---\nText.\n"))
    assert found.exit_code == 3
    assert 'run "activities index"' in found.output


def test_a_name_that_is_no_address_is_no_obstacle(
    settings: Settings, index: Callable[..., Summary], tmp_path: Path
) -> None:
    index()
    assert (
        "at /activities/my-draft-2:"
        in run(settings, draft(tmp_path, "---\n---\nText.\n", "My draft (2)")).output
    )
