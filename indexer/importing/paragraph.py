"""The paragraphs of a source, and the messages of an import about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MAX_QUOTE_LENGTH = 60  # characters of a dropped text in its message


class SourceError(ValueError):
    """A source that cannot be read. The message states the problem and the fix."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a source."""

    place: str  # such as "line 3", for messages
    text: str
    # Values from columns or keys that are front matter fields, by field name. Of a field with an
    # empty list, none are proposed.
    metadata: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Whether the text is a value of a table or of a JSON object. It is imported unchanged: it is
    # never page furniture, and its bullets are kept.
    is_value: bool = False
    id: str = ""  # the id of the new activity; "" if one is to be derived from the text


@dataclass(slots=True)
class SourceReport:
    """Messages about a source. Each begins with a place in the source."""

    notes: list[str] = field(default_factory=list)  # how the source was read
    dropped: list[str] = field(default_factory=list)  # parts that are not paragraphs
    errors: list[str] = field(default_factory=list)

    def drop(self, place: str, text: str, reason: str) -> None:
        """Report that a text is not imported."""
        quote = " ".join(text.split())
        if len(quote) > MAX_QUOTE_LENGTH:
            quote = quote[:MAX_QUOTE_LENGTH] + "…"
        self.dropped.append(f'{place}: "{quote}" {reason}: dropped')
