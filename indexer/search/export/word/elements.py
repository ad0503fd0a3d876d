"""The elements of a Word document as text: runs, paragraphs, links and bookmarks.

Elements and their order are from ECMA-376, Part 1, section 17.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from indexer.search.export.document import without_control_characters
from indexer.text.direction import begins_right_to_left, is_right_to_left

DEFAULT_LANGUAGE = "en-GB"  # of headings and labels
MAX_ADDRESS_LENGTH = 2_000  # characters; Word allows 2,083
_EAST_ASIAN = ("zh", "ja", "ko")
_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}\[\]]+")
_STYLE = re.compile(r"^<w:p><w:pPr><w:pStyle [^>]*/>")
_AFTER_ADDRESS = ".,;:!?)’”'»"  # punctuation that ends a sentence and no address
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")


@dataclass(frozen=True, slots=True)
class Look:
    """The character formatting of a run."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    raised: str = ""  # "superscript" or "subscript"
    style: str = ""  # the id of a character style


PLAIN = Look()


@cache
def word_language(language: str) -> str:
    """Return a language with its most likely region, as Word names its languages: fr-FR."""
    from babel.core import get_global

    primary, _, rest = language.partition("-")
    if rest or primary == "en":
        return language if rest else DEFAULT_LANGUAGE
    likely: str = get_global("likely_subtags").get(primary, "")
    region = likely.rpartition("_")[2]
    return f"{primary}-{region}" if region else language


@cache
def _properties(look: Look, language: str, right_to_left: bool) -> str:
    """Return the properties of a run, in the order of the schema."""
    parts = []
    if look.style:
        parts.append(f"<w:rStyle w:val={quoteattr(look.style)}/>")
    if look.bold:
        parts.append("<w:b/><w:bCs/>")
    if look.italic:
        parts.append("<w:i/><w:iCs/>")
    if look.strike:
        parts.append("<w:strike/>")
    if look.raised:
        parts.append(f'<w:vertAlign w:val="{look.raised}"/>')
    if right_to_left:
        parts.append("<w:rtl/>")
    if language:
        name = quoteattr(word_language(language))
        attributes = f"w:val={name}"
        if language.partition("-")[0] in _EAST_ASIAN:
            attributes += f" w:eastAsia={name}"
        if right_to_left:
            attributes += f" w:bidi={name}"
        parts.append(f"<w:lang {attributes}/>")
    return f"<w:rPr>{''.join(parts)}</w:rPr>" if parts else ""


def run(text: str, look: Look = PLAIN, language: str = "") -> str:
    """Return a run of text on one line.

    language: BCP 47. Without it the text has the language of the document, and the direction of
    its first letter.
    """
    if not text:
        return ""
    right_to_left = is_right_to_left(language) if language else begins_right_to_left(text)
    clean = escape(without_control_characters(text))
    properties = _properties(look, language, right_to_left)
    return f'<w:r>{properties}<w:t xml:space="preserve">{clean}</w:t></w:r>'


def line_break() -> str:
    """Return a run that begins a new line of the paragraph."""
    return "<w:r><w:br/></w:r>"


def paragraph(
    content: str, style: str = "", *, right_to_left: bool = False, properties: str = ""
) -> str:
    """Return a paragraph. properties: further elements, those from w:spacing on in the schema."""
    parts = f'<w:pStyle w:val="{style}"/>' if style else ""
    parts += "<w:bidi/>" if right_to_left else ""
    parts += properties
    return f"<w:p>{f'<w:pPr>{parts}</w:pPr>' if parts else ''}{content}</w:p>"


def kept_with_next(paragraph: str) -> str:
    """Return a paragraph with a style that Word keeps on the page of the next paragraph."""
    return _STYLE.sub(r"\g<0><w:keepNext/>", paragraph, count=1)


def internal_link(anchor: str, text: str) -> str:
    """Return a link to a bookmark of the document."""
    content = run(text, Look(style="Hyperlink"))
    return f'<w:hyperlink w:anchor="{anchor}" w:history="1">{content}</w:hyperlink>'


class Bookmarks:
    """Numbers the bookmarks of a document."""

    def __init__(self) -> None:
        self._count = 0

    def around(self, name: str, content: str) -> str:
        """Return content as the target of internal_link(name)."""
        self._count += 1
        return (
            f'<w:bookmarkStart w:id="{self._count}" w:name="{name}"/>{content}'
            f'<w:bookmarkEnd w:id="{self._count}"/>'
        )


class Links:
    """The addresses outside the document that it links to. Each has a relationship."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def link(self, address: str, content: str) -> str:
        """Return runs as a link; unchanged if the address is not valid."""
        if not is_address(address):
            return content
        id = self._ids.setdefault(address, f"rIdLink{len(self._ids) + 1}")
        return f'<w:hyperlink r:id="{id}" w:history="1">{content}</w:hyperlink>'

    def with_links(self, text: str) -> Iterable[str]:
        """Yield runs for a text, with its addresses as links."""
        at = 0
        for match in _ADDRESS.finditer(text):
            address = match[0].rstrip(_AFTER_ADDRESS)
            yield run(text[at : match.start()])
            yield self.link(address, run(address, Look(style="Hyperlink")))
            at = match.start() + len(address)
        yield run(text[at:])

    def relationships(self) -> str:
        """Return the Relationship elements of the links."""
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
        return "".join(
            f'<Relationship Id="{id}" Type="{kind}" Target={quoteattr(address)} '
            'TargetMode="External"/>'
            for address, id in self._ids.items()
        )


def is_address(text: str) -> bool:
    """Return whether a text is an address that Word accepts.

    Word refuses to open a file with a malformed one.
    """
    if len(text) > MAX_ADDRESS_LENGTH or not text.isprintable():
        return False
    if text.startswith("mailto:"):
        return re.fullmatch(r"mailto:[\w.+-]+@[\w.-]+", text) is not None
    if not _ADDRESS.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname and _HOST.fullmatch(parts.hostname) and "@" not in parts.netloc)
