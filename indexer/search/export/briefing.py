"""A briefing: the activities of a search in sections, with numbers and a list of sources.

The Word document and the page for print show the same briefing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.schema import NOT_STATED
from indexer.search.export.country_years import CountryYears
from indexer.search.export.document import ExportDocument, ExportRow, Group
from indexer.search.export.errors import ExportTooLarge
from indexer.search.request import SearchRequest
from indexer.text.collation import sort_key

MAX_ACTIVITIES = 2_000
MAX_CHARACTERS = 10_000_000  # of all texts; 2,000 activities of two pages each have this length
MAX_YEAR_COLUMNS = 20  # columns of the table; more years are grouped by decade


@dataclass(frozen=True, slots=True)
class Source:
    """A source, and the numbers of the activities that name it."""

    number: int  # from 1
    text: str
    activities: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """An activity in a briefing."""

    number: int  # from 1, in the order of the briefing
    row: ExportRow
    source: Source | None

    @property
    def activity(self) -> Activity:
        """The activity."""
        return self.row.activity

    @property
    def title(self) -> str:
        """The title that the activity states; "" without one."""
        return str(next(iter(self.row.values("title")), ""))


@dataclass(frozen=True, slots=True)
class Section:
    """The activities that state one value: those in full by year, and references to others."""

    value: str  # "none" for the activities that state none
    label: str
    years: tuple[tuple[str, tuple[Entry, ...]], ...]  # (year or "none", activities), newest first
    # Activities that also state this value, each in full in an earlier section, with its label.
    references: tuple[tuple[Entry, str], ...]

    @property
    def total(self) -> int:
        """The number of activities, references included."""
        return sum(len(entries) for _, entries in self.years) + len(self.references)


@dataclass(frozen=True, slots=True)
class Briefing:
    """The content of a briefing. Its document has no more rows."""

    document: ExportDocument
    group: Group
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    counts: CountryYears

    @property
    def stated_countries(self) -> list[str]:
        """The codes of the countries in the table."""
        return [code for code in self.counts.rows(self.document.vocabulary) if code != NOT_STATED]

    @property
    def stated_years(self) -> list[str]:
        """The years or decades in the table."""
        return [year for year in self.counts.columns() if year != NOT_STATED]


def make_briefing(document: ExportDocument) -> Briefing:
    """Read the rows of an export, and arrange them. Raises ExportTooLarge."""
    source = document.source
    if source.total > MAX_ACTIVITIES:
        raise ExportTooLarge(source.total, MAX_ACTIVITIES)
    rows, characters = [], 0
    for row in document.rows:
        characters += len(row.activity.body)
        if characters > MAX_CHARACTERS:
            raise ExportTooLarge(source.total, MAX_CHARACTERS, "characters")
        rows.append(row)
    counts = _counted(rows, source.request)
    group = source.group
    arranged: dict[str, dict[str, list[ExportRow]]] = {}
    others: dict[str, list[tuple[ExportRow, str]]] = {}
    order = _SectionOrder(document.vocabulary, group)
    for row in rows:
        first, *rest = sorted(_values(row, source.request, group), key=order)
        year = max(_years(row, counts), default=NOT_STATED)
        arranged.setdefault(first, {}).setdefault(year, []).append(row)
        for value in rest:
            others.setdefault(value, []).append((row, first))
    return _numbered(document, arranged, others, order, counts)


class _SectionOrder:
    """The sort key of the value of a section: by label, "none" last."""

    def __init__(self, vocabulary: Vocabulary, group: Group) -> None:
        self.vocabulary, self.group = vocabulary, group

    def __call__(self, value: str) -> tuple[bool, bytes]:
        return value == NOT_STATED, sort_key(self.label(value), self.vocabulary.locale)

    def label(self, value: str) -> str:
        return self.vocabulary.label(self.group, value)


def _counted(rows: Sequence[ExportRow], request: SearchRequest) -> CountryYears:
    """Count the activities by country and year, or by decade if there are many years."""
    counts = CountryYears(request)
    for row in rows:
        counts.add(row.activity)
    if len(counts.columns()) > MAX_YEAR_COLUMNS:
        counts = CountryYears(request, by_decade=True)
        for row in rows:
            counts.add(row.activity)
    return counts


def _years(row: ExportRow, counts: CountryYears) -> list[str]:
    """Return the years of an activity that the filters include."""
    return [year for year in map(str, row.values("year")) if counts.includes("year", year)]


def _values(row: ExportRow, request: SearchRequest, group: Group) -> list[str]:
    """Return the values of an activity that the filters include. It is listed under each."""
    stated = list(dict.fromkeys(map(str, row.values(group))))
    if group == "country":
        included = [code for code in stated if request.includes_country(code)]
    else:
        filters = {item.value for item in request.included if item.field == group}
        included = [value for value in stated if not filters or value in filters]
    return included or [NOT_STATED]


def _numbered(
    document: ExportDocument,
    arranged: dict[str, dict[str, list[ExportRow]]],
    others: dict[str, list[tuple[ExportRow, str]]],
    order: _SectionOrder,
    counts: CountryYears,
) -> Briefing:
    """Number the activities and sources in the order of the sections."""
    sources: dict[str, Source] = {}
    entries: dict[str, Entry] = {}  # by id
    sections = []
    for value in sorted(arranged.keys() | others.keys(), key=order):
        years = []
        by_year = arranged.get(value, {})
        for year in sorted(by_year, key=_newest_first):
            for row in by_year[year]:
                entries[row.activity.id] = _entry(len(entries) + 1, row, sources)
            years.append((year, tuple(entries[row.activity.id] for row in by_year[year])))
        # The section with the activity in full sorts before this one, so it is numbered.
        references = [
            (entries[row.activity.id], order.label(first)) for row, first in others.get(value, [])
        ]
        references.sort(key=lambda reference: reference[0].number)
        sections.append(Section(value, order.label(value), tuple(years), tuple(references)))
    group = document.source.group
    return Briefing(document, group, tuple(sections), tuple(sources.values()), counts)


def _newest_first(year: str) -> tuple[bool, int]:
    return (True, 0) if year == NOT_STATED else (False, -int(year))


def _entry(number: int, row: ExportRow, sources: dict[str, Source]) -> Entry:
    text = "; ".join(map(str, row.values("source"))).strip()
    if not text:
        return Entry(number, row, None)
    source = sources.setdefault(text, Source(len(sources) + 1, text))
    source.activities.append(number)
    return Entry(number, row, source)
