"""Read content/_site.yaml: the name of a collection, and rules for one written for another site.

name: Prison reform 2010–2020      # the name of the site
tagline: What we did, and where    # one sentence on what the collection is, and whose
about: |                           # Markdown, for the page about the collection
  The paragraphs come from our annual reports.
front_matter:
  ignore: [layout, permalink]    # other keys to ignore; "*" means all
  map:                           # the site's keys, and the fields to read them as
    date: year
    tags: theme
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from indexer.content.activity import InvalidActivity
from indexer.content.frontmatter import FrontMatterError
from indexer.content.rules import ALL_KEYS, NO_RULES, FrontMatterRules
from indexer.content.settings_file import SettingsFile
from indexer.content.visible_text import strip_invisible
from indexer.content.withdrawal import is_hiding_key
from indexer.content.yaml_tree import YamlNode, read_yaml
from indexer.schema import FIELD
from indexer.text.normalization import normalize
from indexer.text.plain_text import MarkupError, plain_text

SITE_FILE = "_site.yaml"
MAX_NAME_LENGTH = 60  # characters; the name is in the title of every page
MAX_TAGLINE_LENGTH = 160  # characters; search engines cut a longer description
MAX_ABOUT_LENGTH = 20_000  # characters
MAX_KEYS = 500  # the limit for "ignore" and for "map"


class Site(NamedTuple):
    """The settings of a collection. A text is "" if the file does not have it."""

    rules: FrontMatterRules = NO_RULES
    name: str = ""
    tagline: str = ""
    about: str = ""  # Markdown

    @classmethod
    def parse(cls, text: str, path: str) -> Site:
        """Parse the text of a file. Raises InvalidActivity with the path and the line."""
        try:
            root = read_yaml(text)
            keys = _children(root, ("name", "tagline", "about", "front_matter")) if root else {}
            front = keys.get("front_matter")
            parts = _children(front, ("ignore", "map")) if front else {}
            rules = FrontMatterRules(
                frozenset(_ignored(parts["ignore"]) if "ignore" in parts else ()),
                dict(_mapped(parts["map"]) if "map" in parts else ()),
            )
            name = _line(keys["name"], MAX_NAME_LENGTH) if "name" in keys else ""
            tagline = _line(keys["tagline"], MAX_TAGLINE_LENGTH) if "tagline" in keys else ""
            about = _markdown(keys["about"]) if "about" in keys else ""
        except FrontMatterError as error:
            raise InvalidActivity(path, error.line, "", error.reason, "settings") from None
        return cls(rules, name, tagline, about)


def site_file(content: Path, index: Path | None = None) -> SettingsFile[Site]:
    """Return content/_site.yaml. index: the index folder, which has the last good version."""
    return SettingsFile(content / SITE_FILE, Site.parse, index)


def _children(node: YamlNode, known: tuple[str, ...]) -> Mapping[str, YamlNode]:
    """Return the values of a mapping by key. Raises FrontMatterError for other keys."""
    if node.kind != "mapping":
        raise FrontMatterError(node.line, f'is not a mapping: write lines such as "{known[0]}: …"')
    children: dict[str, YamlNode] = {}
    for key, value in zip(node.children[::2], node.children[1::2], strict=True):
        if key.text not in known:
            reason = f'unknown key "{key.text[:80]}": the keys here are {", ".join(known)}'
            raise FrontMatterError(key.line, reason)
        if key.text in children:
            raise FrontMatterError(key.line, f'"{key.text}" is given twice: remove one')
        if value.kind != "text" or value.text:  # an empty value counts as missing
            children[key.text] = value
    return children


def _line(node: YamlNode, limit: int) -> str:
    """Return the text of a value on one line. Raises FrontMatterError."""
    if node.kind != "text":
        raise FrontMatterError(node.line, "is not a text: write it on one line, in quotation marks")
    text = " ".join(normalize("NFC", strip_invisible(node.text)).split())
    if not text:
        raise FrontMatterError(node.line, "has no visible text: write some, or remove the line")
    if len(text) > limit:
        reason = f"has {len(text):,} characters: at most {limit:,} are allowed"
        raise FrontMatterError(node.line, reason)
    return text


def _markdown(node: YamlNode) -> str:
    """Return the text of a value in Markdown. Raises FrontMatterError."""
    if node.kind != "text":
        reason = 'is not a text: write "about: |", and the text indented below it'
        raise FrontMatterError(node.line, reason)
    if len(node.text) > MAX_ABOUT_LENGTH:
        reason = f"has {len(node.text):,} characters: at most {MAX_ABOUT_LENGTH:,} are allowed"
        raise FrontMatterError(node.line, reason)
    text = normalize("NFC", node.text).strip()
    try:
        plain_text(text)
    except MarkupError as error:
        raise FrontMatterError(node.line + error.line, error.reason) from None
    return text


def _ignored(node: YamlNode) -> Iterator[str]:
    """Yield the keys of the list "ignore"; a single key needs no list."""
    items = node.children if node.kind == "list" else (node,)
    _check_number(node, len(items))
    for item in items:
        if item.kind != "text" or not item.text:
            raise FrontMatterError(item.line, f'is not a key: write keys, or "{ALL_KEYS}" for all')
        if is_hiding_key(item.text):
            reason = f'"{item.text}" hides an activity and cannot be ignored: remove it here'
            raise FrontMatterError(item.line, reason)
        if item.text in FIELD:
            reason = f'"{item.text}" is a field of an activity and cannot be ignored: remove it'
            raise FrontMatterError(item.line, reason)
        yield item.text


def _mapped(node: YamlNode) -> Iterator[tuple[str, str]]:
    """Yield the pairs of the mapping "map"."""
    if node.kind != "mapping":
        raise FrontMatterError(node.line, 'is not a mapping: write lines such as "date: year"')
    _check_number(node, len(node.children) // 2)
    seen: set[str] = set()
    for key, value in zip(node.children[::2], node.children[1::2], strict=True):
        if is_hiding_key(key.text) or key.text in FIELD:
            hides = is_hiding_key(key.text)
            kind = "hides an activity" if hides else "is a field already"
            raise FrontMatterError(key.line, f'"{key.text}" {kind} and cannot be mapped: remove it')
        if key.text in seen:
            raise FrontMatterError(key.line, f'"{key.text}" is mapped twice: remove one')
        if value.text not in FIELD or FIELD[value.text].values in ("flag", "id"):
            names = ", ".join(name for name, f in FIELD.items() if f.values not in ("flag", "id"))
            reason = f'"{value.text[:80]}" is not a field to map to: the fields are {names}'
            raise FrontMatterError(value.line, reason)
        seen.add(key.text)
        yield key.text, value.text


def _check_number(node: YamlNode, number: int) -> None:
    if number > MAX_KEYS:
        raise FrontMatterError(node.line, f"has {number} keys: at most {MAX_KEYS} are allowed")
