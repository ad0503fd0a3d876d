"""Alternative forms of query words: spellings, joined words, synonyms, names and labels.

They apply to plain text only. Queries with explicit syntax are matched literally.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Snapshot
from indexer.query.forms import WordForm, WordForms
from indexer.query.plan import EXACT_COLUMNS
from indexer.schema import RANGE_FIELD
from indexer.search.filter_suggestions import known_values
from indexer.search.names import (
    LABEL_FIELDS,
    QueryWords,
    find_names,
    label_word_values,
    query_words,
)
from indexer.search.spelling import corrections
from indexer.text.analysis import stop_word_languages
from indexer.text.spelling_variants import spelling_variants

# Weights relative to the word itself. A name or label says less about an activity than its text,
# because it matches only one of several values.
NAME_WEIGHT = 0.5
LABEL_WEIGHT = 0.2
CORRECTION_WEIGHT = 0.8
MAX_WORDS = 40  # a longer text is a passage with enough words to match
MIN_PART_LENGTH = 4  # letters in each part of a split word
# Shorter parts of words with a variant in two words or with a hyphen: co-operation.
SHORT_PARTS = frozenset("by co hot in non off on out pre un up".split())


def word_forms(
    text: str, snapshot: Snapshot, vocabulary: Vocabulary, synonyms: Synonyms
) -> WordForms:
    """Return the forms of the words of a plain text, by folded word. Raises EngineError."""
    words = query_words(text)
    if not words.words or len(words.words) > MAX_WORDS:
        return {}
    values = known_values(vocabulary)
    joined, split = _joined(words.words), {word: ways_to_split(word) for word in words.words}
    parts = [part for pairs in split.values() for pair in pairs for part in pair]
    frequencies = _frequencies(snapshot, [*words.words, *joined, *parts])
    forms: defaultdict[str, dict[WordForm, None]] = defaultdict(dict)
    for position, form in (
        *_spellings(words),
        *_joined_and_split(words.words, joined, split, frequencies),
        *_synonyms(words, synonyms),
        *_names(words, vocabulary, values),
        *_labels(words, vocabulary, values),
    ):
        forms[words.words[position]][form] = None
    unknown = [
        word
        for word in words.words
        if word not in frequencies and all(form.kind == "spelling" for form in forms[word])
    ]
    corrected = corrections(unknown, snapshot) if unknown else {}
    for word, term in corrected.items():
        forms[word][WordForm("correction", CORRECTION_WEIGHT, (term,))] = None
    return {word: tuple(by_word) for word, by_word in forms.items() if by_word}


PositionedForm = tuple[int, WordForm]
"""The index of a word in the query, and a form of the word."""
Values = Mapping[str, frozenset[str]]
"""The values that names can refer to, by field."""


def _spellings(words: QueryWords) -> Iterator[PositionedForm]:
    """Yield the British and American spellings of words."""
    for position, word in enumerate(words.words):
        for variant in spelling_variants(word):
            yield position, WordForm("spelling", 1.0, (variant,))


def _joined(words: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Join adjacent words. Return the indexes of both words by joined word."""
    return {
        first + second: (position, position + 1)
        for position, (first, second) in enumerate(pairwise(words))
        if len(first + second) > MIN_PART_LENGTH and not _is_stop_word(second)
    }


def _joined_and_split(
    words: Sequence[str],
    joined: Mapping[str, tuple[int, int]],
    split: Mapping[str, Sequence[tuple[str, str]]],
    frequencies: Mapping[str, int],
) -> Iterator[PositionedForm]:
    """Yield joined and split words that occur in the index."""
    for word, positions in joined.items():
        if word in frequencies:
            for position in positions:
                yield position, WordForm("joined", 1.0, (word,))
    for position, word in enumerate(words):
        pairs = [pair for pair in split[word] if all(part in frequencies for part in pair)]
        if pairs:
            pair = max(pairs, key=lambda pair: min(frequencies[part] for part in pair))
            yield position, WordForm("joined", 1.0, pair)


@lru_cache(20_000)
def ways_to_split(word: str) -> tuple[tuple[str, str], ...]:
    """Return all ways to split a word into two words."""
    if not word.isalpha():
        at = next((n for n, char in enumerate(word) if char.isdecimal()), 0)
        return ((word[:at], word[at:]),) if at and word[:at].isalpha() else ()
    return tuple(
        (word[:at], word[at:])
        for at in range(1, len(word))
        if _can_be_part(word[:at]) and _can_be_part(word[at:])
    )


def _can_be_part(part: str) -> bool:
    return part in SHORT_PARTS or (len(part) >= MIN_PART_LENGTH and not _is_stop_word(part))


def _is_stop_word(word: str) -> bool:
    return "en" in stop_word_languages(word)


def _frequencies(snapshot: Snapshot, terms: Sequence[str]) -> Mapping[str, int]:
    if not terms:
        return {}
    counts: dict[str, int] = {}
    unique = list(dict.fromkeys(terms))
    by_column = snapshot.column_frequencies(dict.fromkeys(EXACT_COLUMNS.values(), unique))
    for by_term in by_column.values():
        for term, count in by_term.items():
            counts[term] = max(count, counts.get(term, 0))
    return counts


def _synonyms(words: QueryWords, synonyms: Synonyms) -> Iterator[PositionedForm]:
    """Yield the synonyms of terms. Each word of a term gets all synonyms of the term."""
    for match in synonyms.find(words.typed):
        for alternative in match.alternatives:
            form = WordForm("synonym", alternative.weight, alternative.words)
            for position in range(match.start, match.end):
                yield position, form


def _names(words: QueryWords, vocabulary: Vocabulary, values: Values) -> Iterator[PositionedForm]:
    """Yield the countries, regions, themes, partners and agencies that words name."""
    matches = find_names(words.words, vocabulary, values, words.typed, words.dashes)
    for match in matches:
        if match.field != RANGE_FIELD:
            form = WordForm("name", NAME_WEIGHT, (), match.field, match.values)
            for position in match.words:
                yield position, form


def _labels(words: QueryWords, vocabulary: Vocabulary, values: Values) -> Iterator[PositionedForm]:
    """Yield the themes and partners whose label contains a word of the query."""
    if not any(values[field] for field in LABEL_FIELDS):
        return
    for position, word in enumerate(words.words):
        if not stop_word_languages(word):
            for field, labelled in label_word_values(word, vocabulary, values).items():
                yield position, WordForm("label", LABEL_WEIGHT, (), field, labelled)
