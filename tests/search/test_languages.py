"""Searches in other languages: two words in another form than the text's find the text first."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.search.request import SearchRequest
from indexer.search.service import stream_results
from indexer.settings import Settings

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
    for language in FUNCTION_WORDS:
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
