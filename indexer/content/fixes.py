"""Rewrite values in content files, for `activities check --fix`."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from indexer.content.activity import decode
from indexer.content.values import Fix


def apply_fixes(path: Path, fixes: Sequence[Fix]) -> None:
    """Apply fixes to a file, which is replaced atomically. Comments, order and line ends stay.

    Raises OSError, and then the file has not changed.
    """
    data = path.read_bytes()
    text = decode(data)
    for fix in sorted(fixes, key=lambda fix: -fix.start):
        before, after = text[: fix.start], text[fix.end :]
        if not fix.key:  # given twice: remove the value with its comma, or with its line
            before, lines = re.subn(r"\n[ \t]*-[ \t]*\Z|,\s*\Z", "", before)
            after = re.sub(r"\A[^\n]*", "", after) if lines and text[len(before)] == "\n" else after
        text = before + _quoted(fix.key) + after
    new = path.with_name(f".{path.name}.new")
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    new.write_text(text, encoding=encoding, newline="\r\n" if b"\r\n" in data else "\n")
    shutil.copymode(path, new)
    os.replace(new, path)


def _quoted(key: str) -> str:
    return f'"{key}"' if key.isdecimal() else key  # an M49 code is a text: YAML reads 002 as 2
