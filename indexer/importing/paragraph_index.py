"""The paragraphs that exist in the content folder, to recognise duplicates and other versions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rapidfuzz import fuzz, process

from indexer.content.activity import decode
from indexer.content.folder_walk import list_files
from indexer.content.frontmatter import FrontMatterError, read_front_matter
from indexer.importing.extraction import extract
from indexer.importing.front_matter import to_key
from indexer.importing.numbers import numbers
from indexer.schema import Value
from indexer.text.analysis import terms
from indexer.text.plain_text import MarkupError, plain_text

# Equal texts with different values of one of these fields are different activities.
IDENTIFYING_FIELDS = ("country", "year", "agency", "source")

MIN_SIMILARITY = 90.0  # percent, for two texts to be versions of one paragraph
SHINGLE_LENGTH = 3  # words; a sentence with one changed word keeps most of its shingles
SAMPLE_SIZE = 16  # lowest hashes per text; two versions almost always share at least one
MAX_SHINGLE_IDS = 50  # paragraphs per shingle; a more frequent one is a common phrase
MAX_COMPARED = 20  # candidates that are compared with a paragraph

StatedValues = Mapping[str, frozenset[Value]]
"""Values of IDENTIFYING_FIELDS. A field that is not stated is missing."""


def identifying(values: StatedValues) -> StatedValues:
    """Select the values of IDENTIFYING_FIELDS from values by field."""
    return {name: values[name] for name in IDENTIFYING_FIELDS if name in values}


@dataclass(frozen=True, slots=True)
class _Entry:
    """The facts of an activity that are compared."""

    id: str
    text: str
    values: StatedValues
    numbers: tuple[str, ...]

    def is_other_activity(self, stated: StatedValues, text_numbers: tuple[str, ...]) -> bool:
        """Return whether stated values or the numbers of a text differ from this activity's."""
        if self.numbers != text_numbers:
            return True
        return any(values != self.values.get(name, values) for name, values in stated.items())


class _EqualTexts:
    """Activities with the same terms. Thousands may differ only in their values.

    They are looked up by the fields that both the activity and the text state.
    """

    def __init__(self) -> None:
        self._entries: dict[frozenset[str], list[_Entry]] = {}  # by the fields that they state
        # Ids by numbers and compared values, for each pair of stated and compared fields.
        self._ids: dict[tuple[frozenset[str], frozenset[str]], dict[object, str]] = {}

    def add(self, entry: _Entry) -> None:
        fields = frozenset(entry.values)
        self._entries.setdefault(fields, []).append(entry)
        for (other_fields, compared), ids in self._ids.items():
            if other_fields == fields:
                ids.setdefault(_identity(entry.numbers, entry.values, compared), entry.id)

    def find(self, stated: StatedValues, text_numbers: tuple[str, ...]) -> str | None:
        for fields, entries in self._entries.items():
            compared = fields.intersection(stated)
            if (ids := self._ids.get((fields, compared))) is None:
                ids = self._ids[fields, compared] = {}
                for entry in entries:
                    ids.setdefault(_identity(entry.numbers, entry.values, compared), entry.id)
            if id := ids.get(_identity(text_numbers, stated, compared)):
                return id
        return None


def _identity(text_numbers: tuple[str, ...], values: StatedValues, fields: Iterable[str]) -> object:
    return text_numbers, frozenset((name, values[name]) for name in fields)


class ParagraphIndex:
    """The texts of all activities by id, with lookups for equal and for similar texts."""

    def __init__(self, content: Path) -> None:
        self._by_id: dict[str, _Entry] = {}
        self._by_terms: dict[str, _EqualTexts] = defaultdict(_EqualTexts)
        self._by_shingle: dict[int, list[str]] = defaultdict(list)
        self._countries_by_id: dict[str, set[object]] = {}
        for file in list_files(content) if content.is_dir() else ():
            if file.error:  # it may be a pipe, and opening that would block
                continue
            try:
                self.add(file.id, *_read(Path(file.path)))
            except (FrontMatterError, OSError):
                continue  # `activities check` reports it

    def __contains__(self, id: object) -> bool:
        """Return whether an activity has this id."""
        return id in self._by_id

    def add(self, id: str, text: str, values: StatedValues | None = None) -> None:
        """Add the plain text of an activity and its values of IDENTIFYING_FIELDS."""
        entry = self._by_id[id] = _Entry(id, text, values or {}, numbers(text))
        words = terms(text)
        self._by_terms[" ".join(words)].add(entry)
        for shingle in _sample_shingles(words):
            if len(self._by_shingle[shingle]) < MAX_SHINGLE_IDS:
                self._by_shingle[shingle].append(id)

    def find_equal(self, text: str, stated: StatedValues | None = None) -> str | None:
        """Return the id of an activity with the same terms and numbers, or None.

        An activity with another value of a stated field is another activity.
        """
        equal_texts = self._by_terms.get(" ".join(terms(text)))
        return equal_texts.find(stated or {}, numbers(text)) if equal_texts else None

    def find_similar(self, text: str, stated: StatedValues | None = None) -> str | None:
        """Return the id of an activity whose text is another version of a text, or None.

        Only texts that share shingles are compared: with 10,000 activities, comparing all texts
        takes minutes. Texts with different countries, numbers or values of a stated field are not
        versions of each other.
        """
        shingles = _sample_shingles(terms(text))
        shared = Counter(id for shingle in shingles for id in self._by_shingle.get(shingle, ()))
        text_numbers = numbers(text)
        entries = (self._by_id[id] for id, _ in shared.most_common())
        same = (e for e in entries if not e.is_other_activity(stated or {}, text_numbers))
        texts = {entry.id: entry.text for entry in islice(same, MAX_COMPARED)}
        matches = process.extract(
            text, texts, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=None
        )
        countries = _countries(text) if matches else set()
        return next((id for _, _, id in matches if self._countries(id) == countries), None)

    def _countries(self, id: str) -> set[object]:
        if id not in self._countries_by_id:
            self._countries_by_id[id] = _countries(self._by_id[id].text)
        return self._countries_by_id[id]


def _read(path: Path) -> tuple[str, StatedValues]:
    """Return the plain text and the values of a content file, which may have other errors.

    Raises FrontMatterError or OSError.
    """
    front_matter, body, _ = read_front_matter(decode(path.read_bytes()))
    values = {
        name: frozenset(to_key(name, scalar.text) for scalar in front_matter[name][1])
        for name in IDENTIFYING_FIELDS
        if name in front_matter and front_matter[name][1]
    }
    try:
        return plain_text(body.strip("\n")), values
    except MarkupError:
        return body, values


def _sample_shingles(words: Sequence[str]) -> list[int]:
    """Return the lowest hashes of a text's shingles (runs of SHINGLE_LENGTH words).

    Taking the lowest hashes chooses mostly the same shingles in two versions of a text.
    """
    starts = range(max(1, len(words) - SHINGLE_LENGTH + 1))
    return sorted({hash(tuple(words[n : n + SHINGLE_LENGTH])) for n in starts})[:SAMPLE_SIZE]


def _countries(text: str) -> set[object]:
    return {evidence.value for evidence in extract(text).countries}
