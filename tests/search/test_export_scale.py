"""Exports of 100,000 activities are streamed: the memory of the server does not grow."""

from __future__ import annotations

from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from indexer.content.activity import parse
from indexer.engines.factory import open_engine
from indexer.settings import Settings
from tests.bench.corpus import generate
from tests.memory import process_tree, smaps_rollup
from tests.serving import Server, serving

SIZE = 100_000
MAX_GROWTH_MB = 60  # of a worker; the files have more than 100 MB
FILE_ENDS = {
    "csv": b"\r\n",
    "json": b"\n]}\n",
    "bibtex": b"}\n\n",
    "ris": b"ER  - \r\n\r\n",
    "atom": b"</feed>\n",
    "xlsx": b"PK\x05\x06",  # the start of the last 22 bytes of a ZIP archive
}


def private_memory(server: Server) -> int:
    """Return the private memory of the server's largest process in MB."""
    pids = process_tree(server.process.pid)
    return max(smaps_rollup(pid, "Private_Dirty") for pid in pids) >> 20


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_export_of_everything_uses_constant_memory(tmp_path: Path) -> None:
    settings = Settings(content=tmp_path / "content", index=tmp_path / "index")
    settings.content.mkdir()
    with open_engine(settings).writer("a test", 10) as writer:
        for paragraph in generate(SIZE):
            activity = parse(paragraph.id, paragraph.id, paragraph.markdown).activity
            assert activity
            writer.put(activity)
        writer.commit()
    with serving(settings) as server:
        server.get("/api/v1/search?q=a")
        before = private_memory(server)
        for format in FILE_ENDS:  # a briefing has at most 2,000 activities
            for encoding in ("identity", "gzip"):
                request = Request(
                    f"{server.url}/export?format={format}", headers={"Accept-Encoding": encoding}
                )
                size, last, most = 0, b"", 0
                with urlopen(request, timeout=300) as response:
                    assert response.headers["Content-Length"] is None  # streamed
                    while chunk := response.read(1 << 20):
                        size += len(chunk)
                        last = (last + chunk)[-22:]
                        most = max(most, private_memory(server))
                assert most - before < MAX_GROWTH_MB, (format, encoding, before, most)
                if format != "atom":  # a feed has the newest 100 activities
                    least = 30_000_000 if encoding == "identity" else 3_000_000
                    assert size > least, (format, size)
                if encoding == "identity":
                    assert FILE_ENDS[format] in last
