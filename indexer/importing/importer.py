"""Import a source text: one content file per paragraph, with evidence for each proposed value."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path

from indexer.content.activity import MAX_FILE_SIZE, parse, to_markdown
from indexer.content.vocabulary import VOCABULARY_FILE, Vocabulary
from indexer.importing.content_writer import Proof, add_labels, write_activity
from indexer.importing.front_matter import SourceDetails, free_id, propose
from indexer.importing.paragraph_index import ParagraphIndex
from indexer.importing.sources import Paragraph, is_furniture, paragraphs
from indexer.progress import Progress, no_progress

EVIDENCE_FOLDER = "_import"  # in the content folder; one log per day
MAX_PARAGRAPH_SIZE = MAX_FILE_SIZE // 2  # bytes; leaves room for the front matter
MAX_QUOTE_LENGTH = 60  # characters of a dropped line in its message


@dataclass(slots=True)
class ImportReport:
    """The result of an import: ids, evidence, and messages that begin with a line number."""

    written: list[str] = field(default_factory=list)  # ids of the new activities
    evidence: list[Proof] = field(default_factory=list)  # of the new activities
    duplicates: list[str] = field(default_factory=list)  # paragraphs that exist already
    versions: list[str] = field(default_factory=list)  # paragraphs that are nearly like another
    dropped: list[str] = field(default_factory=list)  # page furniture
    errors: list[str] = field(default_factory=list)


def import_text(
    text: str,
    name: str,
    content: Path,
    details: SourceDetails | None = None,
    *,
    dry_run: bool = False,
    today: dt.date | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Write a content file for each new paragraph of a source.

    name is the file name of the source; its extension decides the format. No file is overwritten.
    A paragraph that is nearly like an existing one is reported and not written. With dry_run
    nothing is written. Raises SourceError for an unreadable source, InvalidActivity for a
    vocabulary with errors, and OSError if the content folder cannot be written.
    """
    details = details or SourceDetails()
    date = today or dt.datetime.now(dt.UTC).date()
    importer = _Importer(content, details, content / EVIDENCE_FOLDER / f"{date}.jsonl", dry_run)
    errors = importer.report.errors
    source_paragraphs = list(paragraphs(text, name, errors))
    if not source_paragraphs and not errors:
        errors.append("line 1: the source has no paragraphs: choose another file")
    for number, paragraph in enumerate(source_paragraphs, 1):
        importer.add(paragraph)
        progress("importing", number, len(source_paragraphs))
    return importer.report


class _Importer:
    """Imports paragraphs into a content folder, one at a time."""

    def __init__(self, content: Path, details: SourceDetails, log: Path, dry_run: bool) -> None:
        self.report = ImportReport()
        self._content, self._details, self._log, self._dry_run = content, details, log, dry_run
        vocabulary = Vocabulary.load(content) if content.is_dir() else Vocabulary({})
        self._labelled = {
            (name, key)
            for name in ("theme", "partner", "agency")
            for key in vocabulary.labels(name)
        }
        self._index = ParagraphIndex(content)

    def add(self, paragraph: Paragraph) -> None:
        """Import a paragraph, or report why it is not imported."""
        report, place = self.report, f"line {paragraph.line}"
        body = _to_body(paragraph.text)
        if is_furniture(body):
            quote = paragraph.text[:MAX_QUOTE_LENGTH]
            report.dropped.append(f'{place}: "{quote}" is not a paragraph: dropped')
        elif len(body.encode()) > MAX_PARAGRAPH_SIZE:
            report.errors.append(
                f"{place}: the paragraph is larger than {MAX_PARAGRAPH_SIZE:,} bytes: split it"
            )
        elif (id := self._index.find_equal(body)) is not None:
            report.duplicates.append(f"{place}: already exists as {self._path(id)}")
        elif (id := self._index.find_similar(body)) is not None:
            report.versions.append(
                f"{place}: another version of {self._path(id)}: edit that file if it is outdated"
            )
        else:
            self._import(paragraph, body, place)

    def _import(self, paragraph: Paragraph, body: str, place: str) -> None:
        front_matter = propose(paragraph, body, self._details)
        id = free_id(body, front_matter, self._index, self._content)
        markdown = to_markdown(front_matter.meta, body)
        if errors := parse(id, "", markdown.encode()).errors:
            self.report.errors += [f"{place}: {e.field or 'text'}: {e.reason}" for e in errors]
            return
        proofs = [Proof(id, *proposal) for proposal in front_matter.proposals]
        if not self._dry_run:
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
        self._index.add(id, body)

    def _add_labels(self, labels: dict[str, dict[str, str]]) -> None:
        by_key = {
            (name, key): text for name, texts in labels.items() for key, text in texts.items()
        }
        if not by_key.keys() <= self._labelled:
            add_labels(self._content / VOCABULARY_FILE, by_key)
            self._labelled |= by_key.keys()

    def _path(self, id: str) -> Path:
        return self._content / f"{id}.md"


def _to_body(text: str) -> str:
    """Return a text as a Markdown body on one line. Markdown at its beginning is escaped."""
    return re.sub(r"^([#>+*=-]|\d+[.)](?=\s))", r"\\\1", " ".join(text.split()))
