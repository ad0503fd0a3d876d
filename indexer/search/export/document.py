"""The content of an export: its source and its rows. Rows are read one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Generation
from indexer.schema import FACETS, FIELD, NOT_STATED, Value, facet_group
from indexer.search.request import SearchRequest

MAX_TITLE_TEXT = 120  # characters of the words of a search in a title
LIST_FIELDS = tuple(name for name in FACETS if FIELD[name].many)

# The characters that XML 1.0 does not allow.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


Group = Literal["country", "theme", "partner"]
"""The field whose values are the sections of a briefing."""
GROUPS: tuple[Group, ...] = get_args(Group)

INCOMPLETE = "This file is incomplete: it ends before the last activity. Download it again."


@dataclass(frozen=True, slots=True)
class ExportSource:
    """The origin of the rows of an export: a search or a single activity in one generation."""

    site_url: str  # without a slash at the end
    url: str  # the page of the search or activity
    feed_url: str  # the same rows as a feed
    generation: Generation
    total: int
    text: str = ""  # the query text
    id: str = ""  # of the activity, if the file has a single one
    page: int = 1  # of a feed
    pages: int = 1
    parameters: tuple[tuple[str, str], ...] = ()  # URL parameters of the search, in order
    request: SearchRequest = SearchRequest()
    cited_url: str = ""  # url with the generation
    group: Group = "country"  # the sections of a briefing
    # Activities of the selection that are not in the index: their ids, or digits of their hashes.
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An activity with its derived texts."""

    activity: Activity
    heading: str
    url: str

    def values(self, field: str) -> tuple[Value, ...]:
        """Return the values of a field; () if not stated."""
        return self.activity.meta.get(field, ())


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """The content of an export file."""

    source: ExportSource
    rows: Iterator[ExportRow]
    vocabulary: Vocabulary
    exported_at: str  # ISO 8601, UTC

    @property
    def title(self) -> str:
        """The search in words, such as "Activities: trafficking; Country: Pakistan"."""
        parts = [one_line(self.source.text)] if self.source.text.strip() else []
        if number := len(self.source.request.selection):
            parts.append(f"selection of {_activities(number)}")
        parts += [self._parameter(name, value) for name, value in self.source.parameters]
        return ": ".join(["Activities", *(["; ".join(filter(None, parts))] if any(parts) else [])])

    def _parameter(self, name: str, value: str) -> str:
        """Return a parameter in words; "" for one that does not select activities."""
        field = name.removeprefix("-")
        if field in FACETS:
            no = "not " if name.startswith("-") else ""
            return f"{FIELD[field].label}: {no}{self.vocabulary.label(field, value)}"
        return {"year_from": f"From year: {value}", "year_to": f"To year: {value}"}.get(name, "")

    @property
    def criteria(self) -> list[tuple[str, str]]:
        """The search in words: labels and texts, such as ("Country", "Pakistan or Nepal")."""
        if self.source.id:
            return [("Activity", self.source.id)]
        request, criteria = self.source.request, []
        if request.selection:
            criteria.append(("Selection", _activities(len(request.selection))))
        if self.source.missing:
            criteria.append(("Not in the index", ", ".join(self.source.missing)))
        if request.text:
            criteria.append(("Words", request.text))
        if request.match == "all":
            criteria.append(("Match", "only activities with all of the words"))
        for no, filters in (("", request.included), ("not ", request.excluded)):
            for field in dict.fromkeys(item.field for item in filters):
                values = [item.value for item in filters if item.field == field]
                labels = " or ".join(self._criterion(field, value) for value in values)
                criteria.append((FIELD[field].label, no + labels))
        if request.range:
            first, last = request.year_from, request.year_to
            years = [f"from {first}"] if first else []
            years += [f"to {last}"] if last else []
            criteria.append((FIELD["year"].label, " ".join(years)))
        return criteria or [("Search", "all activities")]

    @property
    def criteria_title(self) -> str:
        """The search as a title: "trafficking in Pakistan or Nepal, 2018–2020"."""
        request = self.source.request
        if self.source.id:
            return self.source.id
        labels: dict[str, list[str]] = {}
        for item in request.effective:
            if item.value != NOT_STATED:
                label = self.vocabulary.label(item.field, item.value)
                labels.setdefault(facet_group(item.field), []).append(label)
        places = " or ".join(labels.pop("place", []))
        subject = one_line(request.text)[:MAX_TITLE_TEXT] or ("Activities" if places else "")
        if request.selection:
            subject = subject or "Selected activities"
        title = f"{subject} in {places}" if places else subject
        others = [" or ".join(values) for values in labels.values()]
        if request.range:
            first, last = request.range
            others.append(
                f"{first or ''}–{last or ''}"
                if first and last
                else f"since {first}"
                if first
                else f"until {last}"
            )
        title = ", ".join(filter(None, (title, *others))) or "All activities"
        return title[0].upper() + title[1:]

    def _criterion(self, field: str, value: str) -> str:
        label = self.vocabulary.label(field, value)
        return label.lower() if value == NOT_STATED else label

    @property
    def note(self) -> str:
        """A sentence about the origin of the rows.

        It has no address: a reference manager keeps the note when the site has moved.
        """
        generation, total = self.source.generation, self.source.total
        origin = "" if self.source.id else f"{self.title}. "
        return (
            f"{origin}{_activities(total)}, "
            f"generation {generation.number} indexed {generation.indexed_at}, "
            f"exported {self.exported_at}"
        )

    def labels(self, row: ExportRow, *fields: str) -> list[str]:
        """Return the labels of the values that a row has in some fields."""
        return [
            self.vocabulary.label(field, value) for field in fields for value in row.values(field)
        ]


def _activities(number: int) -> str:
    return f"{number:,} {'activity' if number == 1 else 'activities'}"


def without_control_characters(text: str, replacement: str = "\ufffd") -> str:
    """Replace the characters that XML does not allow."""
    return _CONTROL.sub(replacement, text)


def one_line(text: str) -> str:
    """Return a text on one line and without control characters, for line-based formats."""
    return " ".join(without_control_characters(text).split())
