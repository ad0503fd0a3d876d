"""HTML: the paragraphs of a saved page, and its furniture."""

from __future__ import annotations

import pytest

from indexer.importing.columns import Columns
from indexer.importing.formats import web_page
from indexer.importing.furniture import is_furniture
from indexer.importing.paragraph import Paragraph, SourceError, SourceReport
from indexer.importing.sources import read_source

KENYA = "In Kenya, UNODC and UN Women trained 40 prosecutors on domestic violence in 2019."
PERU = "In Peru, UNODC studied the smuggling of migrants between 2018 and 2020."
PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><title>Inventory</title><style>p {{ color: red }}</style></head>
<body class="layout-one-sidebar">
<header role="banner"><a href="/">UN Women</a><form><input value="x"><button>Search</button></form>
</header>
<nav><ul><li><a href="/a">About the inventory of activities and measures.</a></li></ul></nav>
<div class="breadcrumb"><a href="/">Home</a> › Inventory of measures by all of the agencies</div>
<div id="content"><h1>Inventory of the activities of the agencies in the whole world</h1>
<div class="views-row social-item"><p>{KENYA}</p></div>
<div class="views-row"><div>{PERU.replace("UNODC", "<b>UN</b>ODC<!-- x -->")}<br></div>
<a href="/x">Read the whole entry about the smuggling of migrants in Peru</a></div>
<script>var text = "In Mali, judges met.";</script>
</div>
<footer><p>UN Women is the organisation for gender equality. It works in the world.</p></footer>
</body></html>"""


def read(
    page: str | bytes, name: str = "page.html", columns: Columns | None = None
) -> tuple[list[Paragraph], SourceReport]:
    """Return the paragraphs of a page that are not furniture, and the report."""
    report = SourceReport()
    data = page if isinstance(page, bytes) else page.encode()
    paragraphs = read_source(data, name, columns or Columns(), report)
    return [p for p in paragraphs if p.is_value or not is_furniture(p.text)], report


def texts(page: str | bytes) -> list[str]:
    """Return the texts of the paragraphs of a page."""
    return [paragraph.text for paragraph in read(page)[0]]


def test_the_paragraphs_of_a_page_are_read_without_its_furniture() -> None:
    paragraphs, report = read(PAGE)
    assert [(p.place, p.text) for p in paragraphs] == [("line 9", KENYA), ("line 10", PERU)]
    assert [message.partition(": ")[2] for message in report.dropped[1:]] == [
        '"Home › Inventory of measures by all of the agencies" is in a part of the page around its '
        "text: dropped",
        '"Inventory of the activities of the agencies in the whole wor…" is a heading: dropped',
        '"Read the whole entry about the smuggling of migrants in Peru" is a link: dropped',
    ]
    assert "characters in menus, footers and other parts of the page" in report.dropped[0]


def test_html_is_recognised_by_its_content() -> None:
    assert [p.text for p in read(PAGE, "inventory.xls")[0]] == [KENYA, PERU]
    assert [p.text for p in read(PAGE, "-")[0]] == [KENYA, PERU]


def test_the_main_element_is_the_text_of_a_page() -> None:
    page = f"<html><body><p>We are many people.</p><main><p>{KENYA}<p>{PERU}</main></body></html>"
    page = page.replace("<p>We", f"<p>{'We met. ' * 20}We")
    assert texts(page.replace(PERU, PERU * 3)) == [KENYA, PERU * 3]


def test_an_empty_main_element_is_not_the_text() -> None:
    assert texts(f"<html><body><main>…</main><p>{KENYA}</p></body></html>") == [KENYA]


@pytest.mark.parametrize(
    "items",
    [
        "<ul><li>{0}</li><li>{1}</li></ul>",
        "<p>• {0}</p><p>• {1}</p>",
        "<p>1. {0}<br>2. {1}</p>",
        "<p>{0}<br><br>{1}</p>",
        "<pre>{0}\n\n{1}</pre>",
        "<p>{0}<p>{1}",
        "<dl><dt>Kenya<dd>{0}<dt>Peru<dd>{1}</dl>",
        "<table><tr><td>Kenya<td>{0}<tr><td>Peru<td>{1}</table>",
        "<table><tr><td><table><tr><td>{0}</table><td>{1}</table>",
        "<a href='/1'>{0}</a><div><a href='/2'>{1}</a></div>",
        "<div hidden>{0}</div><details><summary>More</summary>{1}</details>",
    ],
)
def test_blocks_lists_and_cells_are_separate_paragraphs(items: str) -> None:
    body = items.format(KENYA, PERU)
    assert texts(f"<html><body>{body}</body></html>") == [KENYA, PERU]


def test_a_table_with_a_text_column_is_read_row_by_row() -> None:
    page = (
        "<html><body><table><tr><th>Country<th>Text<tr><td rowspan=2>KEN<td>Judges <br>met<tr>"
        "<td>Police met</table></body></html>"
    )
    assert [(p.text, p.metadata) for p in read(page)[0]] == [
        ("Judges\nmet", {"country": ["KEN"]}),
        ("Police met", {"country": ["KEN"]}),
    ]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-16", ""),
        ("utf-8-sig", ""),
        ("cp1252", ""),
        ("cp1252", "<meta charset=iso-8859-1>"),
        ("cp1252", "<meta charset=zlib>"),
        ("cp1252", "<meta charset=windows-9999>"),
        ("cp1251", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'),
    ],
)
def test_the_encoding_of_a_page_is_recognised(encoding: str, head: str) -> None:
    text = "В Кении судьи встретились." if encoding == "cp1251" else "À Nairobi, des juges réunis."
    page = f"<html><head>{head}</head><body><p>{text}</p></body></html>"
    paragraphs = read_source(page.encode(encoding), "x.htm", Columns(), SourceReport())
    assert [p.text for p in paragraphs] == [text]


def test_text_in_deeply_nested_elements_is_read() -> None:
    page = "<html><body>" + "<div>" * 1_500 + KENYA + "</div>" * 1_500 + f"<p>{PERU}</body></html>"
    assert texts(page) == [KENYA, PERU]


def test_a_page_that_cannot_be_read_completely_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "<html><body>" + "<div>" * 5_000 + KENYA + "</div>" * 5_000 + f"<p>{PERU}</body></html>"
    with pytest.raises(SourceError, match="nested too deeply"):
        read(page)
    monkeypatch.setattr(web_page, "MAX_HTML_LENGTH", 100)
    with pytest.raises(SourceError, match="longer than 100 characters"):
        read(PAGE)


def test_a_page_without_text_is_reported() -> None:
    with pytest.raises(SourceError, match="HTML without text"):
        read("<!-- a page -->", "x.html")
