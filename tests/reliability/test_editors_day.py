"""The served pages follow the edits of a day, after each `activities index`."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from indexer.settings import Settings
from tests.serving import activities, serving


def test_the_served_pages_follow_the_edits_of_a_day(settings: Settings) -> None:
    file = settings.content / "mda-shelter.md"
    with serving(settings) as server:

        def reindex(code: int = 0) -> str:
            process = activities(settings, "index")
            assert process.returncode == code, process.stderr
            assert "Traceback" not in process.stderr
            return process.stdout + process.stderr

        assert "0 activities matching" in server.get("/?q=shelter")

        file.write_text(
            "---\ncountry: [MDA]\nyear: 2021\nagency: unodc\n---\nA shelter was opened.\n"
        )
        assert "1 added" in reindex()
        assert "/activities/mda-shelter" in server.get("/?q=shelter&country=MDA")

        file.write_text(
            "---\ncountry: [MDA]\nyear: 2021\nagency: unodc\n---\nA refuge was opened.\n"
        )
        assert "1 changed" in reindex()
        assert "0 activities matching" in server.get("/?q=shelter&country=MDA")
        assert "/activities/mda-shelter" in server.get("/?q=refuge&country=MDA")

        file.write_text("---\ncountry: [MDA]\nyear: 2o21\n---\nA broken refuge.\n")
        assert "mda-shelter.md:3: year" in reindex(code=1)
        assert "/activities/mda-shelter" in server.get("/?q=refuge&year=2021")

        file.write_text("---\ncountry: [MDA]\nyear: 2022\nagency: unodc\n---\nA mended refuge.\n")
        reindex()
        assert "/activities/mda-shelter" in server.get("/?q=mended&year=2022")

        renamed = file.rename(settings.content / "mda-refuge.md")
        renamed.write_text(
            renamed.read_text().replace("agency:", "aliases: [mda-shelter]\nagency:")
        )
        assert "1 added" in reindex()
        with urlopen(f"{server.url}/activities/mda-shelter", timeout=20) as response:
            assert response.url == f"{server.url}/activities/mda-refuge"
            assert "A mended refuge" in response.read().decode()
        assert "/activities/mda-refuge" in server.get("/?q=refuge")

        renamed.unlink()
        assert "1 deleted" in reindex()
        assert "0 activities matching" in server.get("/?q=refuge")
        with pytest.raises(HTTPError, match="410") as raised:
            server.get("/activities/mda-shelter")
        raised.value.close()
