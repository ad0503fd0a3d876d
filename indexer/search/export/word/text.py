"""The text of a briefing in Word: first page, table, activities, sources and closing note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from indexer.schema import FIELD, NOT_STATED
from indexer.search.export.briefing import Briefing, Entry, Section
from indexer.search.export.word.elements import (
    Bookmarks,
    Links,
    Look,
    internal_link,
    kept_with_next,
    line_break,
    paragraph,
    run,
)
from indexer.search.export.word.markup import body_paragraphs
from indexer.search.export.word.package import Sections

MAX_PORTRAIT_COLUMNS = 11  # of years; a wider table has a page in landscape
MAX_CONTENTS = 25  # sections with a line each in the table of contents; more are one paragraph
BOLD = Look(bold=True)
_PLURALS = {"country": "countries", "theme": "themes", "partner": "partners"}
_FACTS = ("country", "region", "year", "theme", "partner", "agency")


class BriefingText:
    """Writes the elements of one briefing."""

    def __init__(self, briefing: Briefing, links: Links, sections: Sections) -> None:
        self.briefing, self.document = briefing, briefing.document
        self.label = briefing.document.vocabulary.label
        self._links, self._sections, self._bookmarks = links, sections, Bookmarks()

    def elements(self) -> Iterator[str]:
        """Yield the whole text."""
        yield from self._first_page()
        yield from self._contents()
        yield from self._table()
        yield self._heading("Heading1", "activities", self._activities_title)
        for number, section in enumerate(self.briefing.sections, 1):
            yield from self._section(number, section)
        yield from self._list_of_sources()
        yield from self._closing_note()

    @property
    def _activities_title(self) -> str:
        return f"Activities by {FIELD[self.briefing.group].label.lower()}"

    def _heading(self, style: str, anchor: str, text: str) -> str:
        return paragraph(self._bookmarks.around(anchor, run(text)), style)

    def _first_page(self) -> Iterator[str]:
        source, generation = self.document.source, self.document.source.generation
        yield paragraph(run("Briefing"), "Subtitle")
        yield paragraph(run(self.document.criteria_title), "Title")
        facts = [(label, [run(value)]) for label, value in self.document.criteria]
        facts += [
            ("Activities", [run(f"{source.total:,}")]),
            ("Countries", [run(f"{len(self.briefing.stated_countries):,}")]),
            ("Years covered", [run(self._years())]),
            ("Made on", [run(long_date(self.document.exported_at))]),
            (
                "Index",
                [run(f"Generation {generation.number} of {long_date(generation.indexed_at)}")],
            ),
            ("Address", list(self._links.with_links(source.cited_url))),
        ]
        yield table_start("FactsTable", [2200, 7200], first_row=False)
        for label, runs in facts:
            cells = (paragraph(run(label), "TableText"), paragraph("".join(runs), "TableText"))
            yield table_row(cells)
        yield "</w:tbl>"

    def _years(self) -> str:
        years = self.briefing.stated_years
        if not years:
            return "None"
        if len(years) == 1:
            return years[0]
        first, last = years[0].partition("–")[0], years[-1].rpartition("–")[2]
        return f"{first} to {last}"

    def _contents(self) -> Iterator[str]:
        """Yield a filled table of contents.

        It has no page numbers, which only a word processor could compute: the headings have the
        numbers of activities. Word updates it on request, and does not ask when it opens the file.
        """
        is_long = len(self.briefing.sections) > MAX_CONTENTS
        sections = [
            _contents_link(
                _anchor(number),
                f"{self._section_label(section)}\u00a0({section.total:,})"
                if is_long
                else self._section_title(section),
            )
            for number, section in enumerate(self.briefing.sections, 1)
        ]
        if is_long:
            sections = [run(" · ").join(sections)]
        yield paragraph(run("Contents"), "TOCHeading")
        begin = field_begin(r'TOC \o "1-2" \n \h \z \u')
        yield paragraph(begin + _contents_link("table", self._table_title), "TOC1")
        yield paragraph(_contents_link("activities", self._activities_title), "TOC1")
        for links in sections:
            yield paragraph(links, "TOC2")
        yield paragraph(_contents_link("sources", "Sources"), "TOC1")
        yield paragraph(_contents_link("note", "About this briefing") + field_end(), "TOC1")

    @property
    def _table_title(self) -> str:
        return "Activities by country and year"

    def _table(self) -> Iterator[str]:
        counts, vocabulary = self.briefing.counts, self.document.vocabulary
        years = counts.columns()
        is_wide = len(years) > MAX_PORTRAIT_COLUMNS
        if is_wide:
            yield self._sections.end()
        yield self._heading("Heading1", "table", self._table_title)
        yield paragraph(
            run(
                "Each number counts an activity once. An activity can state several countries and "
                "years, so a total can be less than the sum of its row or column."
            ),
            "Caption",
        )
        width = (14_300 if is_wide else 9_400) - 2_500
        columns = [2_500, *([width // (len(years) + 1)] * (len(years) + 1))]
        yield table_start("BriefingTable", columns, last_row=True)
        names = [self.label("year", year) for year in years]
        yield number_row("Country", ["Total", *names], header=True)
        for country in counts.rows(vocabulary):
            numbers = [counts.count(country, year) for year in (None, *years)]
            yield number_row(self.label("country", country), map(_number, numbers))
        totals = [counts.count(None, year) for year in (None, *years)]
        yield number_row("Total", map(_number, totals))
        yield "</w:tbl>"
        yield self._sections.end(landscape=True) if is_wide else paragraph("", "TableEnd")

    def _section_title(self, section: Section) -> str:
        total, label = section.total, self._section_label(section)
        return f"{label}: {total:,} {'activity' if total == 1 else 'activities'}"

    def _section_label(self, section: Section) -> str:
        if section.value == NOT_STATED:
            return f"No {FIELD[self.briefing.group].label.lower()} stated"
        return section.label

    def _section(self, number: int, section: Section) -> Iterator[str]:
        yield self._heading("Heading2", _anchor(number), self._section_title(section))
        for year, entries in section.years:
            title = year if year != NOT_STATED else "No year stated"
            yield paragraph(run(title), "Heading3")
            for entry in entries:
                yield from self._entry(entry)
        if section.references:
            runs = [run("See ")]
            for position, (entry, label) in enumerate(section.references):
                runs.append(run(", ") if position else "")
                runs.append(internal_link(_activity(entry), f"activity {entry.number}"))
                runs.append(run(f" (in {label})"))
            yield paragraph("".join([*runs, run(".")]))

    def _entry(self, entry: Entry) -> Iterator[str]:
        activity = entry.activity
        heading = self._bookmarks.around(_activity(entry), run(f"Activity {entry.number}"))
        if entry.title:
            heading += run(": ") + run(entry.title, language=activity.language)
        yield paragraph(heading, "Heading4")
        body = list(body_paragraphs(activity.body, activity.language, self._links))
        yield from body[:-1]
        # The facts are on the page of the last lines of the text.
        yield from map(kept_with_next, body[-1:])
        facts = self._facts(entry)
        if facts:
            yield paragraph(facts, "ActivityFacts")
        yield paragraph(self._source(entry), "ActivityFacts")
        generation = self.document.source.generation.number
        seen = f" (seen on {long_date(self.document.exported_at)} in generation {generation})"
        address = "".join(self._links.with_links(entry.row.url))
        yield paragraph(run("Address: ", BOLD) + address + run(seen), "ActivityAddress")

    def _facts(self, entry: Entry) -> str:
        """Return the values of an activity. Its regions are left out if it states a country."""
        facts = []
        for field in _FACTS:
            values = entry.row.values(field)
            if values and not (field == "region" and entry.row.values("country")):
                name = "Reported by" if field == "agency" else FIELD[field].label
                labels = ", ".join(self.label(field, value) for value in values)
                facts.append(run(f"{name}: ", BOLD) + run(labels))
        return run(" · ").join(facts)

    def _source(self, entry: Entry) -> str:
        if entry.source is None:
            return run("Source: ", BOLD) + run("not stated")
        mark = internal_link(f"source_{entry.source.number}", f"[{entry.source.number}]")
        text = "".join(self._links.with_links(f" {entry.source.text}"))
        return run("Source: ", BOLD) + mark + text

    def _list_of_sources(self) -> Iterator[str]:
        yield self._heading("Heading1", "sources", "Sources")
        if not self.briefing.sources:
            yield paragraph(run("No activity states a source."))
        for source in self.briefing.sources:
            mark = self._bookmarks.around(f"source_{source.number}", run(f"[{source.number}]"))
            text = "".join(self._links.with_links(source.text))
            numbers = [internal_link(f"activity_{n}", str(n)) for n in source.activities]
            name = "Activity " if len(numbers) == 1 else "Activities "
            back = line_break() + run(name) + run(", ").join(numbers)
            yield paragraph(f"{mark}<w:r><w:tab/></w:r>{text}{back}", "SourceEntry")

    def _closing_note(self) -> Iterator[str]:
        source, generation = self.document.source, self.document.source.generation
        yield self._heading("Heading1", "note", "About this briefing")
        criteria = "; ".join(f"{label}: {value}" for label, value in self.document.criteria)
        sentences = [
            f"This briefing was made on {long_date(self.document.exported_at)} at "
            f"{self.document.exported_at[11:16]} UTC from generation {generation.number} of the "
            f"index, of {long_date(generation.indexed_at)}. It has every activity that the search "
            f"found: {source.total:,} for the criteria “{criteria}”.",
            "The text of each activity is complete and unchanged. Each activity is a paragraph "
            "from a published report, and its source follows it. An activity that states "
            f"several {_PLURALS[self.briefing.group]} is in full in the first of their sections; "
            "the other sections refer to it.",
            "“Not stated” means that the text of an activity names no such value.",
        ]
        for sentence in sentences:
            yield paragraph(run(sentence))
        repeat = run("To repeat the search, open ") + "".join(
            self._links.with_links(source.cited_url)
        )
        rest = ". If the collection has changed since, the page says so."
        yield paragraph(repeat + run(rest))


def long_date(time: str) -> str:
    """Return the date of an ISO 8601 time: 28 November 2026."""
    date = datetime.fromisoformat(time)
    return f"{date.day} {date:%B %Y}"


def _number(number: int) -> str:
    return f"{number:,}" if number else "–"


def _anchor(section: int) -> str:
    return f"section_{section}"


def _activity(entry: Entry) -> str:
    return f"activity_{entry.number}"


def _contents_link(anchor: str, text: str) -> str:
    return f'<w:hyperlink w:anchor="{anchor}" w:history="1">{run(text)}</w:hyperlink>'


def field_begin(code: str) -> str:
    """Return the runs that begin a field, up to its result."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def field_end() -> str:
    """Return the run that ends a field."""
    return '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def table_start(
    style: str, widths: Sequence[int], first_row: bool = True, last_row: bool = False
) -> str:
    """Return the start of a table. widths: of its columns, in twentieths of a point."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:firstRow="{int(first_row)}" '
        f'w:lastRow="{int(last_row)}" w:firstColumn="1" w:lastColumn="0" w:noHBand="1" '
        f'w:noVBand="1"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>'
    )


def table_row(cells: Sequence[str], header: bool = False) -> str:
    """Return a row of a table. A header is repeated on each page; no row is divided."""
    repeated = "<w:tblHeader/>" if header else ""
    content = "".join(f"<w:tc>{cell}</w:tc>" for cell in cells)
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{content}</w:tr>"


def number_row(label: str, numbers: Iterable[str], header: bool = False) -> str:
    """Return a row with a label and numbers."""
    cells = [paragraph(run(label), "TableText")]
    cells += [paragraph(run(number), "TableNumber") for number in numbers]
    return table_row(cells, header)
