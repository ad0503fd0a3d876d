"""The errors of exports."""

from __future__ import annotations

from typing import Literal


class ExportError(Exception):
    """An export that fails. The message names the problem and the fix."""


class ExportTooLarge(ExportError):
    """A search has more activities, or more text, than a format can hold.

    total: the number of activities. unit: the unit of the limit.
    """

    def __init__(
        self, total: int, limit: int, unit: Literal["activities", "characters"] = "activities"
    ) -> None:
        self.total, self.limit, self.unit = total, limit, unit
        super().__init__(
            f"the search has {total:,} activities, and a file of this format has at most "
            f"{limit:,} {unit}: narrow the search, or choose another format"
        )


class ExportNotWritten(ExportError):
    """The temporary file of an export cannot be written, for example because a disk is full."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"{folder}: the temporary file of the export cannot be written ({reason}): free disk "
            "space, or set TMPDIR to a folder on another disk"
        )
