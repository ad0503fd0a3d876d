"""Both engines return the same results: ids, totals, counts and the contents of hits.

Only the order by relevance may differ.
"""

from __future__ import annotations

import os
import random
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.content.activity import Activity, parse, to_markdown
from indexer.content.files import check_folder
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.index_reader import IndexReader
from indexer.indexing.sync import sync
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.plan import EXACT_COLUMNS, ID_COLUMN, K1, B, Column, Stream
from indexer.schema import FACETS, FIELDS, NOT_STATED
from indexer.search.autocomplete import autocomplete
from indexer.search.coverage import coverage
from indexer.search.more_like_this import more_like_this
from indexer.search.repeats import repeats
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import search, stream_results
from indexer.settings import Settings
from indexer.text import places
from tests.bench import corpus
from tests.cluster.nodes import Cluster
from tests.engines.conftest import ON_A_CLUSTER, address
from webapp import create_app

pytestmark = ON_A_CLUSTER

ROOT = Path(__file__).parents[2]
SPEECHES = ROOT.parent / "shared" / "corpora" / "undebates-100k.jsonl.gz"
REQUESTS = 500
TOP = 10
NO_LABELS = Vocabulary({})


@pytest.fixture
def engines(opensearch: Cluster, tmp_path: Path) -> tuple[Engine, Engine]:
    """A Whoosh engine, and an OpenSearch engine with three shards.

    Counts and frequencies must cover all shards.
    """
    template = {
        "index_patterns": ["parity-*"],
        "template": {"settings": {"index": {"number_of_shards": 3}}},
    }
    opensearch.request("PUT", "/_index_template/parity", template)
    url = address(opensearch, f"parity-{uuid4().hex[:12]}")
    return open_engine(Settings(index=tmp_path / "index")), open_engine(Settings(engine=url))


def write(
    engine: Engine, puts: Iterable[Activity], deleted: Iterable[str] = (), rebuild: bool = False
) -> None:
    with engine.writer("a test", 30, rebuild) as writer:
        for put in puts:
            writer.put(put)
        for id in deleted:
            writer.delete(id)
        writer.commit()


def without_time(stored: Activity) -> dict[str, object]:
    """Return the fields of an activity without the time of indexing."""
    return {**stored._asdict(), "meta": dict(stored.meta), "indexed_at": ""}


def without_order(page: SearchPage) -> dict[str, object]:
    """Return a page without the order of its hits, their scores and the generation."""
    hits = {hit.id: (hit.heading, hit.snippet, without_time(hit.activity)) for hit in page.hits}
    return {
        "total": page.total,
        "pages": page.pages,
        "hits": hits,
        "facets": page.facets,
        "notices": page.notices,
        "suggestions": page.suggestions,
        "filter_suggestions": page.filter_suggestions,
    }


def hit_ids(page: SearchPage) -> list[str]:
    return [hit.id for hit in page.hits]


# Random corpora, batches and requests

WORDS = """
trafficking trafficked traffick trafic women woman's gender-based the of and violence violencia
violencias Straße strasse naïve ÉTAT état женщины женщина насилие 暴力 力 行为 نساء ½ U.N. 3.5 12 x1
prosecutors prosecution prosecute""".split()
LANGUAGES = ["en", "en-GB", "es", "ru", "zh", "ar", "sw"]
VALUES: Mapping[str, Sequence[str]] = {
    "country": ["PAK", "AFG", "KEN", "XKX"],
    "region": ["002", "142", "034"],
    "year": ["2001", "2018", "2019", "2020"],
    "theme": ["training", "law"],
    "partner": ["ohchr", "police"],
    "agency": ["unodc"],
    "aliases": ["old", "older"],
}
BODY = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", ", ", ". ", "\n\n", " **and** "])),
    min_size=1,
    max_size=12,
)


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    number = draw(st.integers(0, 9))
    meta: dict[str, tuple[str, ...]] = {
        name: tuple(draw(st.lists(st.sampled_from(values), unique=True, max_size=2)))
        for name, values in VALUES.items()
    }
    meta["agency"] = meta["agency"] or ("unodc",)
    meta["aliases"] = tuple(f"{alias}-{number}" for alias in meta["aliases"])
    meta["title"] = (
        (" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))),)
        if draw(st.booleans())
        else ()
    )
    meta["language"] = (draw(st.sampled_from(LANGUAGES)),)
    body = "".join(word + gap for word, gap in draw(BODY))
    source = to_markdown({k: v for k, v in meta.items() if v}, body).encode()
    parsed = parse(f"a{number}", f"content/a{number}.md", source)
    assert parsed.activity, parsed.errors
    return parsed.activity


OPERAND = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
        lambda words: f'"{" ".join(words)}"'
    ),
    st.sampled_from(
        [
            "tr*",
            "traf*",
            "вio*",
            "жен*",
            "pros*",
            "traficking~",
            "violencla~",
            "prosecutor~",
            "strase~",
            "nothing",
        ]
    ),
    st.sampled_from(
        [f"{name}:{value}" for name, values in VALUES.items() for value in (*values, "none")]
    ),
    st.sampled_from(
        [
            "year:2018..",
            "year:..2018",
            "year:2001..2019",
            "title:women",
            'title:"the women"',
            "body:tr*",
            "year:soon",
        ]
    ),
)
TEXT = st.recursive(
    OPERAND,
    lambda inside: st.one_of(
        st.lists(inside, min_size=2, max_size=3).map(" ".join),
        st.lists(inside, min_size=2, max_size=3).map(" OR ".join),
        inside.map(lambda text: f"-({text})"),
        inside.map(lambda text: f"({text})"),
    ),
    max_leaves=4,
)
PAIR = st.sampled_from(
    [(name, value) for name in FACETS for value in (*VALUES.get(name, LANGUAGES), NOT_STATED)]
)
REQUEST = st.builds(
    SearchRequest,
    st.one_of(st.just(""), TEXT),
    st.builds(
        lambda included, excluded: (
            *(Filter(*pair) for pair in included),
            *(Filter(*pair, excluded=True) for pair in excluded),
        ),
        st.lists(PAIR, max_size=3, unique=True),
        st.lists(PAIR, max_size=2, unique=True),
    ),
    st.sampled_from([None, 2001, 2018]),
    st.sampled_from([None, 2018, 2020]),
    st.sampled_from([None, "relevance", "newest", "oldest"]),
    st.integers(1, 2),
    st.sampled_from([5, 100]),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_request_to_any_corpus_has_the_same_result(
    engines: tuple[Engine, Engine], data: st.DataObject
) -> None:
    whoosh, cluster = engines
    ids: set[str] = set()
    for number in range(data.draw(st.integers(1, 3))):
        puts = data.draw(st.lists(activities(), max_size=6))
        deleted = data.draw(st.sets(st.sampled_from([f"a{n}" for n in range(10)]), max_size=3))
        deleted -= {put.id for put in puts}
        for engine in engines:
            write(engine, puts, deleted, rebuild=not number)
        ids = ((ids if number else set()) | {put.id for put in puts}) - deleted
    check_snapshots(whoosh, cluster, ids)
    for request in data.draw(st.lists(REQUEST, min_size=1, max_size=6)):
        check_request(whoosh, cluster, request)


def check_snapshots(whoosh: Engine, cluster: Engine, ids: set[str]) -> None:
    """Compare the terms, frequencies, expansions and activities of both engines."""
    with whoosh.snapshot() as one, cluster.snapshot() as other:
        assert one.generation.activities == other.generation.activities == len(ids)
        assert one.digests() == other.digests()
        for column in (
            ID_COLUMN,
            *EXACT_COLUMNS.values(),
            *(Column(f.name, "value") for f in FIELDS if f.kind == "keyword"),
            Column("year", "value"),
        ):
            assert list(one.terms(column)) == list(other.terms(column)), column
        streams: tuple[Stream, ...] = ("exact", "stem")
        for stream in streams:
            terms = ["trafficking", "en:traffick", "the", "es:violenci", "nothing"]
            column = Column("body", stream)
            assert one.frequencies(column, terms) == other.frequencies(column, terms)
        for leaf in (Prefix("tr"), Prefix("жен"), Fuzzy("traficking"), Fuzzy("prosecutor")):
            columns = list(EXACT_COLUMNS.values())
            assert one.expand(leaf, columns, 2) == other.expand(leaf, columns, 2)
        for word, edits in (("traficking", 2), ("rpotection", 2), ("жещин", 1), ("nothing", 2)):
            similar_terms, other_terms = (
                list(each.similar_terms(word, edits, columns, 9)) for each in (one, other)
            )
            assert similar_terms == other_terms
        stored, other_stored = (
            [s and without_time(s) for s in each.get(*sorted(ids), "missing")]
            for each in (one, other)
        )
        assert stored == other_stored
        for activity in filter(None, one.get(*sorted(ids))):
            similar, other_similar = (
                {s.activity.id: (s.words, s.values) for s in more_like_this(each, activity)}
                for each in (one, other)
            )
            assert similar == other_similar
            repeated, other_repeated = (
                [(repeat.activity.id, repeat.resemblance) for repeat in repeats(each, activity)]
                for each in (one, other)
            )
            assert repeated == other_repeated


def check_request(whoosh: Engine, cluster: Engine, request: SearchRequest) -> None:
    """Compare the page, the rows, the coverage and the completions of both engines."""
    engines = (whoosh, cluster)
    page, other_page = (search(engine, request, NO_LABELS) for engine in engines)
    if request.order != "relevance" or page.total <= request.per_page:
        assert without_order(page) == without_order(other_page)
    else:
        assert {**without_order(page), "hits": {}} == {**without_order(other_page), "hits": {}}
    if request.order != "relevance":
        assert hit_ids(page) == hit_ids(other_page)
    rows, other_rows = (
        [without_time(s) for s in stream_results(engine, request, NO_LABELS)[1]]
        for engine in engines
    )
    if request.order == "relevance":
        rows.sort(key=lambda row: str(row["id"]))
        other_rows.sort(key=lambda row: str(row["id"]))
    assert rows == other_rows
    assert coverage(whoosh, request, NO_LABELS) == replace(
        coverage(cluster, request, NO_LABELS), generation=page.generation
    )
    assert autocomplete(whoosh, request, NO_LABELS) == autocomplete(cluster, request, NO_LABELS)


# The activities in content/

QUESTIONS = [
    "",
    "trafficking",
    "women police",
    '"gender-based violence"',
    "traf*",
    "trafficing~",
    "training -police",
    "country:PAK OR year:2019",
    "region:none",
    "nothing-like-this",
    "prosecutor",
    "guide",
]


def test_searches_of_the_content_folder_have_the_same_results(
    engines: tuple[Engine, Engine],
) -> None:
    content = ROOT / "content"
    vocabulary = Vocabulary.load(content)
    activities = [parsed.activity for _, parsed in check_folder(content) if parsed.activity]
    assert len(activities) >= 14
    for engine in engines:
        write(engine, activities)
    filters = [
        (),
        (Filter("country", "PAK"),),
        (Filter("region", "142"), Filter("year", "none")),
    ]
    for text in QUESTIONS:
        for chosen in filters:
            request = SearchRequest(text, filters=chosen, per_page=100)
            page, other_page = (search(engine, request, vocabulary) for engine in engines)
            assert without_order(page) == without_order(other_page), request
            assert hit_ids(page)[:TOP] == hit_ids(other_page)[:TOP], request
            scores, other_scores = (
                {hit.id: hit.score for hit in each.hits} for each in (page, other_page)
            )
            # Lucene stores the length of a document in one byte.
            assert scores == pytest.approx(other_scores, rel=0.1), request


PAGES = """
/ /?q=trafficking /?q=traf* /?q=wimen /?q=nothing-like-it /?q=women&country=PAK&-theme=none
/?sort=oldest&per_page=5&page=2 /?q=police&why=gtm-support-national-civil-police-joint
/?year_from=2018&year=none /coverage /coverage?q=women
/activities/kgz-facilitated-public-safety-crime-prevention
/export?format=csv&q=women /export?format=json /export?format=bibtex
/api/v1/search?q=women /api/v1/search?q=wimen&region=142
/api/v1/activities/kgz-facilitated-public-safety-crime-prevention
/sitemap.xml /readyz""".split()
# The time of indexing, and scores, which Lucene rounds.
VOLATILE = re.compile(r'\d{4}-\d\d-\d\dT[\d:]+Z|"score":[\d.e-]+')


def _answer(client: FlaskClient, path: str) -> tuple[int, str]:
    """Return the status and the text of an answer. A download is read, so that it ends."""
    with client.get(path) as response:
        return response.status_code, response.text


def test_every_page_and_download_is_the_same(opensearch: Cluster, tmp_path: Path) -> None:
    content = ROOT / "content"
    texts = []
    for name, engine in (("whoosh", "whoosh"), ("cluster", address(opensearch))):
        settings = Settings(content=content, index=tmp_path / name, engine=engine)
        assert sync(open_engine(settings), content, "a test", cache=settings.index).added >= 14
        client = create_app(settings).test_client()
        texts.append({path: _answer(client, path) for path in PAGES})
    for path in PAGES:
        (status, text), (other_status, other_text) = texts[0][path], texts[1][path]
        assert status == other_status == 200, path
        lines, other_lines = (VOLATILE.sub("", each).splitlines() for each in (text, other_text))
        assert lines == other_lines, path


# 100,000 paragraphs


def _activities(paragraphs: Iterable[corpus.Paragraph]) -> Iterator[Activity]:
    """Yield activities with the paragraphs as text, and values for every facet."""
    for paragraph in paragraphs:
        number = zlib.crc32(paragraph.id.encode()) >> 8
        meta: dict[str, tuple[str | int, ...]] = {
            "country": paragraph.countries,
            "year": (paragraph.year,),
            "agency": ("unodc", "undp")[: 1 + number % 2],
            "language": ("en",),
            "region": tuple(
                sorted(
                    {region for code in paragraph.countries for region in places.ancestors(code)}
                )
            ),
        }
        if number % 3 == 0:
            meta["title"] = (" ".join(paragraph.text.split()[:6]),)
        if number % 5 == 0:
            del meta["year"]
        if number % 2 == 0:
            meta["theme"] = tuple({f"theme-{number % n}": 0 for n in (7, 30) if number % n})
        if number % 4 == 0:
            meta["partner"] = (f"partner-{number % 900}",)
        stated = {name: values for name, values in meta.items() if values}
        text = paragraph.text
        yield Activity(paragraph.id, f"{number:032x}", text, "en", stated, text)


def _filters(value: Callable[[str], tuple[str, str]], chance: random.Random) -> tuple[Filter, ...]:
    """Draw up to three included values and sometimes an excluded one."""
    included = dict.fromkeys(
        value(chance.choice(list(FACETS))) for _ in range(chance.choice([0, 0, 1, 1, 2, 3]))
    )
    excluded = set()
    if chance.random() < 0.2:
        excluded = {value(chance.choice(list(FACETS)))} - set(included)
    return (
        *(Filter(*pair) for pair in included),
        *(Filter(*pair, excluded=True) for pair in excluded),
    )


def _requests(activities: Sequence[Activity], count: int) -> Iterator[tuple[str, SearchRequest]]:
    """Yield requests of every kind, with words as frequent as in the texts."""
    chance = random.Random(8)

    def words(number: int) -> list[str]:
        text = re.findall(r"[A-Za-z]{2,}", chance.choice(activities).text)
        start = chance.randrange(max(1, len(text) - number))
        return text[start : start + number]

    def word(min_length: int = 2) -> str:
        while True:
            if long := [each for each in words(5) if len(each) >= min_length]:
                return long[0]

    def value(name: str) -> tuple[str, str]:
        values = chance.choice(activities).meta.get(name)
        return name, str(chance.choice(values)) if values else NOT_STATED

    kinds = {
        "word": word,
        "words": lambda: f"{word()} {word()}",
        "or": lambda: f"{word()} OR {word()} OR {word(4)}",
        "phrase": lambda: f'"{" ".join(words(2))}"',
        "long phrase": lambda: f'"{" ".join(words(4))}"',
        "prefix 2": lambda: f"{word()[:2]}*",
        "prefix 4": lambda: f"{word(5)[:4]}*",
        "not": lambda: f"{word()} -{word()}",
        "fuzzy": lambda: f"{word(6)[:-1]}~",
        "near": lambda: f"{(w := word(8))[:3]}{w[4:]}~",
        "nothing": lambda: f"{word(6)}qx",
        "title": lambda: f"title:{word(4)}",
        "year": lambda: f"{word()} year:{chance.randint(1946, 2019)}..",
        "keyword": lambda: "{}:{}".format(*value("country")),
        "groups": lambda: f"({word()} OR {word()}) -({word()} {word()})",
        "everything": lambda: "",
        "only not": lambda: f"-{word()}",
        "accents": lambda: word(4).replace("e", "é").upper(),
        "hyphen": lambda: "-".join(words(2)) or "a-b",
        "sentence": lambda: " ".join(words(12)),
    }
    for number in range(count):
        kind = list(kinds)[number % len(kinds)]
        filters = _filters(value, chance)
        low = chance.choice([None, None, None, 1960, 1990])
        high = chance.choice([None, None, None, 2000])
        sort = chance.choice([None, None, "relevance", "newest", "oldest"])
        yield (
            kind,
            SearchRequest(
                kinds[kind](),
                filters,
                low,
                high,
                sort,
                chance.choice([1, 1, 1, 2, 40]),
                TOP,
            ),
        )  # type: ignore[no-untyped-call]


def _rounded(length: int) -> int:
    """Return a length as Lucene keeps it: exact below 24, then with four significant bits.

    Source: SmallFloat.intToByte4 and byte4ToInt of Lucene 9.
    """
    rest = length - 24
    shift = max(rest.bit_length() - 4, 0)
    return length if rest < 0 else 24 + (rest >> shift << shift)


def _norm_of_rounded_lengths(reader: IndexReader, field: str) -> Array:
    """Return what IndexReader.norm returns, from lengths as Lucene keeps them."""
    lengths = np.concatenate([part.segment.texts[field].lengths for part in reader.parts])
    values, of_document = np.unique(lengths, return_inverse=True)
    rounded = np.array([_rounded(int(value)) for value in values])[of_document]
    average = reader.length_stats[field][1]
    return np.asarray(K1 * (1 - B + B * rounded / average), np.float32)


def _shares(results: Sequence[set[str]], others: Sequence[set[str]]) -> tuple[float, float]:
    """Return the share of equal sets, and the share of results that are in both sets."""
    same = [len(ids & other) for ids, other in zip(results, others, strict=True)]
    return same.count(TOP) / len(same), sum(same) / (TOP * len(same))


@pytest.mark.timeout(1500)
def test_500_requests_to_100000_paragraphs_have_the_same_counts(
    engines: tuple[Engine, Engine],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Uses the corpus of speeches if it is there, else generated paragraphs.

    The orders by relevance differ only because lengths are exact in Whoosh and rounded to a byte in
    Lucene. The shares of equal results are printed for exact and for rounded lengths.
    """
    if SPEECHES.exists():
        paragraphs = corpus.load(SPEECHES, int(os.environ.get("PARITY_SIZE", "100000")))
    else:
        paragraphs = corpus.generate(20_000)
    activities = list(_activities(paragraphs))
    amended = [
        a._replace(digest=f"{n:032x}", body=f"{a.body} Amended.", text=f"{a.text} Amended.")
        for n, a in enumerate(activities[::500])
    ]
    for engine in engines:
        write(engine, activities)
        write(engine, amended, [a.id for a in activities[1::700]])
    ranked: list[SearchRequest] = []
    exact: list[set[str]] = []
    others: list[set[str]] = []
    for number, (kind, request) in enumerate(_requests(activities, REQUESTS)):
        page, other_page = (search(engine, request, NO_LABELS) for engine in engines)
        assert {**without_order(page), "hits": {}} == {**without_order(other_page), "hits": {}}, (
            number,
            kind,
            request,
        )
        if request.order != "relevance":
            assert hit_ids(page) == hit_ids(other_page), (number, kind, request)
            assert without_order(page) == without_order(other_page), (number, kind, request)
        elif page.total > TOP and request.page == 1:
            ranked.append(request)
            exact.append(set(hit_ids(page)))
            others.append(set(hit_ids(other_page)))
    monkeypatch.setattr(IndexReader, "norm", _norm_of_rounded_lengths)
    rounded = [set(hit_ids(search(engines[0], request, NO_LABELS))) for request in ranked]
    with capsys.disabled():
        print(
            f"\n{len(activities)} paragraphs, {len(ranked)} requests with more than {TOP} results"
        )
        for name, results in (("exact", exact), ("rounded", rounded)):
            sets, single = _shares(results, others)
            print(f"{name} lengths: the same {TOP} in {sets:.1%}; {single:.1%} of all results")
    assert _shares(exact, others)[1] >= 0.95
    assert _shares(rounded, others)[0] >= 0.95
