"""The paragraphs that everything is measured on, and their Markdown files."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import random
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.content.activity import to_markdown
from indexer.text import places

FOLDER = "activities-bench"  # under the folder for temporary files; kept between runs

# States that are no more, as the states whose codes are valid today.
_SUCCESSORS = {"CSK": "CZE", "DDR": "DEU", "EU": "BEL", "YMD": "YEM", "YUG": "SRB"}
# Marks that mean something in Markdown: without them a paragraph's prose is its body, and every
# engine is given the same words.
_MARKUP = re.compile(r"[*_`\[\]<>#|\\~&=]")
_BULLET = re.compile(r"^[^A-Za-z0-9]+|^(\d+)[.)]\s", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One activity, as every engine is given it."""

    id: str  # "afg/13-1958-001"
    countries: tuple[str, ...]  # one, or two in a tenth of them
    year: int
    text: str

    @property
    def markdown(self) -> bytes:
        """Its content file."""
        meta = {"country": self.countries, "year": (self.year,), "agency": ("unodc",)}
        return to_markdown(meta, self.text).encode()

    def amended(self) -> Paragraph:
        """The paragraph after an edit."""
        return replace(self, text=f"{self.text} Amended once more.")


def load(path: Path, size: int | None) -> list[Paragraph]:
    """The first paragraphs of a corpus of JSON lines (id, country, year, text)."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, size)]
    codes = [_SUCCESSORS.get(row["country"], row["country"]) for row in rows]
    known = sorted(set(codes) & places.COUNTRIES)
    return [
        paragraph(row["id"], code, known, row["year"], row["text"])
        for row, code in zip(rows, codes, strict=True)
        if code in places.COUNTRIES
    ]


def paragraph(name: str, country: str, known: Sequence[str], year: int, text: str) -> Paragraph:
    """A paragraph with an id in its country's folder; one in ten has a second country as well."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    folder, _, rest = slug.partition("-")
    chance = zlib.crc32(name.encode())
    second = known[chance // 10 % len(known)]
    countries = (country, second) if chance % 10 == 0 and second != country else (country,)
    text = _BULLET.sub(r"\1 ", " ".join(_MARKUP.sub(" ", text).split())).strip()
    return Paragraph(f"{folder}/{rest}", countries, year, text)


def generated(size: int, seed: int = 5) -> list[Paragraph]:
    """A corpus for where there is none: invented words, as frequent as words are (Zipf)."""
    chance = random.Random(seed)
    known = sorted(places.COUNTRIES)[:200]
    syllables = [a + b for a in "bcdfghklmnprstv" for b in "aeiou"]
    endings = ("n", "r", "t", "ning", "ned", "ns", "tion", "tions", "l", "m")
    vocabulary = list(
        dict.fromkeys(
            "".join(chance.choices(syllables, k=chance.randint(1, 4))) + chance.choice(endings)
            for _ in range(40_000)
        )
    )
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(vocabulary))))
    found = []
    for number in range(size):
        words = chance.choices(vocabulary, cum_weights=weights, k=chance.randint(20, 120))
        country = known[int(len(known) * chance.random() ** 2)]
        year = 1946 + int(73 * chance.random() ** 0.5)
        found.append(
            paragraph(f"{country}_{number:07d}", country, known, year, " ".join(words).capitalize())
        )
    return found


def repeated(paragraphs: Sequence[Paragraph], size: int) -> Iterator[Paragraph]:
    """The corpus over and over, up to a size; in each copy a quarter of the words are words of its own."""
    for number in range(size):
        copy, place = divmod(number, len(paragraphs))
        original = paragraphs[place]
        if not copy:
            yield original
            continue
        words = (
            f"{w}q{copy}" if zlib.crc32(w.encode()) % 4 == 0 else w for w in original.text.split()
        )
        yield replace(original, id=f"{original.id}-{copy}", text=" ".join(words))


def digest(paragraphs: Iterable[Paragraph]) -> str:
    """What a cached folder or index of these paragraphs is named after."""
    hashed = hashlib.blake2b(digest_size=8)
    for one in paragraphs:
        hashed.update(repr((one.id, one.countries, one.year, one.text)).encode())
    return hashed.hexdigest()


def path(content: Path, one: Paragraph) -> Path:
    """Where the file of a paragraph is."""
    return content / f"{one.id}.md"


def write(content: Path, paragraphs: Sequence[Paragraph], edited: Iterable[Paragraph]) -> None:
    """The paragraphs as files; where they are already, those that an earlier run edited are put back."""
    if content.exists():
        for one in edited:
            if path(content, one).read_bytes() != one.markdown:
                path(content, one).write_bytes(one.markdown)
        return
    partial = content.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for folder in {one.id.partition("/")[0] for one in paragraphs}:
        (partial / folder).mkdir(parents=True)
    for one in paragraphs:
        path(partial, one).write_bytes(one.markdown)
    partial.rename(content)
