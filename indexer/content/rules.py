"""The rules of a collection for front matter keys that are not fields of the schema."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.content.frontmatter import Scalar
from indexer.content.values import parse_value
from indexer.content.withdrawal import is_hiding_key, may_hide
from indexer.schema import FIELD, Field, Value
from indexer.text import places

ALL_KEYS = "*"

_YEAR = re.compile(r"(?<![0-9])[12][0-9]{3}(?![0-9])")


@dataclass(frozen=True, slots=True)
class FrontMatterRules:
    """Keys to ignore, and a site's keys to read as fields."""

    ignored: frozenset[str] = frozenset()  # keys, or ALL_KEYS
    fields: Mapping[str, str] = field(default_factory=dict)  # fields by a site's key
    # Keys of labels with commas, which are single values, by field and by the slug of the label.
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def ignores(self, key: str) -> bool:
        """Return whether a key is ignored.

        ALL_KEYS does not include keys that may be meant to hide an activity.
        """
        if key in FIELD or key in self.fields or is_hiding_key(key):
            return False
        return key in self.ignored or (ALL_KEYS in self.ignored and not may_hide(key))

    @property
    def digest(self) -> str:
        """A digest that changes whenever the rules change; "" without rules."""
        if not self.ignored and not self.fields and not self.names:
            return ""
        names = [(name, sorted(keys.items())) for name, keys in sorted(self.names.items())]
        rules = repr((sorted(self.ignored), sorted(self.fields.items()), names))
        return hashlib.blake2b(rules.encode(), digest_size=8).hexdigest()


NO_RULES = FrontMatterRules()


def mapped_values(
    name: str, scalars: Sequence[Scalar]
) -> tuple[tuple[Value, ...], list[tuple[int, str]]]:
    """Convert values of a site's key to distinct values of a field, in order.

    The second result has the line and the reason for each value that is not understood. Such values
    are left out.
    """
    field = FIELD[name]
    values: dict[Value, None] = {}
    problems = []
    for line, text in _texts(field, scalars):
        try:
            value = parse_value(field, text)
        except ValueError as error:
            problems.append((line, str(error)))
            continue
        if values and not field.many and value not in values:
            problems.append((line, f'"{text}" is a second value, and {name} takes one'))
        else:
            values[value] = None
    return tuple(values), problems


def _texts(field: Field, scalars: Sequence[Scalar]) -> Iterator[tuple[int, str]]:
    """Yield the texts of values with their lines.

    A date is reduced to its year. A text with commas is a list, unless the whole text is a name.
    """
    for scalar in scalars:
        text = scalar.text.strip()
        if field.values == "year" and len(years := set(_YEAR.findall(text))) == 1:
            text = years.pop()
        parts = [text]
        if len(scalars) == 1 and field.many and field.values in ("slug", "country", "region"):
            is_name = field.values == "country" and places.to_country(text) is not None
            parts = [text] if is_name else text.split(",")
        yield from ((scalar.line, part.strip()) for part in parts if part.strip())
