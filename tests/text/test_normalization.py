"""Normalisation has the same result as unicodedata, also for long runs of marks."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.normalization import _LONG_RUN, MIN_RUN_LENGTH, Form, normalize

FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")


@given(
    st.text(
        st.sampled_from(
            "aé\u0301\u0316\u0345\u0344\u0308\u0f71\u0f73\u0f75\u0f81\u0f72\uff9e\uff9f\u3099か"
            "\u20dd\u093f\u1100\u1161\u00a8ﬁ\u0323Å"
        ),
        min_size=MIN_RUN_LENGTH,
        max_size=4 * MIN_RUN_LENGTH,
    ),
    st.sampled_from(FORMS),
)
def test_the_result_is_that_of_unicodedata(text: str, form: Form) -> None:
    assert normalize(form, text) == unicodedata.normalize(form, text)


@given(
    st.text(st.sampled_from("\u0301\u0316\u0345\u0344\u0f73\uff9e"), min_size=40, max_size=200),
    st.sampled_from(FORMS),
)
def test_a_long_run_of_marks_is_in_canonical_order(text: str, form: Form) -> None:
    assert normalize(form, "a" + text) == unicodedata.normalize(form, "a" + text)


@pytest.mark.parametrize("form", ["NFD", "NFKD"])
def test_every_character_that_becomes_a_mark_is_part_of_a_run(form: Form) -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.combining(unicodedata.normalize(form, char)[0]):
            assert _LONG_RUN.fullmatch(char * MIN_RUN_LENGTH), f"U+{code:04X}"
