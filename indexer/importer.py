"""A source text -> content files; the only caller of detect."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
from rapidfuzz import fuzz, process
from ruamel.yaml import YAML

from indexer import topics
from indexer.activity import MAX_FILE, decode, is_id, parse, read_body, slug, to_text
from indexer.analysis import STOP_WORDS, fold, terms
from indexer.content import entries
from indexer.detect import detect
from indexer.frontmatter import FrontMatterError
from indexer.labels import VOCABULARY
from indexer.schema import FIELD, Value

SAME = 90.0  # similarity in percent from which a paragraph is another version of one that is there
NAME = 48  # characters of a file's name
EVIDENCE = "_import"
# A menu's words; furniture is also whatever is short and ends no sentence.
_MENU = frozenset(
    [
        "search",
        "home",
        "menu",
        "next",
        "previous",
        "login",
        "share",
        "print",
        "back",
        "top",
        "contact",
        "about",
        "more",
        "filter",
        "apply",
        "reset",
    ]
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a source: its line (from 1), its text, and the fields the source states."""

    line: int
    text: str
    stated: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """The words of a text that prove a value."""

    id: str
    field: str
    value: Value
    words: str
    start: int
    end: int
    rule: str


@dataclass(slots=True)
class ImportReport:
    """What an import did; every message names its line."""

    written: list[str] = field(default_factory=list)  # ids
    already_there: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    evidence: list[Proof] = field(default_factory=list)


def paragraphs(text: str, name: str, report: ImportReport) -> Iterator[Paragraph]:
    """The paragraphs of a source: CSV and JSON Lines by the ending of the name, else plain text.

    Plain text with blank lines in it is read by blocks, other text by lines. Raises click.UsageError
    for CSV without a text column.
    """
    if name.endswith((".jsonl", ".ndjson", ".json")):
        yield from _json_lines(text, report)
    elif name.endswith(".csv"):
        rows = csv.DictReader(io.StringIO(text))
        if "text" not in (rows.fieldnames or ()):
            raise click.UsageError(
                f"{name} has no column text; it has: {', '.join(rows.fieldnames or ['none'])}"
            )
        for row in rows:
            yield Paragraph(rows.line_num, (row.pop("text") or "").strip(), _stated(row))
    elif re.search(r"\S[ \t]*\n[ \t]*\n[ \t]*\S", text):
        line = 1
        for block in re.split(r"(\n[ \t]*(?:\n[ \t]*)+)", text):
            if block.strip():
                yield Paragraph(
                    line + block[: len(block) - len(block.lstrip())].count("\n"), " ".join(block.split())
                )
            line += block.count("\n")
    else:
        for line, found in enumerate(text.split("\n"), 1):
            if found.strip():
                yield Paragraph(line, found.strip())


def _json_lines(text: str, report: ImportReport) -> Iterator[Paragraph]:
    for line, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            found = json.loads(raw)
            body = found.pop("text")
            if not isinstance(body, str):
                raise TypeError
        except (ValueError, RecursionError):
            report.errors.append(f"line {line}: is not JSON: write one object a line")
        except (KeyError, TypeError, AttributeError):
            report.errors.append(f'line {line}: has no "text": write {{"text": "…"}}')
        else:
            yield Paragraph(line, body.strip(), _stated(found))


def _stated(row: Mapping[str, object]) -> dict[str, list[str]]:
    """The columns that are fields, with their values; several are a list, or joined by ";"."""
    found: dict[str, list[str]] = {}
    for name, value in row.items():
        if name in FIELD and value not in (None, "", []):
            values = (
                value if isinstance(value, list) else str(value).split(";") if FIELD[name].many else [value]
            )
            found[name] = [str(v).strip() for v in values if str(v).strip()]
    return found


def is_furniture(text: str) -> bool:
    """Whether a line is of the page around the paragraphs: a menu's word, a number, a scrap."""
    words = terms(text)
    if len(words) <= 2 or not any(word.isalpha() for word in words):
        return True
    ends = text.rstrip("\"'”’)]").endswith((".", "!", "?", ";", ":", "。", "؟", "।"))
    return not ends and (len(words) < 8 or set(words) <= _MENU)


def import_text(
    text: str, name: str, content: Path, *, agency: str | None = None, source: str | None = None,
    language: str | None = None, dry_run: bool = False, today: dt.date | None = None, progress: bool = False,
) -> ImportReport:  # fmt: skip
    """Write a content file for each paragraph that is not there yet.

    Nothing is overwritten; a paragraph that is nearly one that is there is reported and not
    written. With dry_run nothing is written at all. Raises click.UsageError for an unreadable source.
    """
    report = ImportReport()
    bodies = _bodies(content)
    by_text = {_key(body): id for id, body in bodies.items()}
    vocabulary: dict[str, dict[str, str]] = {}
    found = list(paragraphs(text, name, report))
    if not found and not report.errors:
        report.errors.append("line 1: there is no paragraph in it")
    today = today or dt.datetime.now(dt.UTC).date()
    # A bar only where a person would otherwise wait in the dark.
    bar = click.progressbar(
        found, label="importing", file=sys.stderr, hidden=not progress or len(found) < 200
    )
    with bar as shown:
        for paragraph in shown:
            body = _body(paragraph.text)
            if is_furniture(body):
                report.dropped.append(f'line {paragraph.line}: "{body[:60]}" is not a paragraph: dropped')
            elif len(body.encode()) > MAX_FILE // 2:
                report.errors.append(
                    f"line {paragraph.line}: the paragraph is larger than {MAX_FILE // 2:,} bytes: split it"
                )
            elif (there := by_text.get(_key(body))) is not None:
                report.already_there.append(f"line {paragraph.line}: already there as {content / there}.md")
            elif (similar := _similar(body, bodies)) is not None:
                report.changed.append(f"line {paragraph.line}: another version of {content / similar}.md: change that file "
                                      "by hand, or leave it")  # fmt: skip
            else:
                id = _import(
                    paragraph, body, content, bodies, agency, source, language, report, vocabulary, dry_run
                )
                if id:
                    bodies[id] = body
                    by_text[_key(body)] = id
    if not dry_run and report.written:
        _add_to_vocabulary(content / VOCABULARY, vocabulary)
        folder = content / EVIDENCE
        folder.mkdir(exist_ok=True)
        with (folder / f"{today.isoformat()}.jsonl").open("a", encoding="utf-8") as log:
            log.writelines(json.dumps(asdict(proof), ensure_ascii=False) + "\n" for proof in report.evidence)
    return report


def _import(
    paragraph: Paragraph, body: str, content: Path, bodies: Mapping[str, str], agency: str | None, source: str | None,
    language: str | None, report: ImportReport, vocabulary: dict[str, dict[str, str]], dry_run: bool,
) -> str | None:  # fmt: skip
    """Write one paragraph; its id, or None where what the source states of it is wrong."""
    detected = detect(body, language)
    meta: dict[str, list[Value]] = {}
    proofs: list[tuple[str, Value, str, int, int, str]] = []
    for name, evidence in (
        ("country", detected.countries),
        ("region", detected.regions),
        ("year", detected.years),
    ):
        if name in paragraph.stated or (name == "region" and "country" in paragraph.stated):
            continue
        for proof in evidence:
            meta.setdefault(name, []).append(proof.value)
            proofs.append((name, proof.value, proof.words, proof.start, proof.end, proof.kind))
    for name, table in (("theme", topics.THEMES), ("partner", topics.PARTNERS)):
        for topic in topics.named(table, body):
            if name not in paragraph.stated and topic.slug != slug(agency or ""):
                meta.setdefault(name, []).append(topic.slug)
                vocabulary.setdefault(name, {})[topic.slug] = topic.label
                proofs.append((name, topic.slug, topic.words, topic.start, topic.end, "phrase"))
    spoken = language or detected.language
    given = {"agency": agency, "source": source, "language": spoken if spoken != "en" else None}
    meta |= {name: [value] for name, value in given.items() if value}
    meta |= {name: list(values) for name, values in paragraph.stated.items() if name != "aliases"}
    if agency and not paragraph.stated.get("agency"):
        meta["agency"] = [slug(agency)]
        vocabulary.setdefault("agency", {})[slug(agency)] = (
            agency if agency != agency.lower() else agency.upper()
        )
    said = {term for name, _, words, *_ in proofs if name == "country" for term in terms(words)} | {
        slug(agency or "")
    }
    id = _name(body, [str(v) for v in meta.get("country", ())], said, bodies, content)
    text = to_text(meta, body)
    if wrong := parse(id, f"line {paragraph.line}", text.encode()).errors:
        report.errors.extend(
            f"line {paragraph.line}: {error.field or 'text'}: {error.reason}" for error in wrong
        )
        return None
    if not dry_run:
        _write(content / f"{id}.md", text)
    report.written.append(id)
    report.evidence.extend(Proof(id, *proof) for proof in proofs)
    return id


def _body(text: str) -> str:
    """The paragraph as it is kept. What begins a Markdown block is escaped: it was plain text."""
    text = " ".join(text.split())
    return re.sub(r"^([#>+*=-]|\d+[.)](?=\s))", r"\\\1", text)


def _key(body: str) -> str:
    return " ".join(terms(body))


def _bodies(content: Path) -> dict[str, str]:
    found = {}
    for entry in entries(content) if content.is_dir() else ():
        try:
            found[entry.id] = read_body(entry.path)
        except (FrontMatterError, OSError):
            continue  # `check` names it; it cannot be compared with
    return found


def _similar(body: str, bodies: Mapping[str, str]) -> str | None:
    """The id of the paragraph that this one is another version of."""
    best = process.extractOne(body, bodies, scorer=fuzz.ratio, score_cutoff=SAME)
    return None if best is None else str(best[2])


def _name(
    body: str, countries: Iterable[str], said: set[str], bodies: Mapping[str, str], content: Path
) -> str:
    """A short readable id that is free: the countries and the first telling words not said by them."""
    words = [
        w
        for w in re.findall(r"[a-z0-9]+", fold(body))
        if len(w) > 3 and not w.isdecimal() and w not in STOP_WORDS | said
    ]
    codes = [code.lower() for code in countries if re.fullmatch(r"[A-Z]{3}", code)][:3]
    parts = codes or []
    for word in words:
        if len("-".join([*parts, word])) > NAME or len(parts) >= len(codes) + 5:
            break
        parts = [*parts, word]
    name = "-".join(parts) or "activity"
    name = name if is_id(name) else "activity"
    free = name
    number = 2
    while free in bodies or (content / f"{free}.md").exists():
        free = f"{name}-{number}"
        number += 1
    return free


def _write(path: Path, text: str) -> None:
    """A file whole or not at all, and never over another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    try:
        os.link(beside, path)  # fails where the file is there, which a rename would not
    finally:
        beside.unlink()


def _add_to_vocabulary(path: Path, found: Mapping[str, Mapping[str, str]]) -> None:
    """Add labels that are not there; what editors wrote, comments included, stays."""
    yaml = YAML()
    known = (yaml.load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}
    for name, labels in found.items():
        block = known.setdefault(name, {})
        for key, label in sorted(labels.items()):
            block.setdefault(key, label)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        yaml.dump(known, file)
    beside.replace(path)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    envvar="ACTIVITIES_CONTENT",
    default="content",
    show_default=True,
)
@click.option("--agency", help="Who did it, such as unodc.")
@click.option("--source", help="Where the text is from: a citation or an address.")
@click.option("--language", help="A BCP 47 tag; found from the text if not given.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def import_command(
    file: Path, content: Path, agency: str | None, source: str | None, language: str | None, dry_run: bool
) -> None:
    """Turn a source text into content files, with the words that prove each value."""
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        text = decode(data)
    except OSError as error:
        raise click.UsageError(
            f"{file} cannot be read ({error.strerror}): name a text, CSV or JSON Lines file"
        ) from None
    except FrontMatterError as error:
        click.echo(f"{file}:{error.line}: {error.reason}", err=True)
        sys.exit(1)
    report = import_text(
        text,
        file.name,
        content,
        agency=agency,
        source=source,
        language=language,
        dry_run=dry_run,
        progress=True,
    )
    for line in (*report.dropped, *report.already_there, *report.changed, *report.errors):
        click.echo(f"{file}: {line}", err=True)
    proofs: dict[str, list[Proof]] = {}
    for proof in report.evidence:
        proofs.setdefault(proof.id, []).append(proof)
    for id in report.written:
        click.echo(f"{content / id}.md{' (not written)' if dry_run else ''}")
        for proof in proofs.get(id, ()):
            click.echo(f"  {proof.field}: {proof.value} – “{proof.words}”")
    click.echo(f"{len(report.written)} {'to write' if dry_run else 'written'}, {len(report.already_there)} already there, "
               f"{len(report.changed)} changed, {len(report.dropped)} dropped, {len(report.errors)} errors", err=True)  # fmt: skip
    sys.exit(1 if report.errors else 0)
