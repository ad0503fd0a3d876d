"""`check --fix`: rewrites values that are understood as their keys, and nothing else of a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from indexer.activity import Correction, decode


def correct(path: Path, corrections: Sequence[Correction]) -> Sequence[Correction]:
    """Rewrite the values in a file, which is replaced whole; comments and order stay."""
    text = decode(path.read_bytes())
    for correction in sorted(corrections, key=lambda c: -c.start):
        text = text[: correction.start] + _written(correction.key) + text[correction.end :]
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(beside, path)
    return corrections


def _written(key: str) -> str:
    return f'"{key}"' if key.isdecimal() else key  # an M49 code is text: 002 is not 2
