"""Read content/_site.yaml: the rules for a collection written for another site.

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
from indexer.content.withdrawal import is_hiding_key
from indexer.content.yaml_tree import YamlNode, read_yaml
from indexer.schema import FIELD

SITE_FILE = "_site.yaml"
MAX_KEYS = 500  # the limit for "ignore" and for "map"


class Site(NamedTuple):
    """The settings of a collection."""

    rules: FrontMatterRules = NO_RULES

    @classmethod
    def parse(cls, text: str, path: str) -> Site:
        """Parse the text of a file. Raises InvalidActivity with the path and the line."""
        try:
            root = read_yaml(text)
            front = _children(root, ("front_matter",)).get("front_matter") if root else None
            parts = _children(front, ("ignore", "map")) if front else {}
            rules = FrontMatterRules(
                frozenset(_ignored(parts["ignore"]) if "ignore" in parts else ()),
                dict(_mapped(parts["map"]) if "map" in parts else ()),
            )
        except FrontMatterError as error:
            raise InvalidActivity(path, error.line, "", error.reason, "settings") from None
        return cls(rules)


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
