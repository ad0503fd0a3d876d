"""The order of names in a locale."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text import places
from indexer.text.collation import sort_key


@pytest.mark.parametrize(
    ("locale", "names"),
    [
        ("en", ["Åland Islands", "Albania", "Zambia"]),
        ("en", ["Congo", "Côte d'Ivoire", "Croatia", "Cuba"]),
        ("en", ["Tunisia", "Türkiye", "Turkmenistan", "Tuvalu"]),
        ("fr", ["Égypte", "Émirats arabes unis", "Équateur", "Espagne", "Éthiopie"]),
        ("sv", ["Albanien", "Zambia", "Åland", "Österrike"]),
        ("es", ["Nubia", "Nzega", "Ñuble"]),
        ("et", ["Saksamaa", "Zambia", "Tai"]),
        ("zh", ["阿富汗", "巴西", "中国"]),
        ("ru", ["Египет", "Ёлка", "Жаворонок"]),
        ("xx-nonsense", ["Åland", "albania", "Österreich"]),
    ],
)
def test_names_are_in_the_order_of_the_locale(locale: str, names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=lambda name: sort_key(name, locale)) == names


def test_case_and_accents_matter_only_between_equal_letters() -> None:
    names = ["cote", "Cote", "côte", "Côte", "coter"]
    backwards = names[::-1]
    assert sorted(backwards, key=lambda name: sort_key(name, "en")) == names


def test_sorting_all_countries_or_2000_values_again_takes_a_few_milliseconds() -> None:
    countries = [places.name(code) for code in places.COUNTRIES]
    values = [f"{name} {number}" for name in countries for number in range(8)]
    for names in (countries, values):
        sorted(names, key=lambda name: sort_key(name, "en"))  # fills the cache
        durations = []
        for _ in range(5):  # the fastest: a busy machine empties the caches of the processor
            started = time.process_time()
            sorted(names, key=lambda name: sort_key(name, "en"))
            durations.append(time.process_time() - started)
        assert min(durations) < 0.02


@given(st.text(), st.sampled_from(["en", "fr", "zh", "ar", "sv"]))
def test_any_text_has_a_sort_key(text: str, locale: str) -> None:
    assert sort_key(text, locale) == sort_key(text, locale)


def test_importing_the_module_does_not_load_icu() -> None:
    script = "import sys, indexer.text.collation; assert 'icu' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)
