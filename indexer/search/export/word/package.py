"""Write a DOCX file: python-docx makes its parts, and the text is streamed into one of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import IO, Any

from indexer.search.export.word.elements import DEFAULT_LANGUAGE, Links
from indexer.search.export.word.styles import set_styles

_DOCUMENT = "word/document.xml"
_RELATIONSHIPS = "word/_rels/document.xml.rels"
_MARK = "The text is written here."
_MARGIN = 2.2  # centimetres
_PORTRAIT = (21.0, 29.7)  # A4, in centimetres


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of a document, and the texts of its header and footer."""

    title: str
    subject: str
    made_at: datetime
    header: str
    footer: str


class Sections:
    """The ends of the sections of a document. A section has one orientation of the page."""

    def __init__(self, last: str) -> None:
        """last: the w:sectPr element of the document, in portrait."""
        self._last = last

    def end(self, landscape: bool = False) -> str:
        """Return the paragraph that ends a section."""
        section = self._last
        if landscape:
            width, height = (
                re.search(rf'w:{name}="(\d+)"', section)[1]  # type: ignore[index]
                for name in ("w", "h")
            )
            section = re.sub(
                r"<w:pgSz[^>]*/>",
                f'<w:pgSz w:w="{height}" w:h="{width}" w:orient="landscape"/>',
                section,
            )
        return f'<w:p><w:pPr><w:pStyle w:val="TableEnd"/>{section}</w:pPr></w:p>'


Body = Callable[[Links, Sections], Iterator[str]]
"""Yields the elements of the text of a document."""


def write_package(file: IO[bytes], properties: Properties, body: Body) -> None:
    """Write a document to a file."""
    skeleton = io.BytesIO()
    _skeleton(properties).save(skeleton)
    links = Links()
    with (
        zipfile.ZipFile(skeleton) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for name in source.namelist():
            if name not in (_DOCUMENT, _RELATIONSHIPS):
                target.writestr(name, source.read(name))
        before, after, section = _around_text(source.read(_DOCUMENT).decode())
        with target.open(_DOCUMENT, "w", force_zip64=True) as document:
            document.write(before.encode())
            for element in body(links, Sections(section)):
                document.write(element.encode())
            document.write(after.encode())
        relationships = source.read(_RELATIONSHIPS).decode()
        end = "</Relationships>"
        target.writestr(_RELATIONSHIPS, relationships.replace(end, links.relationships() + end))


def _around_text(document: str) -> tuple[str, str, str]:
    """Return the parts of a document before and after its text, and its section properties."""
    at = document.index(_MARK)
    start = document.rindex("<w:p>", 0, at)
    end = document.index("</w:p>", at) + len("</w:p>")
    section = re.search(r"<w:sectPr.*?</w:sectPr>", document[end:], re.DOTALL)
    assert section
    return document[:start], document[end:], section[0]


def _skeleton(properties: Properties) -> Any:
    """Return a document of python-docx. Its only paragraph marks the place of the text."""
    from docx import Document  # importing it takes 100 ms
    from docx.oxml.ns import qn
    from docx.shared import Cm

    document = Document(io.BytesIO(_template()))
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(length) for length in _PORTRAIT)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Cm(_MARGIN))
    section.header_distance = section.footer_distance = Cm(1.1)
    section.header.paragraphs[0].text = properties.header
    footer = section.footer.paragraphs[0]
    footer.text = f"{properties.footer}\tPage "
    _add_field(footer, "PAGE")
    footer.add_run(" of ")
    _add_field(footer, "NUMPAGES")
    core = document.core_properties
    core.title, core.subject = properties.title[:255], properties.subject[:255]
    core.author, core.comments, core.keywords = "Activity Search", "", ""
    core.language = DEFAULT_LANGUAGE
    core.created = core.modified = properties.made_at
    settings = document.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # Word 2013; otherwise it shows "Compatibility Mode"
    document.add_paragraph(_MARK)
    return document


@cache
def _template() -> bytes:
    """Return an empty document with the styles of a briefing."""
    from docx import Document

    document = Document()
    set_styles(document)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def _add_field(paragraph: Any, code: str) -> None:
    """Add a field that is computed whenever the page is laid out."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph._p.append(  # noqa: SLF001 - the documented way to an element
        parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        )
    )
