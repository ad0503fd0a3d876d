"""An editor's day: files change, `activities index` runs, and the served page follows."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from indexer.settings import Settings
from tests.serving import activities, serving


def test_the_served_page_follows_an_editors_day(settings: Settings) -> None:
    file = settings.content / "mda-shelter.md"
    with serving(settings) as server:

        def reindexed(code: int = 0) -> str:
            ran = activities(settings, "index")
            assert ran.returncode == code, ran.stderr
            assert "Traceback" not in ran.stderr
            return ran.stdout + ran.stderr

        assert "Nothing was found" in server.get("/?q=shelter")

        file.write_text(
            "---\ncountry: [MDA]\nyear: 2021\nagency: unodc\n---\nA shelter was opened.\n"
        )
        assert "1 added" in reindexed()
        assert "/activities/mda-shelter" in server.get("/?q=shelter&country=MDA")

        file.write_text(
            "---\ncountry: [MDA]\nyear: 2021\nagency: unodc\n---\nA refuge was opened.\n"
        )
        assert "1 changed" in reindexed()
        assert "Nothing was found" in server.get("/?q=shelter&country=MDA")
        assert "/activities/mda-shelter" in server.get("/?q=refuge&country=MDA")

        file.write_text("---\ncountry: [MDA]\nyear: 2o21\n---\nA broken refuge.\n")
        assert "mda-shelter.md:3: year" in reindexed(code=1)
        assert "/activities/mda-shelter" in server.get("/?q=refuge&year=2021")

        file.write_text("---\ncountry: [MDA]\nyear: 2022\nagency: unodc\n---\nA mended refuge.\n")
        reindexed()
        assert "/activities/mda-shelter" in server.get("/?q=mended&year=2022")

        renamed = file.rename(settings.content / "mda-refuge.md")
        renamed.write_text(
            renamed.read_text().replace("agency:", "aliases: [mda-shelter]\nagency:")
        )
        assert "1 added" in reindexed()
        with urlopen(f"{server.url}/activities/mda-shelter", timeout=20) as answer:
            assert answer.url == f"{server.url}/activities/mda-refuge"
            assert "A mended refuge" in answer.read().decode()
        assert "/activities/mda-refuge" in server.get("/?q=refuge")

        renamed.unlink()
        assert "1 deleted" in reindexed()
        assert "Nothing was found" in server.get("/?q=refuge")
        with pytest.raises(HTTPError, match="404") as gone:
            server.get("/activities/mda-shelter")
        gone.value.close()
