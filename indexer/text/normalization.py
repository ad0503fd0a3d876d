"""Unicode normalisation in linear time.

unicodedata sorts the marks after a letter with an insertion sort, which takes quadratic time:
50,000 marks take a second. This module sorts long runs of marks first. The result is the same.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import Literal

import regex

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

MIN_RUN_LENGTH = 32  # characters; shorter runs are fast
# Characters that have a combining class after they are decomposed. The last five have the combining
# class 0 themselves.
_LONG_RUN = regex.compile(rf"[\P{{ccc=0}}\u0f73\u0f75\u0f81\uff9e\uff9f]{{{MIN_RUN_LENGTH},}}+")


def normalize(form: Form, text: str) -> str:
    """Return the same result as unicodedata.normalize(), in linear time."""
    if len(text) >= MIN_RUN_LENGTH and not text.isascii() and _LONG_RUN.search(text):
        decomposed: Form = "NFKD" if "K" in form else "NFD"
        text = _LONG_RUN.sub(lambda match: _sorted_marks(decomposed, match[0]), text)
    return unicodedata.normalize(form, text)


def _sorted_marks(form: Form, run: str) -> str:
    """Return marks in canonical order: stably sorted by class between marks of class 0."""
    marks = [part for char in run for part in unicodedata.normalize(form, char)]
    return "".join(
        "".join(sorted(group, key=unicodedata.combining))
        for _, group in groupby(marks, key=lambda mark: unicodedata.combining(mark) == 0)
    )
