"""The hashes of the ids of a segment, to find ids by the first digits of their hash."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from indexer.content.id_hash import hash_bytes, hash_range


class IdHashes:
    """The sorted hashes of ids. They are computed when they are first needed, not stored."""

    def __init__(self, ids: Iterable[bytes]) -> None:
        """ids: by document."""
        hashes = np.frombuffer(b"".join(map(hash_bytes, ids)), ">u8").astype(np.uint64)
        self._docs = np.argsort(hashes, kind="stable").astype(np.uint32)
        self._hashes = hashes[self._docs]

    def docs(self, prefix: str) -> list[int]:
        """Return the documents whose hash begins with some digits."""
        low, high = hash_range(prefix)
        start = self._hashes.searchsorted(np.uint64(low), "left")
        end = self._hashes.searchsorted(np.uint64(high), "right")
        docs: list[int] = self._docs[start:end].tolist()
        return docs
