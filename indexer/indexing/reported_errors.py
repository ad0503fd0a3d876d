"""The errors that runs have printed, so that a run without changes does not print them again.

The file in the index folder holds a digest of each error. It can be deleted at any time: the next
run then prints all errors.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from indexer.content.activity import InvalidActivity

FILE_NAME = "reported_errors.json"


def digest_of(error: InvalidActivity) -> str:
    """Return a digest that identifies an error by its path, line and reason."""
    text = str(error).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def load_reported(index: Path) -> frozenset[str]:
    """Return the digests in an index folder; an empty set if the file is missing or damaged."""
    with suppress(OSError, ValueError):
        path = index / FILE_NAME
        # Reading a pipe would wait for a writer.
        digests = json.loads(path.read_bytes()) if path.is_file() else None
        if isinstance(digests, list):
            return frozenset(map(str, digests))
    return frozenset()


def save_reported(index: Path, digests: Iterable[str]) -> None:
    """Replace the digests in an index folder. Failures to write are ignored."""
    path = index / FILE_NAME
    new = path.with_name(f".{FILE_NAME}.{os.getpid()}")
    with suppress(OSError):
        new.write_text(json.dumps(sorted(digests)))
        os.replace(new, path)
    with suppress(OSError):
        new.unlink(missing_ok=True)
