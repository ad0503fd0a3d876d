"""Render a report as one HTML page that needs no other file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from indexer import __version__
from indexer.clock import now
from indexer.content.folder_summary import COMPLETENESS_FIELDS, percentage
from indexer.report.contents import ReportContents
from indexer.report.links import LINK_SECONDS
from indexer.schema import FIELD
from indexer.settings import edit_address

MAX_NAMED_FILES = 10  # files of a slug or link; further files are only counted
# In the page, so that a folder with a report can be recognised.
GENERATOR = "Activity Search report"


@dataclass(frozen=True, slots=True)
class Places:
    """The place of the report, and the targets of its links."""

    folder: Path  # of the report
    content: Path
    site_url: str = ""  # without a slash at its end; "" for no links to public pages
    edit_url: str = ""  # as in Settings

    def file_url(self, path: str) -> str:
        """Return the address where a file is edited, or of the file relative to the report."""
        if self.edit_url:
            return edit_address(self.edit_url, os.path.relpath(path, self.content))
        return quote(os.path.relpath(path, self.folder.absolute()))

    def shown_path(self, path: str) -> str:
        """Return the path of a file below the content folder."""
        return os.path.relpath(path, self.content)

    def public_url(self, id: str) -> str:
        """Return the address of an activity's page, or ""."""
        return f"{self.site_url}/activities/{quote(id)}" if self.site_url else ""

    def search_url(self, text: str) -> str:
        """Return the address of a search, or ""."""
        return f"{self.site_url}/?{urlencode({'q': text})}" if self.site_url else ""


def render(contents: ReportContents, places: Places, name: str) -> str:
    """Return the page. name is the name of the site."""
    environment = Environment(
        loader=PackageLoader("indexer.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda number: f"{number:,}"
    values: dict[str, Any] = {
        "contents": contents,
        "summary": contents.summary,
        "broken": contents.broken_links(),
        "fields": [
            (FIELD[name].label, contents.summary.without[name]) for name in COMPLETENESS_FIELDS
        ],
        "share": lambda part: percentage(part, contents.summary.activities),
        "places": places,
        "name": name,
        "made_at": now(),
        "generator": f"{GENERATOR} {__version__}",
        "max_named": MAX_NAMED_FILES,
        "link_seconds": int(LINK_SECONDS),
    }
    return environment.get_template("report.html").render(values)
