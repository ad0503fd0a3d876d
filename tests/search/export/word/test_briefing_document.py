"""The briefing as a Word document, read back with python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Generation
from indexer.indexing.sync import Summary
from indexer.search.export import ExportTooLarge, Group, export, file_name
from indexer.search.export.word.text import MAX_CONTENTS
from indexer.search.request import Filter, SearchRequest
from indexer.search.service import stream_results
from webapp.search_state import search_source

SITE = "https://activities.example"
GENERATION = Generation(12, "2026-01-02T03:04:05Z", "a test", 2)
VOCABULARY = Vocabulary({"agency": {"unodc": "UNODC"}})
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def activity(
    body: str = "A text.", id: str = "one", language: str = "en", **meta: tuple[str | int, ...]
) -> Activity:
    return Activity(id, "digest", body, language, meta, body, "2026-01-02T03:04:05Z")


def data(
    activities: Iterable[Activity], request: SearchRequest | None = None, group: Group = "country"
) -> bytes:
    rows = list(activities)
    source = search_source(request or SearchRequest(), len(rows), GENERATION, SITE, group)
    return b"".join(export("docx", source, iter(rows), VOCABULARY))


def document(*activities: Activity, **arguments: Any) -> Any:
    return docx.Document(io.BytesIO(data(activities, **arguments)))


def texts(document: Any, *styles: str) -> list[str]:
    """Return the texts of the paragraphs with some styles."""
    return [p.text for p in document.paragraphs if p.style.name in styles]


def all_text(document: Any) -> str:
    return "\n".join(node.text or "" for node in document.element.iter(f"{W}t"))


ACTIVITIES = (
    activity("In **Pakistan**.", "a", country=("PAK",), year=(2019,), agency=("unodc",)),
    activity("In both.", "b", country=("PAK", "AFG"), source=("Report, https://example.org/r.",)),
    activity("Nowhere.", "c", title=("A guide",), year=(2018, 2020), source=("Other",)),
)


def test_the_first_page_has_title_criteria_and_numbers() -> None:
    request = SearchRequest(
        "trafficking", (Filter("region", "142"), Filter("theme", "x", excluded=True)), 2018, 2020
    )
    result = document(*ACTIVITIES, request=request)
    assert texts(result, "Title") == ["Trafficking in Asia, 2018–2020"]
    facts = {row.cells[0].text: row.cells[1].text for row in result.tables[0].rows}
    assert facts["Words"] == "trafficking"
    assert facts["Region"] == "Asia"
    assert facts["Theme"] == "not X"
    assert facts["Year mentioned"] == "from 2018 to 2020"
    assert facts["Activities"] == "3"
    assert facts["Countries"] == "2"
    assert facts["Years covered"] == "2018 to 2020"
    assert facts["Index"] == "Generation 12 of 2 January 2026"
    assert facts["Address"].endswith("generation=12")


def test_sections_have_heading_styles_by_country_and_year() -> None:
    result = document(*ACTIVITIES)
    assert texts(result, "Heading 1") == [
        "Activities by country and year",
        "Activities by country",
        "Sources",
        "About this briefing",
    ]
    assert texts(result, "Heading 2") == [
        "Afghanistan: 1 activity",
        "Pakistan: 2 activities",
        "No country stated: 1 activity",
    ]
    assert texts(result, "Heading 3") == ["No year stated", "2019", "2020"]
    assert texts(result, "Heading 4") == ["Activity 1", "Activity 2", "Activity 3: A guide"]
    assert "See activity 1 (in Afghanistan)." in texts(result, "Normal")


@pytest.mark.parametrize(
    ("group", "titles"),
    [("theme", ["X: 1 activity", "No theme stated: 1 activity"]), ("partner", None)],
)
def test_sections_can_be_themes_or_partners(group: Group, titles: list[str] | None) -> None:
    result = document(activity(theme=("x",)), activity(id="two"), group=group)
    assert f"Activities by {group}" in texts(result, "Heading 1")
    if titles:
        assert texts(result, "Heading 2") == titles


def test_the_table_of_contents_is_filled_and_each_entry_leads_to_a_heading() -> None:
    result = document(*ACTIVITIES)
    entries = [p for p in result.paragraphs if p.style.name.lower() in ("toc 1", "toc 2")]
    headings = [p for p in result.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    assert [p.text for p in entries] == [p.text for p in headings]
    bookmarks = {
        mark.get(f"{W}name"): heading.text
        for heading in headings
        for mark in heading._p.iter(f"{W}bookmarkStart")
    }
    for entry in entries:
        (link,) = entry._p.iter(f"{W}hyperlink")
        assert bookmarks[link.get(f"{W}anchor")] == entry.text


def test_word_does_not_ask_to_update_fields_when_it_opens_the_document() -> None:
    with zipfile.ZipFile(io.BytesIO(data(ACTIVITIES))) as archive:
        assert b"updateFields" not in archive.read("word/settings.xml")
        text = archive.read("word/document.xml").decode()
    assert "w:dirty" not in text
    kinds = [f'w:fldCharType="{kind}"' for kind in ("begin", "separate", "end")]
    assert [text.count(kind) for kind in kinds] == [1, 1, 1]


def test_the_table_of_countries_has_totals_and_not_stated() -> None:
    rows = [[cell.text for cell in row.cells] for row in document(*ACTIVITIES).tables[1].rows]
    assert rows == [
        ["Country", "Total", "2018", "2019", "2020", "Not stated"],
        ["Afghanistan", "1", "–", "–", "–", "1"],
        ["Pakistan", "2", "–", "1", "–", "1"],
        ["Not stated", "1", "1", "–", "1", "–"],
        ["Total", "3", "1", "1", "1", "1"],
    ]


def test_a_long_table_of_contents_names_the_sections_in_one_paragraph() -> None:
    codes = sorted(country.alpha_3 for country in pycountry.countries)[: MAX_CONTENTS + 1]
    result = document(*(activity(id=code.lower(), country=(code,)) for code in codes))
    [sections] = [p.text for p in result.paragraphs if p.style.style_id == "TOC2"]
    assert len(sections.split(" · ")) == MAX_CONTENTS + 1
    assert sections.startswith("Afghanistan\u00a0(1) · Åland Islands\u00a0(1) · Albania\u00a0(1)")


def test_a_table_of_many_years_is_on_a_page_in_landscape() -> None:
    result = document(activity(country=("PAK",), year=tuple(range(2000, 2015))))
    widths = [section.page_width > section.page_height for section in result.sections]
    assert widths == [False, True, False]
    assert len({section.header.paragraphs[0].text for section in result.sections}) == 1


def test_each_activity_has_its_facts_source_address_date_and_generation() -> None:
    result = document(*ACTIVITIES)
    facts = texts(result, "Activity Facts", "Activity Address")
    assert facts[0] == "Country: Pakistan, Afghanistan"
    assert facts[1] == "Source: [1] Report, https://example.org/r."
    assert facts[2].startswith(f"Address: {SITE}/activities/b (seen on ")
    assert facts[2].endswith(" in generation 12)")
    assert facts[3] == "Country: Pakistan · Year mentioned: 2019 · Reported by: UNODC"
    assert facts[4] == "Source: not stated"


def test_sources_are_numbered_with_links_to_and_from_their_activities() -> None:
    result = document(*ACTIVITIES)
    assert texts(result, "Source Entry") == [
        "[1]\tReport, https://example.org/r.\nActivity 1",
        "[2]\tOther\nActivity 3",
    ]
    targets = {
        mark.get(f"{W}name"): mark.getparent() for mark in result.element.iter(f"{W}bookmarkStart")
    }
    links = [
        (link.get(f"{W}anchor"), link)
        for link in result.element.iter(f"{W}hyperlink")
        if link.get(f"{W}anchor")
    ]
    assert {name for name, _ in links} <= targets.keys()
    assert {"source_1", "source_2", "activity_1", "activity_3"} <= {name for name, _ in links}
    ids = [mark.get(f"{W}id") for mark in result.element.iter(f"{W}bookmarkStart")]
    assert len(ids) == len(set(ids))


def test_the_closing_note_says_how_to_repeat_the_search() -> None:
    text = all_text(document(*ACTIVITIES, request=SearchRequest("a & b")))
    assert "from generation 12 of the index" in text
    assert "3 for the criteria “Words: a & b”" in text
    assert f"{SITE}/?q=a+%26+b&generation=12" in text


def test_a_right_to_left_activity_has_right_to_left_paragraphs_only() -> None:
    result = document(
        activity("قدّم المكتب تدريبا.", "ar", "ar", title=("تدريب",)), activity("English.", "en")
    )
    by_text = {p.text: p for p in result.paragraphs}
    assert by_text["قدّم المكتب تدريبا."]._p.pPr.find(f"{W}bidi") is not None
    assert by_text["English."]._p.pPr.find(f"{W}bidi") is None


def test_the_page_has_numbers_and_the_document_has_properties() -> None:
    result = document(*ACTIVITIES, request=SearchRequest("police"))
    footer = result.sections[0].footer.paragraphs[0]
    assert [field.get(f"{W}instr") for field in footer._p.iter(f"{W}fldSimple")] == [
        "PAGE",
        "NUMPAGES",
    ]
    core = result.core_properties
    assert (core.title, core.author, core.comments) == ("Briefing: Police", "Activity Search", "")


@settings(max_examples=10)
@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
def test_every_text_makes_well_formed_parts(text: str, origin: str) -> None:
    stored = activity(text, source=(origin,), title=(text,))
    with zipfile.ZipFile(io.BytesIO(data([stored], SearchRequest(text)))) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ET.fromstring(archive.read(name))


def test_a_briefing_without_activities_is_a_document() -> None:
    result = document()
    assert texts(result, "Heading 2") == []
    assert "No activity states a source." in all_text(result)


def test_every_style_that_the_text_uses_exists() -> None:
    markdown = "- a\n  - b\n\n> c\n\n`d`\n\n```\ne\n```\n\n| f |\n| - |\n| g |\n\n## h"
    result = document(activity(markdown, source=("x",), country=("PAK",)))
    known = {style.style_id for style in result.styles}
    names = {"pStyle", "rStyle", "tblStyle"}
    used = {
        node.get(f"{W}val") for node in result.element.iter() if node.tag.partition("}")[2] in names
    }
    assert used <= known


def test_too_many_activities_are_refused_before_they_are_read() -> None:
    source = search_source(SearchRequest(), 2_001, GENERATION, SITE)
    with pytest.raises(ExportTooLarge, match="2,001 activities"):
        export("docx", source, iter(()), VOCABULARY)
    assert file_name("docx", source).endswith(".docx")


def test_a_briefing_has_one_generation_while_the_index_changes(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    index()
    page, rows = stream_results(engine, SearchRequest(), VOCABULARY)

    def changing() -> Iterator[Activity]:
        for number, row in enumerate(rows):
            if not number:
                (content / "kgz-police.md").write_text("---\ncountry: KGZ\n---\nChanged.\n")
                index()
            yield row

    source = search_source(SearchRequest(), page.total, page.generation, SITE)
    text = all_text(
        docx.Document(io.BytesIO(b"".join(export("docx", source, changing(), VOCABULARY))))
    )
    assert "Police officers were trained on domestic violence." in text
    assert "Changed." not in text


def test_the_facts_are_on_the_page_of_the_last_lines_of_the_text() -> None:
    result = document(activity("First.\n\nLast."))
    by_text = {p.text: p for p in result.paragraphs}
    assert by_text["Last."].paragraph_format.keep_with_next
    assert not by_text["First."].paragraph_format.keep_with_next
