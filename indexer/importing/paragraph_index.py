"""The paragraphs that exist in the content folder, to recognise duplicates and other versions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from indexer.content.activity import read_body
from indexer.content.files import list_files
from indexer.content.frontmatter import FrontMatterError
from indexer.importing.extraction import extract
from indexer.text.analysis import terms

MIN_SIMILARITY = 90.0  # percent, for two texts to be versions of one paragraph
SHINGLE_LENGTH = 3  # words; a sentence with one changed word keeps most of its shingles
SAMPLE_SIZE = 16  # lowest hashes per text; two versions almost always share at least one
MAX_SHINGLE_IDS = 50  # paragraphs per shingle; a more frequent one is a common phrase
MAX_COMPARED = 20  # candidates that are compared with a paragraph


class ParagraphIndex:
    """The bodies of all activities by id, with lookups for equal and for similar texts."""

    def __init__(self, content: Path) -> None:
        self._by_id: dict[str, str] = {}
        self._by_terms: dict[str, str] = {}
        self._by_shingle: dict[int, list[str]] = defaultdict(list)
        for file in list_files(content) if content.is_dir() else ():
            if file.error:  # it may be a pipe, and opening that would block
                continue
            try:
                self.add(file.id, read_body(Path(file.path)))
            except (FrontMatterError, OSError):
                continue  # `activities check` reports it

    def __contains__(self, id: object) -> bool:
        """Return whether an activity has this id."""
        return id in self._by_id

    def add(self, id: str, body: str) -> None:
        """Add the body of an activity."""
        self._by_id[id] = body
        words = terms(body)
        self._by_terms.setdefault(" ".join(words), id)
        for shingle in _sample_shingles(words):
            if len(self._by_shingle[shingle]) < MAX_SHINGLE_IDS:
                self._by_shingle[shingle].append(id)

    def find_equal(self, body: str) -> str | None:
        """Return the id of an activity with the same terms, or None."""
        return self._by_terms.get(" ".join(terms(body)))

    def find_similar(self, body: str) -> str | None:
        """Return the id of an activity that is another version of a text, or None.

        Only texts that share shingles are compared: comparing with all texts takes minutes from
        10,000 activities on. A text about other countries is not another version.
        """
        shingles = _sample_shingles(terms(body))
        shared = Counter(id for shingle in shingles for id in self._by_shingle.get(shingle, ()))
        candidates = {id: self._by_id[id] for id, _ in shared.most_common(MAX_COMPARED)}
        best = process.extractOne(body, candidates, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
        if best is None:
            return None
        other_body, _, id = best
        return str(id) if _countries(body) == _countries(other_body) else None


def _sample_shingles(words: Sequence[str]) -> list[int]:
    """Return the lowest hashes of a text's shingles (runs of SHINGLE_LENGTH words).

    Taking the lowest hashes chooses mostly the same shingles in two versions of a text.
    """
    starts = range(max(1, len(words) - SHINGLE_LENGTH + 1))
    return sorted({hash(tuple(words[n : n + SHINGLE_LENGTH])) for n in starts})[:SAMPLE_SIZE]


def _countries(body: str) -> set[object]:
    return {evidence.value for evidence in extract(body).countries}
