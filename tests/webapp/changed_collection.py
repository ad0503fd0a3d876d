"""A collection with changes since generation 1, for the tests of pages and of the API."""

from __future__ import annotations

from pathlib import Path

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings


def changed_collection(folder: Path) -> Settings:
    """Make a collection in which activities were added, edited and withdrawn since generation 1."""
    content = folder / "content"
    content.mkdir()
    settings = Settings(content=content, index=folder / "index")

    def write(id: str, text: str) -> None:
        (content / f"{id}.md").write_text(text, encoding="utf-8")

    write("courts", "---\ncountry: PAK\n---\nCourts in Pakistan heard 40 women.")
    write("prisons", "---\nyear: 2019\n---\nPrison officers were trained.")
    write("secret-name", "---\ncountry: PAK\n---\nZubaida testified against traffickers.")
    sync(open_engine(settings), content, "tests")
    write("clinic", "---\ncountry: KEN\n---\nA clinic for women & <b>girls</b> was opened.")
    write("courts", "---\ncountry: PAK\n---\nCourts in Lahore heard 40 women & girls.")
    (content / "secret-name.md").unlink()
    sync(open_engine(settings), content, "tests")
    write("prisons", "---\nyear: 2020\n---\nPrison officers were trained.")
    sync(open_engine(settings), content, "tests")
    return settings
