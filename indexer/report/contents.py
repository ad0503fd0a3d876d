"""Collect what needs an editor from a content folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from indexer.content.activity import Activity, InvalidActivity, heading
from indexer.content.files import check_folder
from indexer.content.folder_summary import FolderSummary
from indexer.content.folder_walk import ContentFile, printable
from indexer.content.repeat_warnings import RepeatedFile, RepeatedFiles
from indexer.report.links import CheckedLinks, LinkProblem, urls_in

MAX_LISTED = 500  # items of a section; further items are only counted

Item = TypeVar("Item")


class ListedFile(NamedTuple):
    """An activity in the report."""

    id: str
    path: str
    heading: str


@dataclass(slots=True)
class Listing(Generic[Item]):
    """The first MAX_LISTED items of a section, and the number of all items."""

    items: list[Item] = field(default_factory=list)
    total: int = 0

    def add(self, item: Item) -> None:
        """Count an item, and keep it if there are fewer than MAX_LISTED."""
        self.total += 1
        if len(self.items) < MAX_LISTED:
            self.items.append(item)

    @property
    def left_out(self) -> int:
        """The number of items that are not listed."""
        return self.total - len(self.items)

    @classmethod
    def of(cls, items: Iterable[Item]) -> Listing[Item]:
        """Return a listing of some items."""
        listing = cls()
        for item in items:
            listing.add(item)
        return listing


class UnknownSlug(NamedTuple):
    """A slug that is not in the vocabulary, and the files that have it."""

    field: str
    reason: str  # with the fix
    problems: Listing[InvalidActivity]


class BrokenLink(NamedTuple):
    """A link that leads to no page, and the files that have it."""

    url: str
    problem: LinkProblem
    files: Listing[ListedFile]


@dataclass(slots=True)
class ReportContents:
    """The contents of a report. A list that was not requested is None."""

    content: Path
    summary: FolderSummary = field(default_factory=FolderSummary)
    rejected: Listing[tuple[str, Sequence[InvalidActivity]]] = field(default_factory=Listing)
    warnings: Listing[InvalidActivity] = field(default_factory=Listing)
    unknown_slugs: Listing[UnknownSlug] = field(default_factory=Listing)
    without_country: Listing[ListedFile] = field(default_factory=Listing)
    without_year: Listing[ListedFile] = field(default_factory=Listing)
    repeats: Listing[Sequence[RepeatedFile]] = field(default_factory=Listing)
    files_by_url: dict[str, Listing[ListedFile]] = field(default_factory=dict)
    links: CheckedLinks | None = None
    searches: Sequence[tuple[str, int]] | None = None  # (text, number of searches)

    def broken_links(self) -> Listing[BrokenLink]:
        """Return the links with a problem; certain problems come first."""
        problems = self.links.problems if self.links else {}
        ordered = sorted(problems.items(), key=lambda item: (not item[1].is_certain, item[0]))
        return Listing.of(
            BrokenLink(url, problem, self.files_by_url[url]) for url, problem in ordered
        )


def read_contents(content: Path, index: Path) -> ReportContents:
    """Read a content folder. index: the folder with the last good versions of settings files.

    Raises InvalidActivity if the folder cannot be read.
    """
    contents = ReportContents(content)
    repeated = RepeatedFiles()
    slugs: defaultdict[tuple[str, str], Listing[InvalidActivity]] = defaultdict(Listing)
    for file, parsed in check_folder(content, index):
        contents.summary.add(file, parsed)
        repeated.add(file, parsed)
        if parsed.errors:
            contents.rejected.add((printable(file.path), parsed.errors))
        for warning in parsed.warnings:
            if warning.kind == "unknown-slug":
                slugs[warning.field, warning.reason].add(warning)
            else:
                contents.warnings.add(warning)
        if parsed.activity and not parsed.withdrawn:
            _add_activity(contents, file, parsed.activity)
    ordered = sorted(slugs.items(), key=lambda item: (-item[1].total, item[0]))
    contents.unknown_slugs = Listing.of(UnknownSlug(*key, problems) for key, problems in ordered)
    contents.repeats = Listing.of(repeated.groups())
    return contents


def _add_activity(contents: ReportContents, file: ContentFile, activity: Activity) -> None:
    urls = [url for source in activity.meta.get("source", ()) for url in urls_in(str(source))]
    missing = [
        listing
        for name, listing in (
            ("country", contents.without_country),
            ("year", contents.without_year),
        )
        if not activity.meta.get(name)
    ]
    if not urls and not missing:
        return
    title = heading(activity.meta.get("title", ()), activity.text)
    listed = ListedFile(activity.id, printable(file.path), title)
    for listing in missing:
        listing.add(listed)
    for url in urls:
        contents.files_by_url.setdefault(url, Listing()).add(listed)
