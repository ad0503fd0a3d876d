"""`check --fix`: rewrites values that are understood as their keys, and nothing else of a file."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from indexer.content.activity import Fix, decode


def apply_fixes(path: Path, corrections: Sequence[Fix]) -> None:
    """Rewrite the values in a file, which is replaced whole; comments, order and line ends stay.

    Raises OSError, and then the file is as it was.
    """
    data = path.read_bytes()
    text = decode(data)
    for correction in sorted(corrections, key=lambda c: -c.start):
        before, after = text[: correction.start], text[correction.end :]
        if not correction.key:  # stood before: its comma goes with it, or its line
            before, lines = re.subn(r"\n[ \t]*-[ \t]*\Z|,\s*\Z", "", before)
            after = re.sub(r"\A[^\n]*", "", after) if lines and text[len(before)] == "\n" else after
        text = before + _written(correction.key) + after
    beside = path.with_name(f".{path.name}.new")
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    beside.write_text(text, encoding=encoding, newline="\r\n" if b"\r\n" in data else "\n")
    shutil.copymode(path, beside)
    os.replace(beside, path)


def _written(key: str) -> str:
    return f'"{key}"' if key.isdecimal() else key  # an M49 code is text: 002 is not 2
