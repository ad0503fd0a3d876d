"""The media types of exported files."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from indexer.search.export import FORMATS

CHARSET = {"csv": "utf-8", "bibtex": "utf-8", "ris": "utf-8", "atom": "utf-8"}


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_states_its_character_encoding_at_most_once(
    client: FlaskClient, name: str
) -> None:
    header = client.get(f"/export?format={name}").headers["Content-Type"]
    media_type, *parameters = [part.strip() for part in header.split(";")]
    assert media_type == FORMATS[name].media_type.partition(";")[0]
    # RFC 8259, 11: application/json has no charset parameter.
    # The other formats are binary files, or state their encoding themselves.
    assert parameters == ([f"charset={CHARSET[name]}"] if name in CHARSET else [])
