"""Parsing of ACTIVITIES_ENGINE as the address of a cluster."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import EngineUnavailable
from indexer.engines.factory import open_engine
from indexer.engines.opensearch.address import parse_address
from indexer.settings import Settings

SECRET = "correct horse battery"
USER = {"ACTIVITIES_OPENSEARCH_USER": "ana", "ACTIVITIES_OPENSEARCH_PASSWORD": SECRET}


def test_hosts_ports_and_prefix_are_parsed() -> None:
    address = parse_address("opensearch+http://127.0.0.1:9201,[::1]:9202,localhost/activities", {})
    assert (address.secure, address.prefix) == (False, "activities")
    assert address.hosts == (("127.0.0.1", 9201), ("::1", 9202), ("localhost", 9200))
    assert str(address) == "http://127.0.0.1:9201,[::1]:9202,localhost:9200/activities"


def test_credentials_come_from_the_environment_and_are_never_shown() -> None:
    url = "opensearch+https://ana@search.example/a"
    address = parse_address(url, {"ACTIVITIES_OPENSEARCH_PASSWORD": SECRET})
    assert (address.user, address.password) == ("ana", SECRET)
    assert SECRET not in f"{address} {address!r}"
    with_token = parse_address(
        "opensearch+https://search.example/a", {"ACTIVITIES_OPENSEARCH_TOKEN": "t"}
    )
    assert with_token.token == "t"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("opensearch", "begins with opensearch"),
        ("opensearch+ftp://host/a", "begins with opensearch"),
        ("opensearch+http://host:9200", "prefix"),
        ("opensearch+http://host:9200/", "prefix"),
        ("opensearch+http://host:9200/Activities", "prefix"),
        ("opensearch+http://host:9200/a*", "prefix"),
        ("opensearch+http://host:9200/a/b", "prefix"),
        ("opensearch+http:///a", "is not a host"),
        ("opensearch+http://host:port/a", "is not a host"),
        ("opensearch+http://host:9200,/a", "is not a host"),
        ("opensearch+http://host:99999/a", "is not a host"),
        ("opensearch+http://ho st/a", "is not a host"),
    ],
)
def test_an_invalid_address_is_refused_with_a_valid_example(url: str, message: str) -> None:
    with pytest.raises(EngineUnavailable, match=message) as error:
        open_engine(Settings(engine=url))
    assert "opensearch+https://host:9200/activities" in str(error.value)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(EngineUnavailable, match="ACTIVITIES_OPENSEARCH_PASSWORD") as error:
        open_engine(Settings(engine=f"opensearch+https://ana:{SECRET.replace(' ', '-')}@host/a"))
    assert "horse" not in str(error.value)
    with pytest.raises(EngineUnavailable) as error:
        open_engine(Settings(engine=f"opensaerch+https://ana:{SECRET}@host/a"))
    assert "horse" not in str(error.value)


def test_incomplete_or_contradictory_credentials_are_refused() -> None:
    with pytest.raises(EngineUnavailable, match="no ACTIVITIES_OPENSEARCH_PASSWORD"):
        parse_address("opensearch+https://ana@host/a", {})
    with pytest.raises(EngineUnavailable, match="no ACTIVITIES_OPENSEARCH_USER"):
        parse_address("opensearch+https://host/a", {"ACTIVITIES_OPENSEARCH_PASSWORD": SECRET})
    with pytest.raises(EngineUnavailable, match="keep one"):
        parse_address("opensearch+https://host/a", {**USER, "ACTIVITIES_OPENSEARCH_TOKEN": "t"})


@pytest.mark.parametrize("hosts", ["search.example", "localhost,search.example", "10.0.0.1,[::1]"])
@pytest.mark.parametrize("secret", [USER, {"ACTIVITIES_OPENSEARCH_TOKEN": "t"}])
def test_a_secret_is_refused_for_an_unencrypted_network_connection(
    hosts: str, secret: dict[str, str]
) -> None:
    with pytest.raises(EngineUnavailable, match="unencrypted"):
        parse_address(f"opensearch+http://{hosts}/a", secret)


def test_a_password_is_accepted_for_an_unencrypted_connection_on_this_machine() -> None:
    assert parse_address("opensearch+http://127.0.0.1/a", USER).password == SECRET


@given(
    st.text(), st.sampled_from(["", "opensearch", "opensearch+http://", "opensearch+https://h:1,"])
)
def test_any_text_gives_an_address_or_an_engine_error(text: str, start: str) -> None:
    try:
        address = parse_address(start + text, {})
    except EngineUnavailable:
        pass
    else:
        assert address.hosts
