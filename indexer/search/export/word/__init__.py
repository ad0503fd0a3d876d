"""DOCX export: a briefing for Word.

python-docx makes the styles and the other parts of the file. The text is written as elements, one
after the other, in constant memory. May import the same packages as indexer.search.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from indexer.search.export.briefing import make_briefing
from indexer.search.export.document import ExportDocument, one_line
from indexer.search.export.temporary_file import written_file
from indexer.search.export.word.package import Properties, write_package
from indexer.search.export.word.text import BriefingText, long_date

__all__ = ["write_docx"]


def write_docx(document: ExportDocument) -> Iterator[bytes]:
    """Write the briefing, and return an iterator over its bytes.

    Raises ExportTooLarge and ExportNotWritten.
    """
    briefing = make_briefing(document)
    generation = document.source.generation
    title = one_line(document.criteria_title)
    properties = Properties(
        title=f"Briefing: {title}",
        subject=one_line("; ".join(f"{label}: {value}" for label, value in document.criteria)),
        made_at=datetime.fromisoformat(document.exported_at),
        header=f"Briefing: {title}"[:120],
        footer=f"Generation {generation.number} of {long_date(generation.indexed_at)}",
    )
    return written_file(
        lambda file, _: write_package(
            file,
            properties,
            lambda links, sections: BriefingText(briefing, links, sections).elements(),
        )
    )
