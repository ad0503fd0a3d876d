"""Alternative forms of query words: spellings, joined words, synonyms, names and labels.

They apply to plain text, and to the words of explicit syntax outside quotation marks and fields.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby, pairwise

from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Snapshot
from indexer.query.ast import And, Not, Or, Query, Term
from indexer.query.forms import WordForm, WordForms
from indexer.query.plan import EXACT_COLUMNS
from indexer.schema import RANGE_FIELD
from indexer.search.names import (
    LABEL_FIELDS,
    QueryWords,
    find_known_names,
    known_values,
    label_word_values,
    query_words,
)
from indexer.search.spelling import corrections
from indexer.text.analysis import stop_word_languages
from indexer.text.spelling_variants import spelling_variants

# Weights relative to the word itself. A name or label says less about an activity than its text,
# because it matches only one of several values.
NAME_WEIGHT = 1.0
LABEL_WEIGHT = 0.3
CORRECTION_WEIGHT = 1.0
MAX_WORDS = 40  # a longer text is a passage with enough words to match
MIN_PART_LENGTH = 4  # letters in each part of a split word
# Shorter parts of words with a variant in two words or with a hyphen: co-operation.
SHORT_PARTS = frozenset("by co hot in non off on out pre un up".split())


def word_forms(
    text: str,
    snapshot: Snapshot,
    vocabulary: Vocabulary,
    synonyms: Synonyms,
    languages: Collection[str],
) -> WordForms:
    """Return the forms of the words of a plain text, by folded word. Raises EngineError.

    languages: the primary subtags of the languages of the index.
    """
    words = query_words(text)
    if not words.words or len(words.words) > MAX_WORDS:
        return {}
    joined, split = _joined(words.words), {word: ways_to_split(word) for word in words.words}
    parts = [part for pairs in split.values() for pair in pairs for part in pair]
    frequencies = _frequencies(snapshot, [*words.words, *joined, *parts])
    forms = _by_word(
        words,
        _spellings(words),
        _joined_and_split(words.words, joined, split, frequencies),
        _synonyms(words, synonyms, languages),
        _names_and_labels(words, vocabulary),
    )
    unknown = [
        word
        for word in words.words
        if word not in frequencies and all(form.kind == "spelling" for form in forms.get(word, ()))
    ]
    corrected = corrections(unknown, snapshot) if unknown else {}
    for word, term in corrected.items():
        correction = WordForm("correction", CORRECTION_WEIGHT, (term,))
        forms[word] = (*forms.get(word, ()), correction)
    return forms


def _by_word(words: QueryWords, *sources: Iterable[PositionedForm]) -> dict[str, Forms]:
    forms: defaultdict[str, dict[WordForm, None]] = defaultdict(dict)
    for position, form in chain.from_iterable(sources):
        forms[words.words[position]][form] = None
    return {word: tuple(of_word) for word, of_word in forms.items()}


def forms_of_bare_words(
    query: Query, vocabulary: Vocabulary, synonyms: Synonyms, languages: Collection[str]
) -> WordForms:
    """Return the forms of the words of explicit syntax outside quotation marks and fields.

    Words are not joined, split or corrected, and an excluded word has no synonyms.
    """
    forms: dict[str, Forms] = {}
    for terms, is_excluded in bare_words(query):
        words = query_words(" ".join(term.typed or term.text for term in terms))
        by_word = _by_word(
            words,
            _spellings(words),
            () if is_excluded else _synonyms(words, synonyms, languages),
            _names_and_labels(words, vocabulary),
        )
        for word, of_word in by_word.items():
            forms[word] = tuple(dict.fromkeys((*forms.get(word, ()), *of_word)))
    return forms


def bare_words(query: Query, is_excluded: bool = False) -> Iterator[tuple[tuple[Term, ...], bool]]:
    """Yield the adjacent words of explicit syntax, and whether the query excludes them."""
    match query:
        case Term():
            yield (query,), is_excluded
        case Not(child):
            yield from bare_words(child, not is_excluded)
        case And(children):
            for is_term, group in groupby(children, lambda child: isinstance(child, Term)):
                if is_term:
                    yield tuple(child for child in group if isinstance(child, Term)), is_excluded
                else:
                    for child in group:
                        yield from bare_words(child, is_excluded)
        case Or(children):
            for child in children:
                yield from bare_words(child, is_excluded)


Forms = tuple[WordForm, ...]
PositionedForm = tuple[int, WordForm]
"""The index of a word in the query, and a form of the word."""


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
    pairs = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
    return tuple([pair for pair in pairs if _can_be_part(pair[0]) and _can_be_part(pair[1])])


def _can_be_part(part: str) -> bool:
    if len(part) < MIN_PART_LENGTH:
        return part in SHORT_PARTS
    return not _is_stop_word(part)


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


def _synonyms(
    words: QueryWords, synonyms: Synonyms, languages: Collection[str]
) -> Iterator[PositionedForm]:
    """Yield the synonyms of terms, and their translations into languages of the index.

    Each word of a term gets all synonyms of the term.
    """
    for match in synonyms.find(words.typed):
        for alternative in match.alternatives:
            if alternative.language and alternative.language not in languages:
                continue
            form = WordForm("synonym", alternative.weight, alternative.words)
            for position in range(match.start, match.end):
                yield position, form


def _names_and_labels(words: QueryWords, vocabulary: Vocabulary) -> Iterator[PositionedForm]:
    """Yield the values that words name, and the values whose label contains a word."""
    for match in find_known_names(words, vocabulary):
        if match.field != RANGE_FIELD:
            form = WordForm("name", NAME_WEIGHT, (), match.field, match.values)
            for position in match.words:
                yield position, form
    values = known_values(vocabulary)
    if not any(values[field] for field in LABEL_FIELDS):
        return
    for position, word in enumerate(words.words):
        if not stop_word_languages(word):
            for field, labelled in label_word_values(word, vocabulary, values).items():
                yield position, WordForm("label", LABEL_WEIGHT, (), field, labelled)
