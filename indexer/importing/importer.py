"""A source text -> content files, each with the words that prove what it states."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
from rapidfuzz import fuzz, process
from ruamel.yaml import YAML

from indexer.content.activity import MAX_FILE_SIZE, parse, read_body, to_markdown
from indexer.content.files import list_files
from indexer.content.frontmatter import FrontMatterError
from indexer.content.vocabulary import VOCABULARY_FILE, Vocabulary
from indexer.importing.extraction import extract
from indexer.importing.front_matter import free_id, propose
from indexer.importing.sources import is_furniture, paragraphs
from indexer.schema import Value
from indexer.text.analysis import terms

SAME = 90.0  # similarity in percent from which a paragraph is another version of one that is there
EVIDENCE = "_import"
RUN = 3  # words; one change in a sentence leaves some
SAMPLE = 16  # of two versions' lowest hashes hardly ever none is shared
COMMON = 50  # paragraphs: a run of more is a phrase of the trade
COMPARED = 20
BAR = 200  # paragraphs, about a second: fewer are done before a bar is seen


@dataclass(frozen=True, slots=True)
class Proof:
    """The words of a text, body[start:end], that prove a value; rule says how."""

    id: str
    field: str
    value: Value
    words: str
    start: int
    end: int
    rule: str


@dataclass(slots=True)
class ImportReport:
    """What an import did: the ids written, and messages that name their line."""

    written: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    evidence: list[Proof] = field(default_factory=list)


def import_text(
    text: str,
    name: str,
    content: Path,
    *,
    agency: str | None = None,
    source: str | None = None,
    language: str | None = None,
    dry_run: bool = False,
    today: dt.date | None = None,
    progress: bool = False,
) -> ImportReport:
    """Write a content file for each paragraph that is not there yet.

    Nothing is overwritten; a paragraph that is nearly one that is there is reported and not
    written. With dry_run nothing is written at all. Raises SourceError for an unreadable source,
    InvalidActivity for a vocabulary with errors, OSError where content cannot be written.
    """
    report = ImportReport()
    labels = Vocabulary.load(content) if content.is_dir() else Vocabulary({})
    known = {(name, key) for name in ("theme", "partner", "agency") for key in labels.labels(name)}
    bodies = _Bodies(content)
    found = list(paragraphs(text, name, report.errors))
    if not found and not report.errors:
        report.errors.append("line 1: there is no paragraph in it")
    log = content / EVIDENCE / f"{today or dt.datetime.now(dt.UTC).date()}.jsonl"
    bar = click.progressbar(
        found, label="importing", file=sys.stderr, hidden=not progress or len(found) < BAR
    )
    with bar as shown:
        for paragraph in shown:
            line, body = f"line {paragraph.line}: ", _body(paragraph.text)
            if is_furniture(body):
                report.dropped.append(f'{line}"{paragraph.text[:60]}" is not a paragraph: dropped')
            elif len(body.encode()) > MAX_FILE_SIZE // 2:
                report.errors.append(
                    f"{line}the paragraph is larger than {MAX_FILE_SIZE // 2:,} bytes: split it"
                )
            elif (there := bodies.same(body)) is not None:
                report.already_there.append(f"{line}already there as {content / there}.md")
            elif (similar := bodies.similar(body)) is not None:
                report.changed.append(
                    f"{line}another version of {content / similar}.md: change that file by hand, or leave it"
                )
            else:
                meta, proofs, vocabulary = propose(paragraph, body, agency, source, language)
                id = free_id(body, meta, proofs, bodies, content)
                file = to_markdown(meta, body)
                if wrong := parse(id, "", file.encode()).errors:
                    report.errors += [f"{line}{e.field or 'text'}: {e.reason}" for e in wrong]
                    continue
                report.evidence += (stated := [Proof(id, *proof) for proof in proofs])
                if not dry_run:
                    # Labels, then evidence, then the file: whatever stops this, no file lacks either.
                    _add_to_vocabulary(content / VOCABULARY_FILE, vocabulary, known)
                    log.parent.mkdir(parents=True, exist_ok=True)
                    with log.open("a", encoding="utf-8") as lines:
                        lines.writelines(
                            json.dumps(asdict(proof), ensure_ascii=False) + "\n" for proof in stated
                        )
                    _write(content / f"{id}.md", file)
                report.written.append(id)
                bodies.add(id, body)
    return report


def _body(text: str) -> str:
    """The paragraph as it is kept. What begins a Markdown block is escaped: it was plain text."""
    return re.sub(r"^([#>+*=-]|\d+[.)](?=\s))", r"\\\1", " ".join(text.split()))


def _countries(body: str) -> set[object]:
    return {proof.value for proof in extract(body).countries}


class _Bodies:
    """The paragraphs that are there, by id; which of them is one, and which is another version of it."""

    def __init__(self, content: Path) -> None:
        self._by_id: dict[str, str] = {}
        self._by_words: dict[str, str] = {}
        self._by_run: dict[int, list[str]] = defaultdict(list)
        for entry in list_files(content) if content.is_dir() else ():
            if entry.error:  # a pipe would be waited for
                continue
            try:
                self.add(entry.id, read_body(Path(entry.path)))
            except (FrontMatterError, OSError):
                continue  # `check` names it; it cannot be compared with

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def add(self, id: str, body: str) -> None:
        self._by_id[id] = body
        words = terms(body)
        self._by_words.setdefault(" ".join(words), id)
        for run in self._runs(words):
            if len(self._by_run[run]) < COMMON:
                self._by_run[run].append(id)

    def same(self, body: str) -> str | None:
        return self._by_words.get(" ".join(terms(body)))

    def similar(self, body: str) -> str | None:
        # Versions share runs of words: comparing with every paragraph takes minutes from 10,000 on.
        sharing = Counter(id for run in self._runs(terms(body)) for id in self._by_run.get(run, ()))
        likely = {id: self._by_id[id] for id, _ in sharing.most_common(COMPARED)}
        best = process.extractOne(body, likely, scorer=fuzz.ratio, score_cutoff=SAME)
        # The same sentence of another country is another activity.
        return None if best is None or _countries(body) != _countries(best[0]) else str(best[2])

    @staticmethod
    def _runs(words: Sequence[str]) -> list[int]:
        """A sample of a text's runs of words that another version's sample mostly shares: the lowest hashes."""
        return sorted({hash((*words[n : n + RUN],)) for n in range(max(1, len(words) - RUN + 1))})[
            :SAMPLE
        ]


def _write(path: Path, text: str) -> None:
    """A file whole or not at all, and never over another."""
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            raise FileExistsError(17, "File exists", str(path))
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)


def _add_to_vocabulary(
    path: Path, found: Mapping[str, Mapping[str, str]], known: set[tuple[str, str]]
) -> None:
    """Add labels that are not there; what editors wrote, comments included, stays."""
    new = {(name, key): label for name, labels in found.items() for key, label in labels.items()}
    if new.keys() <= known:
        return
    yaml = YAML()
    vocabulary = (yaml.load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}
    for (name, key), label in sorted(new.items()):
        if vocabulary.get(name) is None:
            vocabulary[name] = {}
        vocabulary[name].setdefault(key, label)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        yaml.dump(vocabulary, file)
    beside.replace(path)
    known |= new.keys()
