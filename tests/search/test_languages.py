"""Searches in other languages: two words in another form than the text's find the text first."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.query.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.service import stream_results
from indexer.settings import Settings
from indexer.text.analysis import is_unspaced, terms

ROOT = Path(__file__).parents[2]
# The 30 articles of the Universal Declaration of Human Rights in several languages.
CORPUS = ROOT.parent / "shared" / "corpora" / "udhr_parallel.jsonl"
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason=f"{CORPUS} is not on this machine")

# Language, number of the article, and two of its words in another form.
QUERIES = """
en 4 slaves prohibiting
en 5 tortured punishments
en 9 arrests exiles
en 13 movements residences
en 14 persecuted asylums
en 16 marrying nationalities
en 24 rests holiday
en 27 scientists arts
fr 4 esclavages servitudes
fr 5 tortures cruelle
fr 9 arrêtés exilée
fr 13 circulation résidences
fr 14 persécutions asiles
fr 24 loisir raisonnables
fr 26 élémentaires obligatoires
fr 27 scientifiques artistique
es 4 esclavo servidumbres
es 5 tortura cruel
es 9 detenidos desterrados
es 13 residencias circulando
es 14 persecuciones asilos
es 24 descansos razonables
es 26 elementales obligatorias
ru 4 рабством подневольный
ru 5 пытка жестокие
ru 9 арест изгнание
ru 14 убежище преследование
ru 24 отдыха досуга
ru 26 начальное обязательное
pt 4 servidões escravos
pt 9 presos exilados
pt 14 perseguições asilos
pt 24 repousos razoáveis
pt 26 elementares obrigatórios
de 4 Leibeigenschaften Sklavenhandels
de 9 willkürliche festgenommene
de 14 Verfolgungen Ländern
de 24 Freizeiten Erholungen
ar 4 الاستعباد والاسترقاق
ar 9 حجز والقبض
ar 14 واضطهاد البلاد
ar 24 راحة والفراغ
ar 26 تعليم وإلزامي
"""
FUNCTION_WORDS = {
    "en": "the {} in the {}",
    "fr": "les {} dans la {}",
    "es": "las {} de la {}",
    "ru": "{} и на {}",
    "pt": "os {} da {}",
    "de": "die {} in der {}",
    "ar": "{} في {}",
}
UNSPACED_LANGUAGES = ("zh", "ja", "th")
CASES = [line.split() for line in QUERIES.strip().splitlines()]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    """Return an index of the articles of each language."""
    activities: dict[str, list[Activity]] = defaultdict(list)
    for line in CORPUS.read_text("utf-8").splitlines():
        row = json.loads(line)
        language, text = row["lang"], row["text"]
        activities[language].append(
            Activity(str(row["article"]), "1", text, language, {"language": (language,)}, text)
        )
    engines = {}
    for language in (*FUNCTION_WORDS, *UNSPACED_LANGUAGES):
        engines[language] = open_engine(Settings(index=tmp_path_factory.mktemp(language)))
        with engines[language].writer("a test", 1) as writer:
            for activity in activities[language]:
                writer.put(activity)
            writer.commit()
    return engines


def first(engine: Engine, query: str) -> str | None:
    """Return the first result of a search."""
    _, activities = stream_results(engine, SearchRequest(query), Vocabulary({}))
    return next((activity.id for activity in activities), None)


@pytest.mark.parametrize(("language", "article", "word", "other"), CASES)
def test_two_words_in_another_form_find_the_article_first(
    engines: dict[str, Engine], language: str, article: str, word: str, other: str
) -> None:
    assert first(engines[language], f"{word} {other}") == article


@pytest.mark.parametrize(("language", "article", "word", "other"), CASES)
def test_function_words_do_not_change_the_first_result(
    engines: dict[str, Engine], language: str, article: str, word: str, other: str
) -> None:
    query = FUNCTION_WORDS[language].format(word, other)
    assert first(engines[language], query) == article


def rarest_bigrams(texts: list[list[str]], number: int) -> list[tuple[str, str]]:
    """Return the pairs of neighbouring characters of a text, the rarest in all texts first."""
    counts = Counter(pair for text in texts for pair in set(pairwise(text)))
    pairs = sorted(set(pairwise(texts[number])), key=lambda pair: (counts[pair], pair))
    return [pair for pair in pairs if all(map(is_unspaced, pair))]


@pytest.mark.parametrize("language", UNSPACED_LANGUAGES)
def test_two_joined_words_of_a_script_without_spaces_find_the_article_first(
    engines: dict[str, Engine], language: str
) -> None:
    with engines[language].snapshot() as snapshot:
        activities = sorted(snapshot.scan(Plan()), key=lambda activity: int(activity.id))
    texts = [terms(activity.text) for activity in activities]
    first_results = 0
    for number, activity in enumerate(activities):
        one, *others = rarest_bigrams(texts, number)
        other = next(pair for pair in others if not {*pair} & {*one})
        first_results += first(engines[language], "".join((*other, *one))) == activity.id
    assert first_results >= 27
