"""`activities rename` moves an activity, whose old address redirects to the new one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from indexer.indexing.sync import Summary
from indexer.settings import Settings
from webapp import create_app
from webapp.cli import cli


def rename(settings: Settings, *arguments: str) -> Result:
    folders = ["--content", str(settings.content), "--index", str(settings.index)]
    return CliRunner().invoke(cli, ["rename", *arguments, *folders])


def test_the_old_address_redirects_to_the_new_one(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    result = rename(settings, "kgz-police", "asia/kgz-police-training")
    assert result.exit_code == 0
    old, new = (settings.content / f"{id}.md" for id in ("kgz-police", "asia/kgz-police-training"))
    assert result.stdout == f"{old} -> {new}\n"
    assert index().errors == []
    response = create_app(settings).test_client().get("/activities/kgz-police")
    assert response.status_code == 301
    assert response.location.endswith("/activities/asia/kgz-police-training")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("kgz-police", "Kgz Police"), 2, "cannot be the new id: use a-z, 0-9, hyphens and /"),
        (("kgz-police", "kgz-police"), 2, "it has the old id"),
        (("nowhere", "new"), 1, 'has the id "nowhere"'),
        (("kgz-police", "global-guide"), 1, "choose another"),
    ],
)
def test_an_activity_that_cannot_be_renamed_is_an_error(
    settings: Settings, arguments: tuple[str, str], code: int, message: str
) -> None:
    result = rename(settings, *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert (settings.content / "kgz-police.md").exists()
