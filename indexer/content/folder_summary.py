"""Counts of a content folder: its files, its problems by kind, and what its activities lack."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from indexer.content.activity import InvalidActivity, ParsedFile
from indexer.content.folder_walk import ContentFile

# Activities without one of these fields are counted.
COMPLETENESS_FIELDS = ("country", "year", "theme", "partner", "source")


@dataclass(slots=True)
class KindCount:
    """The number of problems of a kind, and the files that have them."""

    problems: int = 0
    paths: set[str] = field(default_factory=set)

    def add(self, problem: InvalidActivity) -> None:
        """Count a problem."""
        self.problems += 1
        self.paths.add(problem.path)


class FolderSummary:
    """Counts the files of check_folder()."""

    def __init__(self) -> None:
        """Start with no files. Counts of problems are by kind."""
        self.files = self.activities = self.withdrawn = self.rejected = 0
        self.errors: defaultdict[str, KindCount] = defaultdict(KindCount)
        self.warnings: defaultdict[str, KindCount] = defaultdict(KindCount)
        self.without: Counter[str] = Counter()  # activities by missing field

    def add(self, file: ContentFile, parsed: ParsedFile) -> None:
        """Count a file.

        A withdrawn activity, such as a draft, is not checked for missing fields. A settings file
        has no id and is not counted as a file.
        """
        self.files += file.id != ""
        for error in parsed.errors:
            self.errors[error.kind].add(error)
        self.add_warnings(parsed.warnings)
        if parsed.withdrawn:
            self.withdrawn += 1
        elif activity := parsed.activity:
            self.activities += 1
            missing = (name for name in COMPLETENESS_FIELDS if not activity.meta.get(name))
            self.without.update(missing)
        elif file.id:
            self.rejected += 1

    def add_warnings(self, warnings: Iterable[InvalidActivity]) -> None:
        """Count warnings."""
        for warning in warnings:
            self.warnings[warning.kind].add(warning)

    @property
    def error_count(self) -> int:
        """The number of errors of all kinds."""
        return sum(count.problems for count in self.errors.values())

    @property
    def warning_count(self) -> int:
        """The number of warnings of all kinds."""
        return sum(count.problems for count in self.warnings.values())

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON values."""

        def by_kind(counts: dict[str, KindCount]) -> dict[str, dict[str, int]]:
            return {
                kind: {"problems": count.problems, "files": len(count.paths)}
                for kind, count in _most_frequent(counts)
            }

        return {
            "files": self.files,
            "activities": self.activities,
            "withdrawn": self.withdrawn,
            "rejected": self.rejected,
            "errors": by_kind(self.errors),
            "warnings": by_kind(self.warnings),
            "without": {name: self.without[name] for name in COMPLETENESS_FIELDS},
        }

    def lines(self) -> list[str]:
        """Return the counts as lines for people."""
        lines = [
            f"{self.activities:,} activities, {self.withdrawn:,} kept out by their file (drafts), "
            f"{self.rejected:,} files rejected"
        ]
        for title, counts in (("Errors", self.errors), ("Warnings", self.warnings)):
            if counts:
                lines += ["", title]
            lines += [
                f"{count.problems:9,} {kind}, in {len(count.paths):,} "
                f"file{'' if len(count.paths) == 1 else 's'}"
                for kind, count in _most_frequent(counts)
            ]
        lines += ["", "Activities without"]
        lines += [
            f"{self.without[name]:9,} {name} ({percentage(self.without[name], self.activities)})"
            for name in COMPLETENESS_FIELDS
        ]
        return lines


def percentage(part: int, whole: int) -> str:
    """Return a share for people. Only no activity is "0 %", and only all are "100 %"."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 1:
        return "less than 1 %"
    if 99 < percent < 100:
        return "more than 99 %"
    return f"{percent:.0f} %"


def _most_frequent(counts: dict[str, KindCount]) -> list[tuple[str, KindCount]]:
    return sorted(counts.items(), key=lambda item: (-item[1].problems, item[0]))
