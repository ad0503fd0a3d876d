"""Alternative forms of query words: spellings, joined words, synonyms, names and labels.

They apply to plain text, and to the words of explicit syntax outside quotation marks and fields.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import NamedTuple

from indexer.content.synonym_file import RELATED_WEIGHT, Alternative
from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Snapshot
from indexer.engines.bounded_cache import BoundedCache
from indexer.query.ast import And, Not, Or, Prefix, Query, Term
from indexer.query.forms import WordForm, WordForms
from indexer.query.parser import MIN_PREFIX_LENGTH
from indexer.query.plan import EXACT_COLUMNS
from indexer.schema import RANGE_FIELD
from indexer.search.country_spelling import find_countries
from indexer.search.names import (
    LABEL_FIELDS,
    QueryWords,
    find_known_names,
    known_values,
    label_word_values,
    query_words,
)
from indexer.search.spelling import corrections, word_frequencies
from indexer.text.analysis import STOP_WORDS, stop_word_languages
from indexer.text.spelling_variants import spelling_variants

# Weights relative to the word itself. A name or label says less about an activity than its text,
# because it matches only one of several values.
NAME_WEIGHT = 1.0
LABEL_WEIGHT = 0.3
CORRECTION_WEIGHT = 1.0
MAX_WORDS = 40  # a longer text is a passage with enough words to match
MAX_MISSPELLED_NAMES = 2  # unknown words; a text with more of them is in another language
MIN_PART_LENGTH = 4  # letters in each part of a split word
# Shorter parts of words with a variant in two words or with a hyphen: co-operation.
SHORT_PARTS = frozenset("by co hot in non off on out pre un up".split())


def word_forms(
    text: str,
    snapshot: Snapshot,
    vocabulary: Vocabulary,
    synonyms: Synonyms,
    languages: Collection[str],
    cache: BoundedCache,
) -> WordForms:
    """Return the forms of the words of a plain text, by folded word. Raises EngineError.

    languages: the primary subtags of the languages of the index.
    cache: the occurrences of words of earlier queries in the same generation.
    """
    words = query_words(text)
    if not words.words or len(words.words) > MAX_WORDS:
        return {}
    joined, occurrences = _joined_words(words.words, snapshot, cache)
    absent: list[int] = []
    replacements: dict[int, tuple[str, ...]] = {}
    positioned = [*_spellings(words), *joined]
    for n, (is_known, pair) in enumerate(occurrences):
        if pair:
            positioned.append((n, WordForm("joined", 1.0, pair)))
        if not is_known:
            absent.append(n)
            if pair:
                replacements[n] = pair
    positioned += _synonyms(words, synonyms, languages, vocabulary)
    positioned += _names_and_labels(words, vocabulary)
    positioned += _forms_of_other_words(words, replacements, vocabulary, synonyms, languages)
    forms = _by_word(words, positioned) if positioned else {}
    if not absent:
        return forms
    unknown = [
        n for n in absent if all(form.kind == "spelling" for form in forms.get(words.words[n], ()))
    ]
    if unfinished := _unfinished(text, words, unknown, snapshot):
        forms[unfinished] = (*forms.get(unfinished, ()), WordForm("prefix", 1.0, (unfinished,)))
        unknown = [n for n in unknown if words.words[n] != unfinished]
    if unknown:
        terms = corrections([words.words[n] for n in unknown], snapshot)
        corrected = {n: (terms[words.words[n]],) for n in unknown if words.words[n] in terms}
        additions = _by_word(
            words,
            [
                *[(n, WordForm("correction", CORRECTION_WEIGHT, t)) for n, t in corrected.items()],
                *_forms_of_other_words(words, corrected, vocabulary, synonyms, languages),
                *_misspelled_countries(words, [n for n in unknown if n not in corrected]),
            ],
        )
        for word, of_word in additions.items():
            known = forms.get(word, ())
            added = (replace(form, is_of_correction=True) for form in of_word if form not in known)
            forms[word] = (*known, *added)
    return forms


def _unfinished(text: str, words: QueryWords, unknown: Sequence[int], snapshot: Snapshot) -> str:
    """Return the last word of a text if it occurs in no form, but begins other words; else ""."""
    last, word = len(words.words) - 1, words.words[-1]
    if last not in unknown or not text.rstrip().endswith(words.typed[-1]):
        return ""
    if (
        len(word) < MIN_PREFIX_LENGTH
        or not word.isalpha()
        or word_frequencies([word], snapshot)[word]
    ):
        return ""
    return word if snapshot.expand(Prefix(word), tuple(EXACT_COLUMNS.values()), 1).terms else ""


def _by_word(words: QueryWords, positioned: Sequence[PositionedForm]) -> dict[str, Forms]:
    """Return the distinct forms by word. If forms have the same values, keep the heaviest."""
    forms: defaultdict[str, dict[object, WordForm]] = defaultdict(dict)
    for position, form in positioned:
        of_word = forms[words.words[position]]
        key = (form.field, form.values) if form.values else form
        if form.weight >= of_word.setdefault(key, form).weight:
            of_word[key] = form
    return {word: tuple(of_word.values()) for word, of_word in forms.items()}


def forms_of_bare_words(
    query: Query, vocabulary: Vocabulary, synonyms: Synonyms, languages: Collection[str]
) -> WordForms:
    """Return the forms of the words of explicit syntax outside quotation marks and fields.

    Words are not joined, split or corrected, and an excluded word has no synonyms.
    """
    forms: dict[str, Forms] = {}
    for terms, is_excluded in bare_words(query):
        words = query_words(" ".join([term.typed or term.text for term in terms]))
        positioned = _spellings(words)
        if not is_excluded:
            positioned += _synonyms(words, synonyms, languages, vocabulary)
        positioned += _names_and_labels(words, vocabulary)
        if positioned:
            for word, of_word in _by_word(words, positioned).items():
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
            adjacent: list[Term] = []
            for child in children:
                if isinstance(child, Term):
                    adjacent.append(child)
                    continue
                if adjacent:
                    yield tuple(adjacent), is_excluded
                    adjacent = []
                yield from bare_words(child, is_excluded)
            if adjacent:
                yield tuple(adjacent), is_excluded
        case Or(children):
            for child in children:
                yield from bare_words(child, is_excluded)


Forms = tuple[WordForm, ...]
PositionedForm = tuple[int, WordForm]
"""The index of a word in the query, and a form of the word."""


def _spellings(words: QueryWords) -> list[PositionedForm]:
    """Return the British and American spellings of words."""
    return [
        (position, WordForm("spelling", 1.0, (variant,)))
        for position, word in enumerate(words.words)
        for variant in spelling_variants(word)
    ]


def _joined(words: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Join adjacent words. Return the indexes of both words by joined word."""
    return {
        first + second: (position, position + 1)
        for position, (first, second) in enumerate(pairwise(words))
        if len(first + second) > MIN_PART_LENGTH and second not in STOP_WORDS
    }


class _Occurrence(NamedTuple):
    """Whether a word occurs in the index, and its most frequent split into two words that do."""

    is_known: bool
    pair: tuple[str, str] | None


def _joined_words(
    words: Sequence[str], snapshot: Snapshot, cache: BoundedCache
) -> tuple[Sequence[PositionedForm], Sequence[_Occurrence]]:
    """Return the joined words that occur in the index, and the occurrence of each word.

    Occurrences are cached: users repeat words.
    """
    occurrences: dict[str, _Occurrence] = {}
    new: dict[str, Sequence[tuple[str, str]]] = {}
    terms: list[str] = []
    for word in words:
        if (cached := cache.get(word)) is not None:
            occurrences[word] = cached
        elif word not in new:
            new[word] = ways_to_split(word)
            terms += word, *chain.from_iterable(new[word])
    joined = _joined(words) if len(words) > 1 else {}
    frequencies = _frequencies(snapshot, [*joined, *terms])
    for word, pairs in new.items():
        pair = _best_pair(pairs, frequencies) if pairs else None
        occurrences[word] = _Occurrence(word in frequencies, pair)
        cache.put(word, occurrences[word])
    forms = [
        (position, WordForm("joined", 1.0, (word,)))
        for word, positions in joined.items()
        if word in frequencies
        for position in positions
    ]
    return forms, list(map(occurrences.__getitem__, words))


def _best_pair(
    pairs: Sequence[tuple[str, str]], frequencies: Mapping[str, int]
) -> tuple[str, str] | None:
    """Return the most frequent pair of words of the index."""
    known = [pair for pair in pairs if pair[0] in frequencies and pair[1] in frequencies]
    return max(known, key=lambda pair: min(map(frequencies.__getitem__, pair)), default=None)


def _forms_of_other_words(
    words: QueryWords,
    replacements: Mapping[int, tuple[str, ...]],
    vocabulary: Vocabulary,
    synonyms: Synonyms,
    languages: Collection[str],
) -> Iterator[PositionedForm]:
    """Yield the synonyms, names and labels of words after some of them are replaced, by index.

    "genderbased violence" has the synonyms of "gender based violence". If several words replace a
    word, a form of only one of them is not a form of the word.
    """
    if not replacements:
        return
    texts = [replacements.get(n, (typed,)) for n, typed in enumerate(words.typed)]
    positions = [n for n, text in enumerate(texts) for _ in text]
    others = query_words(" ".join(word for text in texts for word in text))
    if len(others.words) == len(positions):
        candidates = chain(
            _synonyms(others, synonyms, languages, vocabulary),
            _names_and_labels(others, vocabulary),
        )
        by_part = dict.fromkeys(candidates)
        parts = Counter((positions[n], form) for n, form in by_part)
        for (position, form), count in parts.items():
            if count == len(texts[position]):
                yield position, form


def _misspelled_countries(words: QueryWords, numbers: Sequence[int]) -> Iterator[PositionedForm]:
    """Yield the countries with a misspelled name that includes a word at one of the indexes."""
    if len(numbers) > MAX_MISSPELLED_NAMES:
        return
    for country in find_countries(words.words, numbers):
        form = WordForm("name", NAME_WEIGHT, (), "country", (country.code,))
        for position in numbers:
            if country.start <= position < country.end:
                yield position, form


def ways_to_split(word: str) -> tuple[tuple[str, str], ...]:
    """Return all ways to split a word into two words."""
    if not word.isalpha():
        at = next((n for n, char in enumerate(word) if char.isdecimal()), 0)
        return ((word[:at], word[at:]),) if at and word[:at].isalpha() else ()
    pairs = []
    last_long = len(word) - MIN_PART_LENGTH  # the last split with a long second part
    for at in range(2, len(word) - 1):
        first = word[:at]
        if first in SHORT_PARTS if at < MIN_PART_LENGTH else first not in STOP_WORDS:
            second = word[at:]
            if second in SHORT_PARTS if at > last_long else second not in STOP_WORDS:
                pairs.append((first, second))
    return tuple(pairs)


def _frequencies(snapshot: Snapshot, terms: Sequence[str]) -> Mapping[str, int]:
    """Return the highest document frequency of each term in any field."""
    if not terms:
        return {}
    by_column = snapshot.column_frequencies(dict.fromkeys(EXACT_COLUMNS.values(), terms))
    stated = [by_term for by_term in by_column.values() if by_term]
    if len(stated) < 2:
        return stated[0] if stated else {}
    counts: dict[str, int] = {}
    for by_term in stated:
        for term, count in by_term.items():
            if count > counts.get(term, 0):
                counts[term] = count
    return counts


def _synonyms(
    words: QueryWords, synonyms: Synonyms, languages: Collection[str], vocabulary: Vocabulary
) -> Iterator[PositionedForm]:
    """Yield the synonyms of terms, their translations, and the values with a synonym as label.

    Each word of a term gets all forms of the term. Only translations into languages of the index
    are yielded.
    """
    for match in synonyms.find(words.typed):
        for alternative in match.alternatives:
            forms = [WordForm("synonym", alternative.weight, alternative.words)]
            if alternative.language and alternative.language not in languages:
                forms.clear()
            if alternative.weight > RELATED_WEIGHT:
                forms += _values_named_by(alternative, vocabulary)
            for position in range(match.start, match.end):
                for form in forms:
                    yield position, form


def _values_named_by(alternative: Alternative, vocabulary: Vocabulary) -> Iterator[WordForm]:
    """Yield the values whose label is a synonym: GBV finds the theme "Gender-based violence"."""
    for name in find_known_names(query_words(" ".join(alternative.words)), vocabulary):
        if name.field in LABEL_FIELDS:
            weight = NAME_WEIGHT * alternative.weight
            yield WordForm("name", weight, (), name.field, name.values)


def _names_and_labels(words: QueryWords, vocabulary: Vocabulary) -> Iterator[PositionedForm]:
    """Yield the values that words name, and the values whose label contains a word."""
    for match in find_known_names(words, vocabulary):
        if match.field != RANGE_FIELD:
            form = WordForm("name", NAME_WEIGHT, (), match.field, match.values)
            for position in match.words:
                yield position, form
    if not vocabulary.has_labels:
        return
    values = known_values(vocabulary)
    for position, word in enumerate(words.words):
        if not stop_word_languages(word):
            for field, labelled in label_word_values(word, vocabulary, values).items():
                yield position, WordForm("label", LABEL_WEIGHT, (), field, labelled)
