"""Spelling corrections: terms of the index for misspelled words.

Most misspellings omit a letter, swap adjacent letters, use a letter with a similar sound, or
double a letter or fail to. These edits cost less than other edits, and an edit of the first letter
costs more. The best candidate has the lowest cost; a more frequent term may cost slightly more.
docs/decisions.md has the measurements behind the costs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from indexer.engines.base import SimilarTerm, Snapshot
from indexer.query.plan import EXACT_COLUMNS, STEM_COLUMNS, Column
from indexer.schema import NOT_STATED
from indexer.text.analysis import primary_subtag, stem

MIN_WORD_LENGTH = 4  # letters; in a shorter word, an edit would change half of the word
MIN_LENGTH_FOR_TWO_EDITS = 5  # letters
MAX_CANDIDATES = 20  # terms whose cost is computed: the nearest first, then the most frequent
MAX_MISSPELLED_WORDS = 8  # in one query; a text with more is in a language that no activity has
# A word in at most FEW_ACTIVITIES may be an indexed misspelling if a similar term is more frequent
# by this factor.
FEW_ACTIVITIES = 5
MIN_FREQUENCY_RATIO = 10
# The highest cost per letter of a correction that is searched automatically: one wrong letter in
# six.
MAX_COST_PER_LETTER = 1 / 6

# A term may cost this much more if it is e times as frequent.
_FREQUENCY_WEIGHT = 1 / 12

_EDIT = 1.0  # a wrong or superfluous letter
_OMISSION = 0.8
_OMITTED_VOWEL = 0.6
_WRONG_VOWEL = 0.7
_ALIKE = 0.5  # two letters that sound alike
_DOUBLE = 0.5  # a doubled letter added or omitted
_SILENT = 0.5  # a silent letter omitted or added
_TRANSPOSITION = 0.5  # of two neighbouring letters
_FIRST_LETTER = 0.6  # added to an edit of the first letter

# Folded letters.
_VOWELS = frozenset("aeiouyаеиоуыэюяαεηιουω")
_SILENT_LETTERS = frozenset("eh")
_ALIKE_PAIRS = frozenset(
    frozenset(pair)
    for pair in (
        "cs ck sz gj iy fv kq mn td bp bv xz uw vw kg "  # Latin
        "бп вф гк дт зс жш шщ цс иы ий "  # Cyrillic
        "سص تط ذز ضظ حه قك دض"  # Arabic
    ).split()
)


def spelling_cost(word: str, term: str) -> float:
    """Return the lowest cost of edits that turn a typed word into a term.

    Both are folded. This is the optimal string alignment distance with the costs above, for words
    whose alignment shifts by at most two letters.
    """
    width, previous_row = len(term), [0.0] * (len(term) + 1)
    for j in range(1, width + 1):
        previous_row[j] = previous_row[j - 1] + _omission_cost(term, j - 1)
    row_before: list[float] = []
    for i in range(1, len(word) + 1):
        typed = word[i - 1]
        added = _addition_cost(word, i - 1)
        row = [math.inf] * (width + 1)
        if i <= 2:
            row[0] = previous_row[0] + added
        for j in range(max(1, i - 2), min(width, i + 2) + 1):
            letter = term[j - 1]
            substitution = 0.0 if typed == letter else _substitution_cost(typed, letter)
            if substitution and i == j == 1:
                substitution += _FIRST_LETTER
            cost = min(
                previous_row[j - 1] + substitution,
                previous_row[j] + added,
                row[j - 1] + _omission_cost(term, j - 1),
            )
            if i > 1 and j > 1 and typed == term[j - 2] != letter == word[i - 2]:
                cost = min(cost, row_before[j - 2] + _TRANSPOSITION)
            row[j] = cost
        row_before, previous_row = previous_row, row
    return previous_row[width]


def _substitution_cost(typed: str, letter: str) -> float:
    if frozenset((typed, letter)) in _ALIKE_PAIRS:
        return _ALIKE
    return _WRONG_VOWEL if typed in _VOWELS and letter in _VOWELS else _EDIT


def _is_double(word: str, at: int) -> bool:
    return word[at] in (word[at - 1 : at], word[at + 1 : at + 2])


def _addition_cost(word: str, at: int) -> float:
    """Return the cost of deleting a letter of the typed word."""
    if _is_double(word, at):
        return _DOUBLE
    cost = _SILENT if word[at] in _SILENT_LETTERS else _EDIT
    return cost if at else cost + _FIRST_LETTER


def _omission_cost(term: str, at: int) -> float:
    """Return the cost of inserting a letter of the term."""
    letter = term[at]
    if _is_double(term, at):
        return _DOUBLE
    cost = _OMITTED_VOWEL if letter in _VOWELS else _OMISSION
    if letter in _SILENT_LETTERS:
        cost = _SILENT
    return cost if at else cost + _FIRST_LETTER


def rank(word: str, candidates: Iterable[SimilarTerm]) -> list[SimilarTerm]:
    """Sort candidates by probability, highest first."""

    def key(candidate: SimilarTerm) -> tuple[float, str]:
        cost = spelling_cost(word, candidate.term)
        return cost - _FREQUENCY_WEIGHT * math.log(candidate.frequency), candidate.term

    return sorted(candidates, key=key)


def similar_spellings(word: str, snapshot: Snapshot) -> list[SimilarTerm]:
    """Return terms of the index as corrections of a folded word, best first.

    Words with digits and short words have no corrections. Raises EngineError.
    """
    if len(word) < MIN_WORD_LENGTH or any(char.isnumeric() for char in word):
        return []
    edits = 1 if len(word) < MIN_LENGTH_FOR_TWO_EDITS else 2
    columns = tuple(EXACT_COLUMNS.values())
    return rank(word, snapshot.similar_terms(word, edits, columns, MAX_CANDIDATES))


def corrections(words: Sequence[str], snapshot: Snapshot) -> Mapping[str, str]:
    """Return corrections to search in addition to folded words that do not occur in any form.

    Words without a sufficiently certain correction are omitted. Raises EngineError.
    """
    frequencies = word_frequencies(words, snapshot)
    absent = [word for word, frequency in frequencies.items() if not frequency]
    corrected = {}
    for word in absent[:MAX_MISSPELLED_WORDS]:
        if (candidates := similar_spellings(word, snapshot)) and _is_certain(
            word, candidates[0].term
        ):
            corrected[word] = candidates[0].term
    return {} if _is_other_language(frequencies, corrected) else corrected


def suggested_spellings(frequencies: Mapping[str, int], snapshot: Snapshot) -> Mapping[str, str]:
    """Return the best correction of each probably misspelled word, given word_frequencies().

    A word that occurs in any form is corrected only if it is rare and a similar term is far more
    frequent. Words that are probably correct are omitted. Raises EngineError.
    """
    suggested = {}
    rare = [word for word, frequency in frequencies.items() if frequency <= FEW_ACTIVITIES]
    for word in rare[:MAX_MISSPELLED_WORDS]:
        frequency = frequencies[word]
        for candidate in similar_spellings(word, snapshot):
            if not frequency or (
                candidate.frequency >= MIN_FREQUENCY_RATIO * frequency
                and _is_certain(word, candidate.term)
            ):
                suggested[word] = candidate.term
                break
    return {} if _is_other_language(frequencies, suggested) else suggested


def _is_certain(word: str, term: str) -> bool:
    return spelling_cost(word, term) <= MAX_COST_PER_LETTER * len(word)


def _is_other_language(frequencies: Mapping[str, int], spellings: Mapping[str, str]) -> bool:
    """Return whether words are probably in a language that no activity has.

    Then most of the words, and at least three, do not occur in the index, and most of these have no
    certain correction.
    """
    absent = [word for word, frequency in frequencies.items() if not frequency]
    certain = [word for word in absent if word in spellings and _is_certain(word, spellings[word])]
    return len(absent) > 2 and 2 * len(absent) > len(frequencies) and 2 * len(certain) < len(absent)


def word_frequencies(words: Sequence[str], snapshot: Snapshot) -> dict[str, int]:
    """Map each folded word to the number of activities that contain it in any form.

    An activity is counted once per field with the word. Raises EngineError.
    """
    unique = list(dict.fromkeys(words))
    if not unique:
        return {}
    stated = snapshot.terms(Column("language", "value"))
    languages = sorted({primary_subtag(tag) for tag, _ in stated if tag != NOT_STATED})
    stems = {word: [stem(word, language) for language in languages] for word in unique}
    roots = list(dict.fromkeys(root for of_word in stems.values() for root in of_word))
    counts = snapshot.column_frequencies(
        dict.fromkeys(EXACT_COLUMNS.values(), unique) | dict.fromkeys(STEM_COLUMNS.values(), roots)
    )
    exact = [counts[column] for column in EXACT_COLUMNS.values()]
    stemmed = [counts[column] for column in STEM_COLUMNS.values()]
    return {
        word: max(
            sum(by_term.get(word, 0) for by_term in exact),
            sum(by_term.get(root, 0) for by_term in stemmed for root in of_word),
        )
        for word, of_word in stems.items()
    }
