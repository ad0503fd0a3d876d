"""The contract of every engine. These tests use only the Engine protocol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.content.evidence import Evidence
from indexer.engines.base import Engine, IndexBusy, IndexMissing
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.plan import (
    AndQuery,
    Column,
    IdsQuery,
    NotQuery,
    OrQuery,
    PhraseQuery,
    Plan,
    RangeQuery,
    TermQuery,
)
from indexer.text.analysis import stem

OpenEngine = Callable[[], Engine]

BODY = Column("body", "exact")
COUNTRY, YEAR = Column("country", "value"), Column("year", "value")


def activity(
    id: str, body: str = "some words", digest: str = "1", **meta: tuple[str | int, ...]
) -> Activity:
    return Activity(id, digest, body, "en", {"language": ("en",), **meta}, body.replace("*", ""))


def write(
    engine: Engine, *puts: Activity, delete: tuple[str, ...] = (), rebuild: bool = False
) -> int:
    """Put and delete activities in one commit. Return the number of its generation."""
    with engine.writer("a test", 1, rebuild) as writer:
        for put in puts:
            writer.put(put)
        for id in delete:
            writer.delete(id)
        return writer.commit().number


def ids(engine: Engine, plan: Plan | None = None) -> list[str]:
    """Return the ids of all matches, in the plan's order."""
    with engine.snapshot() as snapshot:
        return [stored.id for stored in snapshot.scan(plan or Plan())]


def test_an_activity_is_stored_unchanged(open_again: OpenEngine) -> None:
    put = activity("a", "Körper **text**", country=("PAK", "AFG"), year=(2018, 2020), title=("A",))
    write(open_again(), put)
    with open_again().snapshot() as snapshot:
        stored, missing = snapshot.get("a", "b")
    assert missing is None
    assert stored is not None
    assert (stored.id, stored.body, stored.digest) == ("a", "Körper **text**", "1")
    assert (stored.meta["country"], stored.meta["year"]) == (("PAK", "AFG"), (2018, 2020))


def test_the_evidence_of_an_import_is_stored(open_again: OpenEngine) -> None:
    evidence = (Evidence("country", "EGY", "l’Égypte"), Evidence("year", "2019", "2019"))
    put = activity("a", "En 2019, l’Égypte")._replace(evidence=evidence)
    write(open_again(), put, activity("b", "Without evidence"))
    with open_again().snapshot() as snapshot:
        first, second = snapshot.get("a", "b")
    assert first is not None
    assert second is not None
    assert (first.evidence, second.evidence) == (evidence, ())


def test_the_last_put_of_an_id_wins(open_again: OpenEngine) -> None:
    write(open_again(), activity("a", "first"), activity("a", "second"))
    write(open_again(), activity("a", "third"), activity("a", "fourth"))
    assert ids(open_again()) == ["a"]
    with open_again().snapshot() as snapshot:
        assert [stored.body for stored in snapshot.scan(Plan())] == ["fourth"]


def test_a_writer_without_commit_changes_nothing(open_again: OpenEngine) -> None:
    write(open_again(), activity("a"))
    with open_again().writer("a test", 1) as writer:
        writer.put(activity("b"))
        writer.delete("a")
    assert ids(open_again()) == ["a"]


def test_an_error_in_a_writer_changes_nothing_and_releases_the_lock(
    open_again: OpenEngine,
) -> None:
    write(open_again(), activity("a"))
    with pytest.raises(RuntimeError), open_again().writer("a test", 1) as writer:  # noqa: PT012
        writer.put(activity("b"))
        raise RuntimeError
    assert write(open_again(), activity("c")) == 2
    assert ids(open_again()) == ["a", "c"]


def test_a_second_writer_is_refused(open_again: OpenEngine) -> None:
    with (
        open_again().writer("ana", 1),
        pytest.raises(IndexBusy, match="ana"),
        open_again().writer("ben", 0.1),
    ):
        pass


def test_reading_a_missing_index_does_not_create_it(open_again: OpenEngine) -> None:
    for _ in range(2):
        with pytest.raises(IndexMissing), open_again().snapshot():
            pass
    assert open_again().generations() == ()


def test_an_open_snapshot_does_not_change(open_again: OpenEngine) -> None:
    engine = open_again()
    write(engine, activity("a"))
    with engine.snapshot() as snapshot:
        write(open_again(), activity("b"), delete=("a",))
        assert [stored.id for stored in snapshot.scan(Plan())] == ["a"]
        assert snapshot.generation.number == 1
    assert ids(engine) == ["b"]


def test_an_older_generation_can_be_opened(open_again: OpenEngine) -> None:
    write(open_again(), activity("a"))
    write(open_again(), activity("b"))
    with open_again().snapshot(1) as snapshot:
        assert snapshot.match(Plan())[0].total == 1


def test_generation_numbers_increase_after_a_rollback(open_again: OpenEngine) -> None:
    write(open_again(), activity("a"))
    write(open_again(), activity("b"))
    generation = open_again().rollback(1, "a test")
    assert (generation.number, generation.restores, generation.activities) == (3, 1, 1)
    assert ids(open_again()) == ["a"]
    assert write(open_again(), activity("c")) == 4
    assert ids(open_again()) == ["a", "c"]


def test_a_writer_can_change_an_older_generation(open_again: OpenEngine) -> None:
    write(open_again(), activity("a", "traffic"), activity("b", "trade"), activity("c", "tram"))
    write(open_again(), activity("a", "train", digest="2"), activity("d"), delete=("b", "c"))
    with open_again().snapshot() as snapshot:
        newest = snapshot.get("a")[0]
    assert newest is not None
    with open_again().writer("a test", 1, base=1) as writer:
        assert writer.digests() == {"a": "1", "b": "1", "c": "1"}
        writer.put_stored(newest)
        writer.delete("b")
        generation = writer.commit(restores=1)
    assert (generation.number, generation.restores, generation.activities) == (3, 1, 2)
    assert ids(open_again()) == ["a", "c"]
    with open_again().snapshot() as snapshot:
        assert [stored.digest for stored in snapshot.scan(Plan())] == ["2", "1"]
        assert list(snapshot.terms(BODY, "tra")) == [("train", 1), ("tram", 1)]
    assert write(open_again(), delete=("c",)) == 4
    assert [generation.restores for generation in open_again().generations()][-2:] == [1, None]


def test_a_writer_cannot_change_a_generation_that_is_not_kept(open_again: OpenEngine) -> None:
    write(open_again(), activity("a"))
    with pytest.raises(IndexMissing), open_again().writer("a test", 1, base=7):
        pass


def test_a_writer_has_the_digests_of_the_current_generation_unless_it_rebuilds(
    open_again: OpenEngine,
) -> None:
    write(open_again(), activity("a", digest="x"), activity("b", digest="y"))
    write(open_again(), activity("a", digest="z"), delete=("b",))
    with open_again().writer("a test", 1) as writer:
        assert writer.digests() == {"a": "z"}
    with open_again().writer("a test", 1, rebuild=True) as writer:
        assert writer.digests() == {}
        last = writer.last_good("a")
        assert last is not None
        writer.put_stored(last)
        writer.commit()
    assert ids(open_again()) == ["a"]


def test_document_frequencies_do_not_count_deleted_activities(open_again: OpenEngine) -> None:
    write(open_again(), activity("a", "traffic"), activity("b", "traffic trade"))
    write(open_again(), delete=("a",))
    with open_again().snapshot() as snapshot:
        assert list(snapshot.terms(BODY, "tra")) == [
            ("trade", 1),
            ("traffic", 1),
        ]
        assert snapshot.expand(Prefix("tra"), [BODY], 1).truncated
        assert snapshot.expand(Fuzzy("trafic"), [BODY], 9).terms == (("traffic", 1),)


def test_similar_terms_are_ordered_by_distance_then_by_frequency(open_again: OpenEngine) -> None:
    write(
        open_again(),
        activity("a", "traffic trafic traffics", title=("Traffic",)),
        activity("b", "traffic straffic trophic"),
        activity("c", "rtaffic ttttttt", title=("Trafics",)),
        activity("d", "draffic draffics"),
    )
    write(open_again(), delete=("d",))
    columns = [BODY, Column("title", "exact")]
    with open_again().snapshot() as snapshot:
        assert list(snapshot.similar_terms("traffic", 1, columns, 9)) == [
            ("rtaffic", 1, 1),
            ("straffic", 1, 1),
            ("traffics", 1, 1),
            ("trafic", 1, 1),
        ]
        assert list(snapshot.similar_terms("trafik", 2, columns, 2)) == [
            ("trafic", 1, 1),
            ("traffic", 3, 2),
        ]
        assert list(snapshot.similar_terms("zzzz", 2, columns, 9)) == []


def test_ties_are_ordered_by_id_so_that_pages_do_not_overlap(open_again: OpenEngine) -> None:
    write(open_again(), *(activity(f"a{n:02}", year=(2018,)) for n in range(25)))
    with open_again().snapshot() as snapshot:
        for sort in ("relevance", "newest", "oldest"):
            plans = [
                Plan(TermQuery(BODY, "words"), sort=sort, offset=at, limit=10)
                for at in (0, 10, 20, 30)
            ]  # type: ignore[arg-type]
            pages = [
                [stored.id for _, stored in matches.hits] for matches in snapshot.match(*plans)
            ]
            assert sum(pages, []) == [f"a{n:02}" for n in range(25)]  # noqa: RUF017


def test_a_value_is_computed_once_for_a_generation(open_again: OpenEngine) -> None:
    engine = open_again()
    for number in (1, 2):
        write(engine, activity("a", "words " * number))
        for _ in range(2):
            with engine.snapshot() as snapshot:
                terms = snapshot.cached("key", lambda snapshot=snapshot: [snapshot.generation])
                assert terms == [snapshot.generation]
                assert snapshot.cached("key", list) is terms


def test_a_term_has_the_stems_of_its_spellings_with_accents(open_again: OpenEngine) -> None:
    french = [
        Activity(id, "1", body, "fr", {"language": ("fr",)}, body)
        for id, body in [("a", "des policières"), ("b", "la policiere"), ("c", "police étés")]
    ]
    thai = Activity("d", "1", "กก été", "th", {"language": ("th",)}, "กก été")
    write(open_again(), *french, thai)
    with open_again().snapshot() as snapshot:
        terms = ["policieres", "policiere", "police", "etes", "ete", "absent"]
        stems = snapshot.stems(terms)
        assert stems["policieres"] == (stem("policières", "fr"),)
        assert not {"policiere", "police", "ete", "absent"} & stems.keys()
        column = Column("body", "stem")
        frequencies = snapshot.frequencies(column, ["th:ete", "th:ก", "fr:la", "fr:absent"])
        assert frequencies == {"th:ete": 1, "th:ก": 1, "fr:la": 1}


def test_a_stem_of_accents_is_gone_with_its_last_activity(open_again: OpenEngine) -> None:
    body = "policières"
    write(open_again(), Activity("a", "1", body, "fr", {"language": ("fr",)}, body))
    write(open_again(), activity("a", "policieres"), rebuild=True)
    with open_again().snapshot() as snapshot:
        assert snapshot.stems(["policieres"]) == {}


def test_a_text_has_one_stem_for_each_term(open_again: OpenEngine) -> None:
    body = "policieres policières policieres"
    write(open_again(), Activity("a", "1", body, "fr", {"language": ("fr",)}, body))
    column = Column("body", "stem")
    with open_again().snapshot() as snapshot:
        stems = [stem("policières", "fr"), stem("policieres", "fr")]
        assert stems[0] != stems[1]
        assert snapshot.frequencies(column, stems) == {stems[0]: 1}
        assert snapshot.frequencies(BODY, ["policieres"]) == {"policieres": 1}


def test_ids_limit_the_matches_and_can_be_excluded(open_again: OpenEngine) -> None:
    write(open_again(), *(activity(id) for id in ("a", "b", "c/d", "e")))
    write(open_again(), activity("b", "other words"), delete=("e",))
    some = IdsQuery(("c/d", "e", "unknown", "b", "b"))
    for query, expected in ((some, ["b", "c/d"]), (NotQuery(some), ["a"]), (IdsQuery(()), [])):
        plan = Plan(TermQuery(BODY, "words"), filters=(("ids", query),))
        assert ids(open_again(), plan) == expected
        with open_again().snapshot() as snapshot:
            assert snapshot.match(plan)[0].total == len(expected)


WORDS = ["ape", "bee", "cat"]
ROW = st.tuples(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5),
    st.sets(st.sampled_from(["PAK", "KEN"])),
    st.sets(st.sampled_from([2018, 2019])),
)
LEAF = st.one_of(
    st.sampled_from(WORDS).map(lambda w: TermQuery(BODY, w)),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(
        lambda w: PhraseQuery(BODY, tuple(w))
    ),
    st.sampled_from(["PAK", "KEN", "none"]).map(lambda c: TermQuery(COUNTRY, c)),
    st.sampled_from([(2018, 2018), (None, 2018), (2019, None)]).map(lambda r: RangeQuery(YEAR, *r)),
)
QUERY = st.recursive(
    LEAF,
    lambda q: st.one_of(
        st.lists(q, min_size=1, max_size=3).map(lambda c: AndQuery(tuple(c))),
        st.lists(q, min_size=1, max_size=3).map(lambda c: OrQuery(tuple(c))),
        q.map(NotQuery),
    ),
    max_leaves=5,
)


def matches_row(query, row) -> bool:  # type: ignore[no-untyped-def]
    """Return whether a row (words, countries, years) matches a query."""
    words, countries, years = row
    match query:
        case AndQuery(children):
            return all(matches_row(c, row) for c in children)
        case OrQuery(children):
            return any(matches_row(c, row) for c in children)
        case NotQuery(child):
            return not matches_row(child, row)
        case TermQuery(Column("country"), code):
            return code in (countries or {"none"})
        case RangeQuery(_, low, high):
            return any((low or 0) <= year <= (high or 9999) for year in years)
        case TermQuery(_, word):
            return word in words
        case PhraseQuery(_, phrase):
            return any(tuple(words[n : n + len(phrase)]) == phrase for n in range(len(words)))
    raise TypeError(query)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.lists(ROW, max_size=4), min_size=1, max_size=3),
    st.lists(QUERY, min_size=1, max_size=6),
    st.data(),
)
def test_matches_and_counts_equal_a_brute_force_search(
    open_again: OpenEngine, batches, queries, data
) -> None:  # type: ignore[no-untyped-def]
    engine = open_again()
    rows: dict[str, object] = {}
    for number, batch in enumerate(batches):
        deleted = data.draw(st.sets(st.sampled_from(sorted(rows)))) if rows else set()
        puts = []
        for at, row in enumerate(batch):
            id = f"a{at}" if number % 2 else f"a{number}{at}"
            rows[id] = row
            deleted.discard(id)
            words, countries, years = row
            meta = {"country": tuple(sorted(countries)), "year": tuple(sorted(years))}
            puts.append(activity(id, " ".join(words), **meta))
        for id in deleted:
            del rows[id]
        write(engine, *puts, delete=tuple(deleted), rebuild=not number)
    counts = (("country",), ("country", "year"))
    plans = [Plan(query, counts=counts, limit=50) for query in queries]
    with engine.snapshot() as snapshot:
        for query, matches in zip(queries, snapshot.match(*plans), strict=True):
            expected = {id: row for id, row in rows.items() if matches_row(query, row)}
            assert {stored.id for _, stored in matches.hits} == set(expected)
            assert matches.total == len(expected)
            assert matches.counts == brute_force_counts(expected.values())


def brute_force_counts(rows):  # type: ignore[no-untyped-def]
    """Count rows by country, and by country and year."""
    by_country: Counter[tuple[str, ...]] = Counter()
    by_country_and_year: Counter[tuple[str, ...]] = Counter()
    for _, countries, years in rows:
        for country in countries or {"none"}:
            by_country[(country,)] += 1
            for year in years or {"none"}:
                by_country_and_year[country, str(year)] += 1
    return dict(by_country), dict(by_country_and_year)


PUTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(WORDS), max_size=3)
STEP = st.one_of(
    st.tuples(st.just("write"), PUTS, st.sets(st.sampled_from("abcd"))),
    st.tuples(st.just("rebuild"), PUTS, st.just(set())),
    st.tuples(st.just("leave without commit"), PUTS, st.just(set())),
    st.tuples(st.just("roll back"), st.integers(0, 2), st.just(set())),
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=7))
def test_generations_do_not_change_through_commits_rollbacks_and_rebuilds(
    open_again: OpenEngine, steps
) -> None:  # type: ignore[no-untyped-def]
    engine = open_again()
    bodies_by_generation: dict[int, dict[str, str]] = {write(engine, rebuild=True): {}}
    current: dict[str, str] = {}
    for kind, changes, deletes in steps:
        if kind == "roll back":
            numbers = [
                generation.number
                for generation in engine.generations()
                if generation.number in bodies_by_generation
            ]
            number = numbers[changes % len(numbers)]
            current = bodies_by_generation[number]
            bodies_by_generation[engine.rollback(number, "a test").number] = current
        elif kind == "leave without commit":
            with engine.writer("a test", 1) as writer:
                for id, body in changes.items():
                    writer.put(activity(id, body))
        else:
            deleted = deletes - changes.keys()
            puts = [activity(id, body) for id, body in changes.items()]
            rebuild = kind == "rebuild"
            number = write(engine, *puts, delete=tuple(deleted), rebuild=rebuild)
            unchanged = {} if rebuild else {id: current[id] for id in current.keys() - deleted}
            current = bodies_by_generation[number] = unchanged | changes
        for reader in (engine, open_again()):
            check_generations(reader, bodies_by_generation)


def check_generations(engine: Engine, bodies_by_generation: dict[int, dict[str, str]]) -> None:
    """Assert that the engine has the newest of these generations, with these bodies by id."""
    generations = [g for g in engine.generations() if g.number in bodies_by_generation]
    numbers = [generation.number for generation in generations]
    assert numbers == sorted(bodies_by_generation)[-len(numbers) :]
    for generation in generations:
        with engine.snapshot(generation.number) as snapshot:
            bodies = {stored.id: stored.body for stored in snapshot.scan(Plan())}
            assert bodies == bodies_by_generation[generation.number]
            assert generation.activities == len(bodies) == len(snapshot.digests())
            for id in "abcd":
                assert (snapshot.get(id)[0] is not None) == (id in bodies)
