"""The blocks of a document: paragraphs, headings and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.importing.columns import Columns, Row, has_text_column, read_table
from indexer.importing.furniture import ends_sentence
from indexer.importing.paragraph import Paragraph, SourceReport


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, a heading or an item of a list."""

    place: str
    text: str
    role: str = ""  # such as "a heading", if it is not a paragraph


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table, as rows of cells and as the blocks in its cells."""

    rows: Sequence[Row]
    blocks: Sequence[TextBlock]


def read_blocks(
    blocks: Iterable[TextBlock | TableBlock], name: str, columns: Columns, report: SourceReport
) -> Iterator[Paragraph]:
    """Yield the paragraphs of a document.

    A table with a text column is read row by row, other tables as the paragraphs in their cells.
    Headings are reported as dropped, unless they are sentences.
    """
    for block in blocks:
        if isinstance(block, TableBlock):
            if has_text_column(block.rows, columns):
                yield from read_table(block.rows, name, columns, report)
            else:
                yield from read_blocks(block.blocks, name, columns, report)
        elif block.role and not ends_sentence(block.text):
            report.drop(block.place, block.text, f"is {block.role}")
        else:
            yield Paragraph(block.place, block.text)
