"""Warnings about repeated activities in a content folder, which name the other files."""

from __future__ import annotations

from typing import NamedTuple

from indexer.content.activity import InvalidActivity, ParsedFile, heading
from indexer.content.folder_walk import ContentFile, printable
from indexer.content.repeats import RepeatFinder
from indexer.schema import Value

MAX_NAMED = 3  # other files in one warning


class RepeatedFile(NamedTuple):
    """A file whose text repeats that of another file, and what tells both apart."""

    id: str
    path: str
    heading: str
    countries: tuple[Value, ...]
    years: tuple[Value, ...]

    @property
    def place(self) -> str:
        """The path, with the years in brackets."""
        years = ", ".join(map(str, self.years))
        return f"{self.path} ({years})" if years else self.path


class RepeatedFiles:
    """Groups the files of check_folder() that repeat each other."""

    def __init__(self) -> None:
        self._finder = RepeatFinder()
        self._files: dict[str, RepeatedFile] = {}

    def add(self, file: ContentFile, parsed: ParsedFile) -> None:
        """Add a file. Drafts and files with errors are not compared."""
        activity = parsed.activity
        if activity is None or parsed.withdrawn:
            return
        self._finder.add(activity.id, activity.text, activity.language)
        countries, years = (activity.meta.get(name, ()) for name in ("country", "year"))
        title = heading(activity.meta.get("title", ()), activity.text)
        path = printable(file.path)
        self._files[activity.id] = RepeatedFile(activity.id, path, title, countries, years)

    def groups(self) -> list[list[RepeatedFile]]:
        """Return the groups of files that repeat each other, in the order of their ids."""
        return [[self._files[id] for id in group] for group in self._finder.groups()]

    def warnings(self) -> list[InvalidActivity]:
        """Return a warning for each file that repeats others."""
        return [
            _warning(file, [other for other in group if other != file])
            for group in self.groups()
            for file in group
        ]


def _warning(file: RepeatedFile, others: list[RepeatedFile]) -> InvalidActivity:
    names = [other.place for other in others[:MAX_NAMED]]
    if len(others) > MAX_NAMED:
        names.append(f"{len(others) - MAX_NAMED:,} more")
    places = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    reason = (
        f"has nearly the same text as {places}: keep each one that was reported on its own, and "
        "remove copies"
    )
    return InvalidActivity(file.path, 1, "", reason, "repeated-text")
