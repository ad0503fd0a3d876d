"""The paragraphs that all measurements use, and their content files."""

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
from indexer.schema import Value
from indexer.text import places

CACHE_FOLDER = "activities-bench"  # below the folder for temporary files; kept between runs

# Dissolved states, mapped to a state with a code in ISO 3166-1.
_SUCCESSORS = {"CSK": "CZE", "DDR": "DEU", "EU": "BEL", "YMD": "YEM", "YUG": "SRB"}
# Characters with a meaning in Markdown. Without them the plain text of a paragraph is its body, so
# all engines index the same words.
_MARKUP = re.compile(r"[*_`\[\]<>#|\\~&=]")
_BULLET = re.compile(r"^[^A-Za-z0-9]+|^(\d+)[.)]\s", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """An activity in the form that all engines index."""

    id: str  # "afg/13-1958-001"
    countries: tuple[str, ...]  # one; two in a tenth of the paragraphs
    year: int
    text: str

    @property
    def markdown(self) -> bytes:
        """The content file."""
        meta: dict[str, Sequence[Value]] = {
            "country": self.countries,
            "year": (self.year,),
            "agency": ("unodc",),
        }
        return to_markdown(meta, self.text).encode()

    def amended(self) -> Paragraph:
        """Return this paragraph with an edited text."""
        return replace(self, text=f"{self.text} Amended once more.")


def load(path: Path, size: int | None) -> list[Paragraph]:
    """Return the first paragraphs of a corpus of JSON Lines with id, country, year and text."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, size)]
    codes = [_SUCCESSORS.get(row["country"], row["country"]) for row in rows]
    countries = sorted(set(codes) & places.COUNTRIES)
    return [
        make_paragraph(row["id"], code, countries, row["year"], row["text"])
        for row, code in zip(rows, codes, strict=True)
        if code in places.COUNTRIES
    ]


def make_paragraph(
    name: str, country: str, countries: Sequence[str], year: int, text: str
) -> Paragraph:
    """Return a paragraph with an id in its country's folder and a text without markup.

    One paragraph in ten gets a second country, chosen from countries.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    folder, _, rest = slug.partition("-")
    pseudo_random = zlib.crc32(name.encode())
    second = countries[pseudo_random // 10 % len(countries)]
    has_second = pseudo_random % 10 == 0 and second != country
    text = _BULLET.sub(r"\1 ", " ".join(_MARKUP.sub(" ", text).split())).strip()
    return Paragraph(
        f"{folder}/{rest}", (country, second) if has_second else (country,), year, text
    )


def generate(size: int, seed: int = 5) -> list[Paragraph]:
    """Return paragraphs of invented words, whose frequencies follow Zipf's law."""
    chance = random.Random(seed)
    countries = sorted(places.COUNTRIES)[:200]
    syllables = [a + b for a in "bcdfghklmnprstv" for b in "aeiou"]
    endings = ("n", "r", "t", "ning", "ned", "ns", "tion", "tions", "l", "m")
    vocabulary = list(
        dict.fromkeys(
            "".join(chance.choices(syllables, k=chance.randint(1, 4))) + chance.choice(endings)
            for _ in range(40_000)
        )
    )
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(vocabulary))))
    paragraphs = []
    for number in range(size):
        words = chance.choices(vocabulary, cum_weights=weights, k=chance.randint(20, 120))
        country = countries[int(len(countries) * chance.random() ** 2)]
        year = 1946 + int(73 * chance.random() ** 0.5)
        name, text = f"{country}_{number:07d}", " ".join(words).capitalize()
        paragraphs.append(make_paragraph(name, country, countries, year, text))
    return paragraphs


def repeat(paragraphs: Sequence[Paragraph], size: int) -> Iterator[Paragraph]:
    """Yield copies of the paragraphs until size is reached.

    In each copy a quarter of the words are replaced with words that only this copy has.
    """
    for number in range(size):
        copy, index = divmod(number, len(paragraphs))
        original = paragraphs[index]
        if not copy:
            yield original
            continue
        words = (
            f"{w}q{copy}" if zlib.crc32(w.encode()) % 4 == 0 else w for w in original.text.split()
        )
        yield replace(original, id=f"{original.id}-{copy}", text=" ".join(words))


def digest(paragraphs: Iterable[Paragraph]) -> str:
    """Return a hash of the paragraphs, which names their cache folder."""
    hasher = hashlib.blake2b(digest_size=8)
    for paragraph in paragraphs:
        fields = (paragraph.id, paragraph.countries, paragraph.year, paragraph.text)
        hasher.update(repr(fields).encode())
    return hasher.hexdigest()


def file_path(content: Path, paragraph: Paragraph) -> Path:
    """Return the path of a paragraph's content file."""
    return content / f"{paragraph.id}.md"


def write_files(
    content: Path, paragraphs: Sequence[Paragraph], edited: Iterable[Paragraph]
) -> None:
    """Write the content files. If an earlier run wrote them, restore only the edited ones."""
    if content.exists():
        for paragraph in edited:
            if file_path(content, paragraph).read_bytes() != paragraph.markdown:
                file_path(content, paragraph).write_bytes(paragraph.markdown)
        return
    partial = content.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for folder in {paragraph.id.partition("/")[0] for paragraph in paragraphs}:
        (partial / folder).mkdir(parents=True)
    for paragraph in paragraphs:
        file_path(partial, paragraph).write_bytes(paragraph.markdown)
    partial.rename(content)
