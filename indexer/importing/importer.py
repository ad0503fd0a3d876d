"""Import a source text: one content file per paragraph, with evidence for each proposed value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.content.activity import MAX_FILE_SIZE, parse
from indexer.content.activity import to_markdown as to_content_file
from indexer.content.evidence import EVIDENCE_FOLDER
from indexer.content.slug_check import SLUG_FIELDS
from indexer.content.vocabulary import VOCABULARY_FILE, Vocabulary
from indexer.importing.columns import Columns
from indexer.importing.content_writer import Proof, add_labels, write_activity
from indexer.importing.front_matter import (
    FrontMatter,
    SourceDetails,
    free_id,
    propose,
    stated_values,
)
from indexer.importing.furniture import is_furniture
from indexer.importing.markdown_escaping import shown_text, to_markdown, to_strict_markdown
from indexer.importing.paragraph import Paragraph, SourceReport
from indexer.importing.paragraph_index import ParagraphIndex, identifying
from indexer.importing.sources import read_source
from indexer.progress import Progress, no_progress

MAX_PARAGRAPH_SIZE = MAX_FILE_SIZE // 2  # bytes; leaves room for the front matter
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import treats a source and its paragraphs."""

    columns: Columns = field(default_factory=Columns)
    keep_duplicates: bool = False  # also write paragraphs that already exist
    dry_run: bool = False  # write nothing


@dataclass(slots=True)
class ImportReport(SourceReport):
    """The result of an import: ids, evidence and messages."""

    written: list[str] = field(default_factory=list)  # ids of the new activities
    evidence: list[Proof] = field(default_factory=list)  # of the new activities
    duplicates: list[str] = field(default_factory=list)  # paragraphs that exist already
    versions: list[str] = field(default_factory=list)  # paragraphs that are nearly like another


def import_source(
    data: bytes,
    name: str,
    content: Path,
    details: SourceDetails | None = None,
    options: ImportOptions | None = None,
    *,
    today: dt.date | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Write a content file for each new paragraph of a source.

    name: the file name of the source. No file is overwritten. A paragraph that already exists, or
    that is another version of an existing one, is reported and not written, unless the options keep
    duplicates.

    Raises SourceError for a source that cannot be read, FrontMatterError for its encoding,
    InvalidActivity for a vocabulary with errors, and OSError if the content folder cannot be
    written.
    """
    options = options or ImportOptions()
    report = ImportReport()
    paragraphs = read_source(data, name, options.columns, report)
    if not paragraphs and not report.errors:
        report.errors.append("the source has no paragraphs: choose another file")
    import_paragraphs(
        paragraphs, content, details, options, report=report, today=today, progress=progress
    )
    return report


def import_paragraphs(
    paragraphs: Sequence[Paragraph],
    content: Path,
    details: SourceDetails | None = None,
    options: ImportOptions | None = None,
    *,
    report: ImportReport | None = None,
    today: dt.date | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Write a content file for each new paragraph, and return a report, which may be given.

    Raises InvalidActivity for a vocabulary with errors, and OSError if the content folder cannot be
    written.
    """
    details, options = details or SourceDetails(), options or ImportOptions()
    report = report or ImportReport()
    date = today or dt.datetime.now(dt.UTC).date()
    log = content / EVIDENCE_FOLDER / f"{date}.jsonl"
    importer = _Importer(content, details, log, options, report)
    for number, paragraph in enumerate(paragraphs, 1):
        importer.add(paragraph)
        progress("importing", number, len(paragraphs))
    return report


class _Importer:
    """Imports paragraphs into a content folder, one at a time."""

    def __init__(
        self,
        content: Path,
        details: SourceDetails,
        log: Path,
        options: ImportOptions,
        report: ImportReport,
    ) -> None:
        self.report = report
        self._content, self._details, self._log, self._options = content, details, log, options
        vocabulary = Vocabulary.load(content) if content.is_dir() else Vocabulary({})
        self._labelled = {(name, key) for name in SLUG_FIELDS for key in vocabulary.labels(name)}
        self._index = ParagraphIndex(content)

    def add(self, paragraph: Paragraph) -> None:
        """Import a paragraph, or report why it is not imported."""
        report, place = self.report, paragraph.place
        text = shown_text(paragraph.text)
        if not paragraph.is_value and is_furniture(text):
            report.drop(place, text, "is not a paragraph")
        elif control := _CONTROL_CHARACTER.search(text):
            name = f"U+{ord(control[0]):04X}"
            report.errors.append(f"{place}: has the control character {name}: remove it")
        elif len(text.encode()) > MAX_PARAGRAPH_SIZE:
            report.errors.append(
                f"{place}: the paragraph is larger than {MAX_PARAGRAPH_SIZE:,} bytes: split it"
            )
        elif self._options.keep_duplicates or not self._is_known(paragraph, text, place):
            self._import(paragraph, text, place)

    def _is_known(self, paragraph: Paragraph, text: str, place: str) -> bool:
        """Return whether a paragraph already exists, perhaps as another version, and report it."""
        stated = identifying(stated_values(paragraph, self._details))
        if (id := self._index.find_equal(text, stated)) is not None:
            self.report.duplicates.append(f"{place}: already exists as {self._path(id)}")
        elif (id := self._index.find_similar(text, stated)) is not None:
            self.report.versions.append(
                f"{place}: another version of {self._path(id)}: edit that file if it is outdated, "
                "or import with --keep-duplicates"
            )
        return id is not None

    def _import(self, paragraph: Paragraph, text: str, place: str) -> None:
        front_matter = propose(paragraph, text, self._details)
        id = paragraph.id or free_id(text, front_matter, self._index, self._content)
        if paragraph.id and (paragraph.id in self._index or self._path(paragraph.id).exists()):
            self.report.errors.append(f"{self._path(paragraph.id)} exists: choose another id")
            return
        markdown, errors = _compose(id, front_matter, paragraph.text)
        if errors:
            self.report.errors += [f"{place}: {error}" for error in errors]
            return
        proofs = [Proof(id, *proposal) for proposal in front_matter.proposals]
        if not self._options.dry_run:
            # Labels are written first: an interruption never leaves a file with a slug without one.
            self._add_labels(front_matter.labels)
            try:
                write_activity(self._content, id, markdown, proofs, self._log)
            except FileExistsError:
                self.report.errors.append(
                    f"{place}: {self._path(id)} was created by another program during the import: "
                    "import the paragraph again"
                )
                return
        self.report.evidence += proofs
        self.report.written.append(id)
        values = {name: frozenset(values) for name, values in front_matter.meta.items()}
        self._index.add(id, text, identifying(values))

    def _add_labels(self, labels: dict[str, dict[str, str]]) -> None:
        by_key = {
            (name, key): text for name, texts in labels.items() for key, text in texts.items()
        }
        if not by_key.keys() <= self._labelled:
            add_labels(self._content / VOCABULARY_FILE, by_key)
            self._labelled |= by_key.keys()

    def _path(self, id: str) -> Path:
        return self._content / f"{id}.md"


def _compose(id: str, front_matter: FrontMatter, text: str) -> tuple[str, list[str]]:
    """Return a content file that shows a text, or the errors that prevent it.

    The file is parsed to verify that it shows the text. If escaping the common markup is not
    enough, all punctuation is escaped.
    """
    markdown, errors = "", []
    for escape in (to_markdown, to_strict_markdown):
        markdown = to_content_file(front_matter.meta, escape(text))
        parsed = parse(id, "", markdown.encode())
        if parsed.activity is not None and parsed.activity.text == shown_text(text):
            return markdown, []
        errors = [f"{error.field or 'text'}: {error.reason}" for error in parsed.errors]
    return markdown, errors or ["the text cannot be written as Markdown that shows it unchanged"]
