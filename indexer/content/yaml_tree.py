"""Parse a YAML settings file to a tree of texts, lists and mappings, each with its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import yaml

from indexer.content.frontmatter import FrontMatterError, yaml_events

MAX_DEPTH = 5  # a list in a synonym group is read and has its own error; deeper values are refused


class YamlNode(NamedTuple):
    """A YAML value. The children of a mapping are its keys and values, alternating."""

    kind: Literal["text", "list", "mapping"]
    line: int
    text: str = ""
    children: Sequence[YamlNode] = ()


def read_yaml(text: str) -> YamlNode | None:
    """Return the value of a YAML document; None if it is empty. Raises FrontMatterError."""
    stack: list[list[YamlNode]] = [[]]  # the children of each open collection
    first_lines: list[int] = []  # of the open collections
    for event, line in yaml_events(text):
        if isinstance(event, yaml.DocumentStartEvent) and stack[0]:
            raise FrontMatterError(line, "begins a second YAML document: remove it")
        if isinstance(event, yaml.ScalarEvent):
            is_null = event.implicit[0] and event.value in ("", "~", "null")
            stack[-1].append(YamlNode("text", line, "" if is_null else event.value))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) == MAX_DEPTH:
                reason = "is nested too deeply: write all values of a list in one list"
                raise FrontMatterError(line, reason)
            stack.append([])
            first_lines.append(line)
        elif isinstance(event, yaml.CollectionEndEvent):
            children = stack.pop()
            kind: Literal["list", "mapping"] = (
                "mapping" if isinstance(event, yaml.MappingEndEvent) else "list"
            )
            stack[-1].append(YamlNode(kind, first_lines.pop(), "", children))
    root = stack[0][0] if stack[0] else None
    return None if root is None or (root.kind == "text" and not root.text) else root
