"""Countries whose name is spelled like some words."""

from __future__ import annotations

import pytest

from indexer.search.country_spelling import similar_country


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("kyrgystan", "KGZ"),
        ("guatamala", "GTM"),
        ("columbia", "COL"),
        ("nigera", "NGA"),  # nearer to Nigeria than to Niger
        ("viet nan", "VNM"),
        ("ivori coast", "CIV"),
        ("united states of amerika", "USA"),
        ("republic of korea", "KOR"),
    ],
)
def test_the_country_with_the_nearest_name_is_returned(name: str, code: str) -> None:
    assert similar_country(name) == code


@pytest.mark.parametrize("name", ["malia", "congo", "korea", "koreaa"])
def test_a_name_like_those_of_several_countries_is_none_of_them(name: str) -> None:
    assert similar_country(name) is None


@pytest.mark.parametrize("name", ["", "iraz", "police", "women in prison", "x" * 300])
def test_words_that_are_not_like_a_name_name_no_country(name: str) -> None:
    assert similar_country(name) is None
