"""What any engine must do; names none of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.engines.base import Engine, IndexBusy, IndexMissing
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.plan import (
    AndQuery,
    Column,
    NotQuery,
    OrQuery,
    PhraseQuery,
    Plan,
    RangeQuery,
    TermQuery,
)

OpenEngine = Callable[[], Engine]


def activity(
    id: str, body: str = "some words", digest: str = "1", **meta: tuple[str | int, ...]
) -> Activity:
    return Activity(id, digest, body, "en", {"language": ("en",), **meta}, body.replace("*", ""))


def write(
    engine: Engine, *puts: Activity, delete: tuple[str, ...] = (), rebuild: bool = False
) -> int:
    with engine.writer("a test", 1, rebuild) as writer:
        for put in puts:
            writer.put(put)
        for id in delete:
            writer.delete(id)
        return writer.commit().number


def ids(engine: Engine, plan: Plan | None = None) -> list[str]:
    with engine.snapshot() as snapshot:
        return [stored.id for stored in snapshot.scan(plan or Plan())]


def test_what_is_put_is_got_whole(open_again: OpenEngine) -> None:
    write(
        open_again(),
        activity(
            "a", "Körper **text**", country=("PAK", "AFG"), year=(2018, 2020), title=("A title",)
        ),
    )
    with open_again().snapshot() as snapshot:
        found, missing = snapshot.get("a", "b")
    assert missing is None
    assert found is not None
    assert (found.id, found.body, found.digest) == ("a", "Körper **text**", "1")
    assert (found.meta["country"], found.meta["year"]) == (("PAK", "AFG"), (2018, 2020))


def test_the_last_of_several_versions_wins(open_again: OpenEngine) -> None:
    write(open_again(), activity("a", "first"), activity("a", "second"))
    write(open_again(), activity("a", "third"), activity("a", "fourth"))
    assert ids(open_again()) == ["a"]
    with open_again().snapshot() as snapshot:
        assert [stored.body for stored in snapshot.scan(Plan())] == ["fourth"]


def test_leaving_without_commit_discards_everything(open_again: OpenEngine) -> None:
    write(open_again(), activity("a"))
    with open_again().writer("a test", 1) as writer:
        writer.put(activity("b"))
        writer.delete("a")
    assert ids(open_again()) == ["a"]


def test_an_error_inside_a_writer_discards_everything_and_frees_the_lock(
    open_again: OpenEngine,
) -> None:
    write(open_again(), activity("a"))
    with pytest.raises(RuntimeError), open_again().writer("a test", 1) as writer:  # noqa: PT012
        writer.put(activity("b"))
        raise RuntimeError
    assert write(open_again(), activity("c")) == 2
    assert ids(open_again()) == ["a", "c"]


def test_there_is_one_writer(open_again: OpenEngine) -> None:
    with (
        open_again().writer("ana", 1),
        pytest.raises(IndexBusy, match="ana"),
        open_again().writer("ben", 0.1),
    ):
        pass


def test_readers_never_create_an_index(open_again: OpenEngine) -> None:
    for _ in range(2):
        with pytest.raises(IndexMissing), open_again().snapshot():
            pass
    assert open_again().generations() == ()


def test_a_snapshot_stays_what_it_was(open_again: OpenEngine) -> None:
    engine = open_again()
    write(engine, activity("a"))
    with engine.snapshot() as snapshot:
        write(open_again(), activity("b"), delete=("a",))
        assert [stored.id for stored in snapshot.scan(Plan())] == ["a"]
        assert snapshot.generation.number == 1
    assert ids(engine) == ["b"]


def test_an_older_generation_can_be_asked_for(open_again: OpenEngine) -> None:
    write(open_again(), activity("a"))
    write(open_again(), activity("b"))
    with open_again().snapshot(1) as snapshot:
        assert snapshot.match(Plan())[0].total == 1


def test_a_number_is_never_used_twice_also_after_a_rollback(open_again: OpenEngine) -> None:
    write(open_again(), activity("a"))
    write(open_again(), activity("b"))
    made = open_again().rollback(1, "a test")
    assert (made.number, made.restores, made.activities) == (3, 1, 1)
    assert ids(open_again()) == ["a"]
    assert write(open_again(), activity("c")) == 4
    assert ids(open_again()) == ["a", "c"]


def test_digests_are_those_of_the_current_generation_and_none_for_a_rebuild(
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


def test_terms_have_frequencies_of_what_is_live(open_again: OpenEngine) -> None:
    write(open_again(), activity("a", "traffic"), activity("b", "traffic trade"))
    write(open_again(), delete=("a",))
    with open_again().snapshot() as snapshot:
        assert list(snapshot.terms(Column("body", "exact"), "tra")) == [
            ("trade", 1),
            ("traffic", 1),
        ]
        assert snapshot.expand(Prefix("tra"), [Column("body", "exact")], 1).truncated
        assert snapshot.expand(Fuzzy("trafic"), [Column("body", "exact")], 9).terms == (
            ("traffic", 1),
        )


def test_orders_end_with_the_id_and_pages_never_repeat_a_row(open_again: OpenEngine) -> None:
    write(open_again(), *(activity(f"a{n:02}", year=(2018,)) for n in range(25)))
    with open_again().snapshot() as snapshot:
        for sort in ("relevance", "newest", "oldest"):
            plans = [
                Plan(TermQuery(Column("body", "exact"), "words"), sort=sort, offset=at, limit=10)
                for at in (0, 10, 20, 30)
            ]  # type: ignore[arg-type]
            pages = [
                [stored.id for _, stored in matches.hits] for matches in snapshot.match(*plans)
            ]
            assert sum(pages, []) == [f"a{n:02}" for n in range(25)]  # noqa: RUF017


WORDS = ["ape", "bee", "cat"]
ROW = st.tuples(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5),
    st.sets(st.sampled_from(["PAK", "KEN"])),
    st.sets(st.sampled_from([2018, 2019])),
)
LEAF = st.one_of(
    st.sampled_from(WORDS).map(lambda w: TermQuery(Column("body", "exact"), w)),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(
        lambda w: PhraseQuery(Column("body", "exact"), tuple(w))
    ),
    st.sampled_from(["PAK", "KEN", "none"]).map(lambda c: TermQuery(Column("country", "value"), c)),
    st.sampled_from([(2018, 2018), (None, 2018), (2019, None)]).map(
        lambda r: RangeQuery(Column("year", "value"), *r)
    ),
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


def holds(query, row) -> bool:  # type: ignore[no-untyped-def]
    words, countries, years = row
    match query:
        case AndQuery(children):
            return all(holds(c, row) for c in children)
        case OrQuery(children):
            return any(holds(c, row) for c in children)
        case NotQuery(child):
            return not holds(child, row)
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
def test_matches_and_counts_equal_brute_force(
    open_again: OpenEngine, batches, queries, data
) -> None:  # type: ignore[no-untyped-def]
    engine = open_again()
    rows: dict[str, object] = {}
    for number, batch in enumerate(batches):
        gone = data.draw(st.sets(st.sampled_from(sorted(rows)))) if rows else set()
        puts = []
        for at, row in enumerate(batch):
            id = f"a{at}" if number % 2 else f"a{number}{at}"
            rows[id] = row
            gone.discard(id)
            puts.append(
                activity(
                    id, " ".join(row[0]), country=tuple(sorted(row[1])), year=tuple(sorted(row[2]))
                )
            )
        for id in gone:
            del rows[id]
        write(engine, *puts, delete=tuple(gone), rebuild=not number)
    with engine.snapshot() as snapshot:
        plans = [
            Plan(query, counts=(("country",), ("country", "year")), limit=50) for query in queries
        ]
        for query, found in zip(queries, snapshot.match(*plans), strict=True):
            expected = {id: row for id, row in rows.items() if holds(query, row)}
            assert {stored.id for _, stored in found.hits} == set(expected)
            assert found.total == len(expected)
            single: dict[tuple[str, ...], int] = {}
            pairs: dict[tuple[str, ...], int] = {}
            for _, countries, years in expected.values():  # type: ignore[misc]
                for country in countries or {"none"}:
                    single[(country,)] = single.get((country,), 0) + 1
                    for year in years or {"none"}:
                        pairs[country, str(year)] = pairs.get((country, str(year)), 0) + 1
            assert found.counts == (single, pairs)


STEP = st.one_of(
    st.tuples(
        st.just("write"),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(WORDS), max_size=3),
        st.sets(st.sampled_from("abcd")),
    ),
    st.tuples(
        st.just("rebuild"),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(WORDS), max_size=3),
        st.just(set()),
    ),
    st.tuples(
        st.just("leave"),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(WORDS), max_size=3),
        st.just(set()),
    ),
    st.tuples(st.just("return"), st.integers(0, 2), st.just(set())),
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=7))
def test_kept_generations_stay_what_they_were_through_commits_rollbacks_and_rebuilds(
    open_again: OpenEngine, steps
) -> None:  # type: ignore[no-untyped-def]
    engine = open_again()
    held: dict[int, dict[str, str]] = {write(engine, rebuild=True): {}}
    current: dict[str, str] = {}
    for kind, changes, deleted in steps:
        if kind == "return":
            kept = [
                generation.number
                for generation in engine.generations()
                if generation.number in held
            ]
            current = held[to := kept[changes % len(kept)]]
            held[engine.rollback(to, "a test").number] = current
        elif kind == "leave":
            with engine.writer("a test", 1) as writer:
                for id, body in changes.items():
                    writer.put(activity(id, body))
        else:
            gone = deleted - changes.keys()
            puts = [activity(id, body) for id, body in changes.items()]
            number = write(engine, *puts, delete=tuple(gone), rebuild=kind == "rebuild")
            before = (
                {}
                if kind == "rebuild"
                else {id: body for id, body in current.items() if id not in gone}
            )
            current = held[number] = before | changes
        for reader in (engine, open_again()):
            shown = [generation for generation in reader.generations() if generation.number in held]
            assert [generation.number for generation in shown] == sorted(held)[-len(shown) :]
            for generation in shown:
                with reader.snapshot(generation.number) as snapshot:
                    there = {stored.id: stored.body for stored in snapshot.scan(Plan())}
                    assert there == held[generation.number]
                    assert generation.activities == len(there) == len(snapshot.digests())
                    assert [snapshot.get(id)[0] is not None for id in "abcd"] == [
                        id in there for id in "abcd"
                    ]
