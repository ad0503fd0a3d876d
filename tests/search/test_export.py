"""Exports: the formats' own readers read every text back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from pybtex.database import parse_string

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, EngineError, Generation
from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary, sync
from indexer.search.export import ExportSource, export, file_name
from indexer.search.export.document import INCOMPLETE
from indexer.search.export.tables import cell_text
from indexer.search.request import Filter, SearchRequest
from indexer.search.service import newest_indexed, stream_results
from indexer.settings import Settings
from webapp.search_state import search_source

SITE = "https://activities.example"
HOSTILE_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.text(
    "=+-@\t\r\n\"',;{}\\%$&#_~^<>]]>TY  -ER\0﻿a ", max_size=40
)
VOCABULARY = Vocabulary({})


def activity(text: str, source: str = "") -> Activity:
    meta: dict[str, tuple[str | int, ...]] = {
        "country": ("PAK", "MMR"),
        "year": (2018, 2020),
        "agency": ("unodc",),
        "theme": ("a-theme",),
    }
    if source:
        meta["source"] = (source,)
    return Activity("2019/pak-one", "digest", text, "en", meta, text, "2026-01-02T03:04:05Z")


def source(total: int, text: str = "q=1 & <x>") -> ExportSource:
    request = SearchRequest(text, (Filter("country", "PAK"),))
    generation = Generation(7, "2026-01-02T03:04:05Z", "a test", total)
    return search_source(request, total, generation, SITE)


def exported(format: str, *activities: Activity, text: str = "q=1 & <x>") -> str:
    chunks = export(format, source(len(activities), text), iter(activities), VOCABULARY)
    return b"".join(chunks).decode()


@given(HOSTILE_TEXT, HOSTILE_TEXT)
@example('=HYPERLINK("http://x")', "@SUM(1)")
def test_csv_has_one_row_per_activity(text: str, origin: str) -> None:
    result = exported("csv", activity(text, origin), activity("plain"))
    assert result.startswith("\ufeffid,url,heading,country,country_name,")
    rows = list(csv.DictReader(io.StringIO(result[1:], newline="")))
    assert [row["id"] for row in rows] == ["2019/pak-one"] * 2
    assert rows[0]["country_name"] == "Pakistan; Myanmar"
    assert rows[0]["year"] == "2018; 2020"
    assert rows[0]["generation"] == "7"
    for row in rows:
        assert None not in row
        assert not any(
            cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row.values()
        )


@given(HOSTILE_TEXT)
def test_only_cells_that_could_be_formulas_are_changed(text: str) -> None:
    cell = cell_text(text)
    assert cell in (text.replace("\0", "\ufffd"), "'" + text.replace("\0", "\ufffd"))
    assert (
        cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠") or not cell
    )


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_could_evaluate_begins_with_an_apostrophe(sign: str) -> None:
    (row,) = csv.DictReader(io.StringIO(exported("csv", activity(f"{sign}SUM(A1)")), newline=""))
    assert row["text"] == f"'{sign}SUM(A1)"


@given(HOSTILE_TEXT, HOSTILE_TEXT)
def test_json_has_every_text_unchanged(text: str, origin: str) -> None:
    result = json.loads(exported("json", activity(text, origin), activity("plain")))
    assert [hit["body"] for hit in result["hits"]] == [text, "plain"]
    assert result["hits"][0]["source"] == (origin or None)
    assert (result["query"], result["generation"], result["total"]) == ("q=1 & <x>", 7, 2)
    assert result["filters"] == [{"parameter": "country", "value": "PAK"}]


@given(HOSTILE_TEXT, HOSTILE_TEXT)
def test_bibtex_has_one_entry_per_activity(text: str, origin: str) -> None:
    entries = parse_string(exported("bibtex", activity(text, origin)), "bibtex").entries
    (entry,) = entries.values()
    assert entry.fields["year"] == "2020"
    assert entry.fields["url"] == f"{SITE}/activities/2019/pak-one"
    assert "generation 7" in entry.fields["note"]


def test_bibtex_of_a_search_for_an_address_has_one_entry() -> None:
    result = exported("bibtex", activity("A text."), text="ana@misc{x, title={y}}")
    assert list(parse_string(result, "bibtex").entries) == ["2019:pak-one"]


@pytest.mark.parametrize("line", ["TY  - BOOK", "ER  - ", "TI  - Another title"])
def test_a_line_of_a_text_is_not_a_tag_of_ris(line: str) -> None:
    (reference,) = rispy.loads(exported("ris", activity(f"A text.\n{line}\nThe end.")))
    assert reference["type_of_reference"] == "GEN"
    assert reference["title"] != "Another title"
    assert reference["abstract"] == f"A text. {' '.join(line.split())} The end."


@pytest.mark.parametrize("format", ["bibtex", "ris"])
def test_the_note_of_a_reference_has_the_search_and_no_server_address(format: str) -> None:
    result = exported(format, activity("a text"), text="trafficking")
    (note,) = [line for line in result.splitlines() if line.strip().startswith(("note", "N1"))]
    assert "Activities: trafficking; Country: Pakistan. 1 activity, generation 7" in note
    assert SITE not in note
    assert SITE not in result.partition("\n")[0]  # the comment of a BibTeX file


def test_numbers_in_a_note_have_separators() -> None:
    chunks = export("bibtex", source(10966), iter(()), VOCABULARY)
    assert "10,966 activities" in b"".join(chunks).decode()


def test_csv_has_codes_and_labels_of_every_field() -> None:
    (row,) = csv.DictReader(io.StringIO(exported("csv", activity("text"))[1:], newline=""))
    assert (row["theme"], row["theme_name"]) == ("a-theme", "A theme")
    assert (row["agency"], row["agency_name"]) == ("unodc", "Unodc")
    assert (row["language"], row["language_name"]) == ("en", "English")
    assert {"region", "region_name", "partner", "partner_name"} <= set(row)
    assert "year_name" not in row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trafficking in persons", "trafficking-in-persons-pak"),
        ("торговля людьми", "торговля-людьми-pak"),
        ("", "pak"),
        ('../a"b\r\nc', "a-b-c-pak"),
        ("long " * 50, "long-" * 11 + "long"),
    ],
)
def test_the_file_name_has_the_search(text: str, expected: str) -> None:
    name = file_name("csv", source(1, text))
    assert name == f"activities-{expected}-2026-01-02-generation-7.csv"


def test_the_file_name_tells_exclusions_from_filters() -> None:
    filters = (Filter("country", "none"), Filter("theme", "a-theme", excluded=True))
    generation = Generation(7, "2026-01-02T03:04:05Z", "a test", 1)
    excluding = search_source(SearchRequest("", filters, 2018, 2020), 1, generation, SITE)
    name = file_name("ris", excluding)
    assert name == ("activities-no-country-not-a-theme-2018-2020-2026-01-02-generation-7.ris")


@given(HOSTILE_TEXT, HOSTILE_TEXT)
def test_ris_has_one_reference_per_activity(text: str, origin: str) -> None:
    result = rispy.loads(exported("ris", activity(text, origin), activity("plain")))
    assert [entry["id"] for entry in result] == ["2019/pak-one"] * 2
    assert result[0]["urls"] == [f"{SITE}/activities/2019/pak-one"]
    assert result[0]["year"] == "2020"


@given(HOSTILE_TEXT, HOSTILE_TEXT)
@example("\ufffe ]]> &amp; <script>", "\x0b")
def test_atom_is_well_formed(text: str, query: str) -> None:
    result = feedparser.parse(exported("atom", activity(text), text=query).encode())
    assert not result.bozo, result.bozo_exception
    assert [entry.link for entry in result.entries] == [f"{SITE}/activities/2019/pak-one"]
    assert "generation 7" in result.feed.subtitle


@pytest.mark.parametrize("format", ["csv", "json", "bibtex", "ris", "atom"])
def test_an_export_without_rows_is_a_valid_file(format: str) -> None:
    result = exported(format)
    if format == "json":
        assert json.loads(result)["hits"] == []
    elif format == "csv":
        assert len(result.splitlines()) == 1
    elif format == "atom":
        assert not feedparser.parse(result.encode()).bozo
    elif format == "bibtex":
        assert not parse_string(result, "bibtex").entries
        assert "generation 7" in result
    else:
        assert result == ""


def test_an_export_has_every_activity_that_the_search_counts(
    engine: Engine, settings: Settings, index: Callable[..., Summary], content: Path
) -> None:
    for number in range(130):  # more than a page of any size
        (content / f"more-{number}.md").write_text(
            f"---\ncountry: [PAK]\n---\nWomen’s shelter {number}.\n"
        )
    index()
    request = SearchRequest("", (Filter("country", "PAK"),))
    page, rows = stream_results(engine, request, Vocabulary.load(settings.content))
    result = json.loads(b"".join(export("json", source(page.total), rows, VOCABULARY)))
    assert result["total"] == 132
    assert len({hit["id"] for hit in result["hits"]}) == 132


def test_rows_are_read_while_the_file_is_sent() -> None:
    read = []

    def rows() -> Iterator[Activity]:
        for number in range(100):
            read.append(number)
            yield activity("x" * 10_000)

    next(export("csv", source(100), rows(), VOCABULARY))
    assert len(read) < 20


def read_until_error(chunks: Iterator[bytes]) -> str:
    """Return the chunks before the EngineError that ends them."""
    read: list[bytes] = []
    with pytest.raises(EngineError):
        read.extend(chunks)
    return b"".join(read).decode()


@pytest.mark.parametrize("format", ["csv", "json", "bibtex", "ris", "atom"])
def test_a_file_whose_rows_cannot_all_be_read_is_not_taken_for_a_complete_one(format: str) -> None:
    def rows() -> Iterator[Activity]:
        yield activity("The first text.")
        raise EngineError("the cluster stopped")

    result = read_until_error(export(format, source(2), rows(), VOCABULARY))
    assert "The first text." in result
    if format == "csv":
        *_, first, last = csv.reader(io.StringIO(result))
        assert first[0] == "2019/pak-one"
        assert last == [INCOMPLETE]
    elif format == "ris":
        assert [each["title"] for each in rispy.loads(result)][1:] == [INCOMPLETE]
    elif format == "bibtex":
        titles = [each.fields["title"] for each in parse_string(result, "bibtex").entries.values()]
        assert titles[1:] == [f"{{{INCOMPLETE}}}"]
    elif format == "json":
        with pytest.raises(ValueError, match="line"):
            json.loads(result)
    else:
        assert feedparser.parse(result.encode()).bozo


@pytest.mark.parametrize("format", ["csv", "json", "bibtex", "ris"])
def test_a_file_has_one_generation_while_the_index_changes(
    engine: Engine, index: Callable[..., Summary], content: Path, format: str
) -> None:
    index()
    page, rows = stream_results(engine, SearchRequest(), VOCABULARY)

    def changing() -> Iterator[Activity]:
        yield next(rows)
        (content / "kgz-police.md").unlink()
        (content / "new.md").write_text("---\ncountry: KGZ\n---\nNew.\n")
        index()
        yield from rows

    of_generation = replace(source(page.total), generation=page.generation)
    result = b"".join(export(format, of_generation, changing(), VOCABULARY)).decode()
    assert "kgz-police" in result
    assert "New." not in result
    assert "incomplete" not in result


def test_a_feed_links_to_its_other_pages() -> None:
    paged = replace(source(250), page=2, pages=3)
    feed = feedparser.parse(b"".join(export("atom", paged, iter([activity("text")]), VOCABULARY)))
    links = {link.rel: link.href for link in feed.feed.links if "page=" in link.href}
    assert links.keys() == {"self", "next", "last"}
    assert links["next"].endswith("page=3")
    first = {link.rel: link.href for link in feed.feed.links}
    assert first["first"] == first["previous"] == paged.feed_url


def test_the_results_indexed_last_come_first(settings: Settings, content: Path) -> None:
    sync(open_engine(settings, lambda: 1_700_000_000), content, "a test")
    (content / "later.md").write_text("---\nyear: 1999\n---\nAdded later.\n")
    path = content / "kgz-police.md"
    path.write_text(path.read_text() + " Again.\n")
    engine = open_engine(settings, lambda: 1_700_000_060)
    sync(engine, content, "a test")
    page, newest = newest_indexed(engine, SearchRequest(per_page=2), VOCABULARY)
    assert {stored.id for stored in newest} == {"later", "kgz-police"}
    assert page.total == 5
    _, rest = newest_indexed(engine, SearchRequest(per_page=2, page=3), VOCABULARY)
    assert len(rest) == 1
