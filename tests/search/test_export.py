"""Exports read back with the formats' own readers, whatever the text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from pybtex.database import parse_string

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Generation
from indexer.indexing.sync import Summary
from indexer.search.export import FORMATS, cell_text, export
from indexer.search.request import SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import stream_results
from indexer.settings import Settings

BASE = "https://activities.example"
NASTY = st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.text(
    "=+-@\t\r\n\"',;{}\\%$&#_~^<>]]>TY  -ER\0﻿a ", max_size=40
)
LABELS = Vocabulary({})


def stored(text: str, source: str = "") -> Activity:
    meta: dict[str, tuple[str | int, ...]] = {
        "country": ("PAK", "MMR"),
        "year": (2018, 2020),
        "agency": ("unodc",),
        "theme": ("a-theme",),
    }
    if source:
        meta["source"] = (source,)
    return Activity("2019/pak-one", "digest", text, "en", meta, text, "2026-01-02T03:04:05Z")


def written(format: str, *rows: Activity, request: SearchRequest | None = None) -> str:
    generation = Generation(7, "2026-01-02T03:04:05Z", "a test", len(rows))
    page = SearchPage(
        request or SearchRequest("q=1 & <x>", (("country", "PAK"),)),
        generation,
        len(rows),
        1,
        (),
        (),
    )
    return b"".join(export(format, page, iter(rows), LABELS, BASE)).decode()


@given(NASTY, NASTY)
@example('=HYPERLINK("http://x")', "@SUM(1)")
def test_csv_reads_back_with_one_row_an_activity(text: str, source: str) -> None:
    found = written("csv", stored(text, source), stored("plain"))
    assert found.startswith("\ufeffid,url,heading,country,country_name,")
    rows = list(csv.DictReader(io.StringIO(found[1:], newline="")))
    assert [row["id"] for row in rows] == ["2019/pak-one"] * 2
    assert rows[0]["country_name"] == "Pakistan; Myanmar"
    assert rows[0]["year"] == "2018; 2020"
    assert rows[0]["generation"] == "7"
    for row in rows:
        assert None not in row
        assert not any(
            cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row.values()
        )


@given(NASTY)
def test_no_cell_is_a_formula_and_nothing_else_is_changed(text: str) -> None:
    cell = cell_text(text)
    assert cell in (text.replace("\0", "\ufffd"), "'" + text.replace("\0", "\ufffd"))
    assert (
        cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠") or not cell
    )


@given(NASTY, NASTY)
def test_json_reads_back_as_it_was(text: str, source: str) -> None:
    found = json.loads(written("json", stored(text, source), stored("plain")))
    assert [hit["body"] for hit in found["hits"]] == [text, "plain"]
    assert found["hits"][0]["source"] == (source or None)
    assert (found["query"], found["generation"], found["total"]) == ("q=1 & <x>", 7, 2)
    assert found["filters"] == [{"parameter": "country", "value": "PAK"}]


@given(NASTY, NASTY)
def test_bibtex_reads_back_with_one_entry_an_activity(text: str, source: str) -> None:
    entries = parse_string(written("bibtex", stored(text, source)), "bibtex").entries
    (entry,) = entries.values()
    assert entry.fields["year"] == "2020"
    assert entry.fields["url"] == f"{BASE}/activities/2019/pak-one"
    assert "generation 7" in entry.fields["note"]


@given(NASTY, NASTY)
def test_ris_reads_back_with_one_reference_an_activity(text: str, source: str) -> None:
    found = rispy.loads(written("ris", stored(text, source), stored("plain")))
    assert [entry["id"] for entry in found] == ["2019/pak-one"] * 2
    assert found[0]["urls"] == [f"{BASE}/activities/2019/pak-one"]
    assert found[0]["year"] == "2020"


@given(NASTY, NASTY)
@example("\ufffe ]]> &amp; <script>", "\x0b")
def test_atom_reads_back_well_formed(text: str, words: str) -> None:
    found = feedparser.parse(written("atom", stored(text), request=SearchRequest(words)).encode())
    assert not found.bozo, found.bozo_exception
    assert [entry.link for entry in found.entries] == [f"{BASE}/activities/2019/pak-one"]
    assert "generation 7" in found.feed.subtitle


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_search_is_a_valid_file(format: str) -> None:
    found = written(format)
    if format == "json":
        assert json.loads(found)["hits"] == []
    elif format == "csv":
        assert len(found.splitlines()) == 1
    elif format == "atom":
        assert not feedparser.parse(found.encode()).bozo
    elif format == "bibtex":
        assert not parse_string(found, "bibtex").entries
        assert "generation 7" in found
    else:
        assert found == ""


def test_an_export_has_exactly_what_the_search_counts(
    engine: Engine, settings: Settings, index: Callable[..., Summary], content: Path
) -> None:
    for number in range(130):  # more than a page of any size
        (content / f"more-{number}.md").write_text(
            f"---\ncountry: [PAK]\n---\nWomen’s shelter {number}.\n"
        )
    index()
    request = SearchRequest("", (("country", "PAK"),))
    page, rows = stream_results(engine, request, Vocabulary.load(settings.content))
    found = json.loads(b"".join(export("json", page, rows, LABELS, BASE)))
    assert found["total"] == 132
    assert len({hit["id"] for hit in found["hits"]}) == 132


def test_rows_are_read_only_as_they_are_sent() -> None:
    read = []

    def rows():  # type: ignore[no-untyped-def]
        for number in range(100):
            read.append(number)
            yield stored("x" * 10_000)

    generation = Generation(1, "2026-01-02T03:04:05Z", "a test", 100)
    page = SearchPage(SearchRequest(), generation, 100, 1, (), ())
    next(export("csv", page, rows(), LABELS, BASE))
    assert len(read) < 20
