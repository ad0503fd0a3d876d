"""The styles of a briefing: fonts, headings, tables and the texts of activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

TEXT_WIDTH = 9_411  # of a page in portrait, in twentieths of a point
LINE_SPACING = 269  # 1.12 lines, in units of 1/240 of a line
FONT = "Arial"
COMPLEX_FONT = "Arial"  # of Arabic, Hebrew and other scripts
EAST_ASIAN_FONT = "Microsoft YaHei"
MONOSPACE_FONT = "Courier New"
BLUE, GREY, LINK_BLUE, PALE_BLUE, RULE = "1F4E79", "595959", "0B5394", "DDE7F2", "B8C7DA"


class _Style(NamedTuple):
    """The properties that a paragraph style changes in its base style."""

    name: str
    size: float = 10.5  # points
    before: float = 0  # points above the paragraph
    after: float = 6
    color: str = ""
    bold: bool = False
    indent: float = 0  # points
    hanging: float = 0  # points
    keep_with_next: bool = False
    font: str = ""


_PARAGRAPHS: Mapping[str, _Style] = {
    "Normal": _Style("Normal"),
    "Title": _Style("Title", 24, 0, 6, BLUE, bold=True),
    "Subtitle": _Style("Subtitle", 12, 0, 4, GREY),
    "Heading1": _Style("Heading 1", 16, 22, 8, BLUE, bold=True, keep_with_next=True),
    "Heading2": _Style("Heading 2", 13, 18, 4, BLUE, bold=True, keep_with_next=True),
    "Heading3": _Style("Heading 3", 11, 12, 4, GREY, bold=True, keep_with_next=True),
    "Heading4": _Style("Heading 4", 10.5, 10, 2, "000000", bold=True, keep_with_next=True),
    "TOCHeading": _Style("Contents Heading", 13, 18, 4, BLUE, bold=True, keep_with_next=True),
    "TOC1": _Style("TOC 1", 10.5, 4, 2, bold=True),
    "TOC2": _Style("TOC 2", 10.5, 0, 1, indent=12),
    "ActivityText": _Style("Activity Text", after=4),
    "ActivityHeading": _Style("Activity Text Heading", after=3, bold=True, keep_with_next=True),
    "ActivityQuotation": _Style("Activity Quotation", after=4, color=GREY, indent=18),
    "ActivityCode": _Style("Activity Code", 9, after=4, font=MONOSPACE_FONT),
    "ActivityFacts": _Style(
        "Activity Facts", 8.5, after=1, color=GREY, indent=12, keep_with_next=True
    ),
    "ActivityAddress": _Style("Activity Address", 8.5, after=6, color=GREY, indent=12),
    "SourceEntry": _Style("Source Entry", 9.5, after=4, indent=28, hanging=28),
    "TableText": _Style("Table Text", 9, after=0),
    "TableNumber": _Style("Table Number", 9, after=0),
    "TableEnd": _Style("Table End", 4, after=0),
    "ListBullet": _Style("List Bullet", after=2),
    "ListBullet2": _Style("List Bullet 2", after=2),
    "ListBullet3": _Style("List Bullet 3", after=2),
    "Header": _Style("Header", 8.5, after=0, color=GREY),
    "Footer": _Style("Footer", 8.5, after=0, color=GREY),
    "Caption": _Style("Caption", 9, 0, 6, GREY, keep_with_next=True),
}

_HYPERLINK = (
    '<w:style {w} w:type="character" w:customStyle="0" w:styleId="Hyperlink">'
    '<w:name w:val="Hyperlink"/><w:basedOn w:val="DefaultParagraphFont"/><w:uiPriority w:val="99"/>'
    f'<w:rPr><w:color w:val="{LINK_BLUE}"/><w:u w:val="single"/></w:rPr></w:style>'
)
_CODE = (
    '<w:style {w} w:type="character" w:customStyle="1" w:styleId="CodeText">'
    '<w:name w:val="Code Text"/><w:basedOn w:val="DefaultParagraphFont"/><w:rPr>'
    f'<w:rFonts w:ascii="{MONOSPACE_FONT}" w:hAnsi="{MONOSPACE_FONT}" w:cs="{MONOSPACE_FONT}"/>'
    "</w:rPr></w:style>"
)
_LINE = f'w:val="single" w:sz="4" w:space="0" w:color="{RULE}"'
_TABLE = (
    '<w:style {w} w:type="table" w:customStyle="1" w:styleId="BriefingTable">'
    '<w:name w:val="Briefing Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>'
    f"<w:tblPr><w:tblBorders><w:top {_LINE}/><w:bottom {_LINE}/><w:insideH {_LINE}/>"
    '</w:tblBorders><w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>'
    '<w:bottom w:w="30" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr>'
    f'<w:shd w:val="clear" w:color="auto" w:fill="{PALE_BLUE}"/></w:tcPr></w:tblStylePr>'
    '<w:tblStylePr w:type="lastRow"><w:rPr><w:b/><w:bCs/></w:rPr></w:tblStylePr>'
    '<w:tblStylePr w:type="firstCol"><w:rPr><w:b/><w:bCs/></w:rPr></w:tblStylePr></w:style>'
)
# The table of facts on the first page has no lines.
_FACTS = (
    '<w:style {w} w:type="table" w:customStyle="1" w:styleId="FactsTable">'
    '<w:name w:val="Facts Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>'
    '<w:tblPr><w:tblCellMar><w:top w:w="20" w:type="dxa"/><w:left w:w="0" w:type="dxa"/>'
    '<w:bottom w:w="20" w:type="dxa"/><w:right w:w="120" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstCol"><w:rPr><w:b/><w:bCs/></w:rPr></w:tblStylePr></w:style>'
)


def set_styles(document: Any) -> None:
    """Give a document of python-docx the styles of a briefing, and remove its table styles."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    styles = document.styles
    for style in list(styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name != "Normal Table":
            style.delete()
    known = {style.style_id: style for style in styles}
    for id, properties in _PARAGRAPHS.items():
        style = known.get(id)
        if style is None:
            style = styles.add_style(properties.name, WD_STYLE_TYPE.PARAGRAPH)
            style.element.set(qn("w:styleId"), id)
            style.base_style = styles["Normal"]
        element = style.element
        numbering = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        for name in ("w:pPr", "w:rPr"):
            for child in element.findall(qn(name)):
                element.remove(child)
        element.append(parse_xml(_paragraph_properties(id, properties, nsdecls("w"))))
        element.append(parse_xml(_run_properties(properties, nsdecls("w"))))
        if numbering is not None:
            element.find(qn("w:pPr")).insert(0, numbering)
        style.hidden = style.unhide_when_used = False
        style.quick_style = True
    for xml in (_HYPERLINK, _CODE, _TABLE, _FACTS):
        styles.element.append(parse_xml(xml.format(w=nsdecls("w"))))
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}")
    for child in list(defaults):
        defaults.remove(child)
    language = '<w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    defaults.append(
        parse_xml(f"<w:rPr {nsdecls('w')}>{_fonts(FONT)}{_size(10.5)}{language}</w:rPr>")
    )


def _paragraph_properties(id: str, style: _Style, namespaces: str) -> str:
    """Return the paragraph properties of a style, in the order of the schema."""
    parts = "<w:keepNext/><w:keepLines/>" if style.keep_with_next else ""
    if id == "Footer":
        parts += f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>'
    parts += (
        f'<w:spacing w:before="{_twentieths(style.before)}" w:after="{_twentieths(style.after)}" '
        f'w:line="{LINE_SPACING}" w:lineRule="auto"/>'
    )
    if style.indent:
        parts += f'<w:ind w:left="{_twentieths(style.indent)}"'
        parts += f' w:hanging="{_twentieths(style.hanging)}"/>' if style.hanging else "/>"
    if id == "TableNumber":
        parts += '<w:jc w:val="right"/>'
    if id.startswith("Heading"):
        parts += f'<w:outlineLvl w:val="{int(id[-1]) - 1}"/>'
    return f"<w:pPr {namespaces}>{parts}</w:pPr>"


def _run_properties(style: _Style, namespaces: str) -> str:
    """Return the run properties of a style, in the order of the schema."""
    parts = _fonts(style.font or FONT)
    parts += "<w:b/><w:bCs/>" if style.bold else ""
    parts += f'<w:color w:val="{style.color}"/>' if style.color else ""
    return f"<w:rPr {namespaces}>{parts}{_size(style.size)}</w:rPr>"


def _fonts(font: str) -> str:
    """Return the fonts of all scripts. They replace the fonts of the theme."""
    return (
        f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{EAST_ASIAN_FONT}" '
        f'w:cs="{COMPLEX_FONT}"/>'
    )


def _size(points: float) -> str:
    """Return the size of text, also of complex scripts; Word counts half points."""
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _twentieths(points: float) -> int:
    return round(points * 20)
