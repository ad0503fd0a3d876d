"""ACTIVITIES_ENGINE as an address of a cluster."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import EngineUnavailable
from indexer.engines.factory import open_engine
from indexer.engines.opensearch.address import parse
from indexer.settings import Settings

SECRET = "correct horse battery"
USER = {"ACTIVITIES_OPENSEARCH_USER": "ana", "ACTIVITIES_OPENSEARCH_PASSWORD": SECRET}


def test_hosts_ports_and_prefix_are_read() -> None:
    found = parse("opensearch+http://127.0.0.1:9201,[::1]:9202,localhost/activities", {})
    assert (found.secure, found.prefix) == (False, "activities")
    assert found.hosts == (("127.0.0.1", 9201), ("::1", 9202), ("localhost", 9200))
    assert str(found) == "http://127.0.0.1:9201,[::1]:9202,localhost:9200/activities"


def test_who_we_are_comes_from_the_environment_and_is_never_shown() -> None:
    found = parse(
        "opensearch+https://ana@search.example/a", {"ACTIVITIES_OPENSEARCH_PASSWORD": SECRET}
    )
    assert (found.user, found.password) == ("ana", SECRET)
    assert SECRET not in f"{found} {found!r}"
    assert (
        parse("opensearch+https://search.example/a", {"ACTIVITIES_OPENSEARCH_TOKEN": "t"}).token
        == "t"
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("opensearch", "begins with opensearch"),
        ("opensearch+ftp://host/a", "begins with opensearch"),
        ("opensearch+http://host:9200", "prefix"),
        ("opensearch+http://host:9200/", "prefix"),
        ("opensearch+http://host:9200/Activities", "prefix"),
        ("opensearch+http://host:9200/a*", "prefix"),
        ("opensearch+http://host:9200/a/b", "prefix"),
        ("opensearch+http:///a", "is no host"),
        ("opensearch+http://host:port/a", "is no host"),
        ("opensearch+http://host:9200,/a", "is no host"),
        ("opensearch+http://host:99999/a", "is no host"),
        ("opensearch+http://ho st/a", "is no host"),
    ],
)
def test_an_address_that_names_nothing_is_refused_with_the_way_to_write_it(
    url: str, said: str
) -> None:
    with pytest.raises(EngineUnavailable, match=said) as error:
        open_engine(Settings(engine=url))
    assert "opensearch+https://host:9200/activities" in str(error.value)


def test_a_password_in_the_address_is_neither_taken_nor_shown() -> None:
    with pytest.raises(EngineUnavailable, match="ACTIVITIES_OPENSEARCH_PASSWORD") as error:
        open_engine(Settings(engine=f"opensearch+https://ana:{SECRET.replace(' ', '-')}@host/a"))
    assert "horse" not in str(error.value)
    with pytest.raises(EngineUnavailable) as error:
        open_engine(Settings(engine=f"opensaerch+https://ana:{SECRET}@host/a"))
    assert "horse" not in str(error.value)


def test_half_of_what_is_needed_to_get_in_is_named() -> None:
    with pytest.raises(EngineUnavailable, match="no ACTIVITIES_OPENSEARCH_PASSWORD"):
        parse("opensearch+https://ana@host/a", {})
    with pytest.raises(EngineUnavailable, match="no ACTIVITIES_OPENSEARCH_USER"):
        parse("opensearch+https://host/a", {"ACTIVITIES_OPENSEARCH_PASSWORD": SECRET})
    with pytest.raises(EngineUnavailable, match="keep one"):
        parse("opensearch+https://host/a", {**USER, "ACTIVITIES_OPENSEARCH_TOKEN": "t"})


def test_a_password_never_crosses_a_network_in_the_clear() -> None:
    with pytest.raises(EngineUnavailable, match="in the clear"):
        parse("opensearch+http://search.example/a", USER)
    assert parse("opensearch+http://127.0.0.1/a", USER).password == SECRET


@given(
    st.text(), st.sampled_from(["", "opensearch", "opensearch+http://", "opensearch+https://h:1,"])
)
def test_any_text_is_an_address_or_an_engine_error(text: str, start: str) -> None:
    try:
        found = parse(start + text, {})
    except EngineUnavailable:
        pass
    else:
        assert found.hosts
