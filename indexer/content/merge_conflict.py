"""Find the markers that Git leaves in a file with a merge conflict."""

from __future__ import annotations

import re

from indexer.content.frontmatter import FrontMatterError

_MARKER = re.compile(r"^(<{7}|={7}|>{7})(?: [^\n]*+)?+$", re.MULTILINE)


def check_merge_conflict(text: str) -> None:
    """Raise FrontMatterError with the line of the first marker if a text has a merge conflict.

    A line "=======" is a marker only together with others: alone it underlines a heading.
    """
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return
    markers = [(match[1], match.start()) for match in _MARKER.finditer(text)]
    if any(marker != "=======" for marker, _ in markers):
        marker, start = markers[0]
        raise FrontMatterError(
            text.count("\n", 0, start) + 1,
            f'has a merge conflict ("{marker}"): keep one version, and remove the markers',
            "merge-conflict",
        )
