"""A parameter of commands that names a generation by its number or by a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

MAX_DIGITS = 9  # of the number of a generation


class NumberOrTime(click.ParamType[int | datetime]):
    """A parameter type: the number of a generation, or an ISO 8601 time."""

    name = "number or time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | datetime:
        """Return a number, or an aware time. A time without a zone is in the local zone."""
        if isinstance(value, int | datetime):
            return value
        text = str(value).strip()
        if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:
            return int(text)
        try:
            return datetime.fromisoformat(text).astimezone()
        except (ValueError, OverflowError, OSError):
            self.fail(
                f'"{text}" is neither the number of a generation nor a time: '
                "write 12, 2026-11-28T09:30 or 2026-11-28T09:30:00Z",
                param,
                ctx,
            )
