"""Everything at 100,000 activities is exported as it is read: it streams, in flat memory."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from indexer.content.activity import parse
from indexer.engines.factory import open_engine
from indexer.search.export import FORMATS
from indexer.settings import Settings
from tests.bench.corpus import generated
from tests.serving import Server, serving

SIZE = 100_000
ROOM = 60  # MB that a worker may grow by, while files of over a hundred pass through it
ENDS = {
    "csv": b"\r\n",
    "json": b"\n]}\n",
    "bibtex": b"}\n\n",
    "ris": b"ER  - \r\n\r\n",
    "atom": b"</feed>\n",
}


def private(server: Server) -> int:
    """MB of memory that the server's largest worker shares with nobody."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = [0]
    for pid in listed.stdout.split():
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has just ended
            continue
        found += [
            int(line.split()[1]) // 1024 for line in lines if line.startswith("Private_Dirty")
        ]
    return max(found)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_format_streams_everything_in_flat_memory(tmp_path: Path) -> None:
    settings = Settings(content=tmp_path / "content", index=tmp_path / "index")
    settings.content.mkdir()
    with open_engine(settings).writer("a test", 10) as writer:
        for paragraph in generated(SIZE):
            activity = parse(paragraph.id, paragraph.id, paragraph.markdown).activity
            assert activity
            writer.put(activity)
        writer.commit()
    with serving(settings) as server:
        server.get("/api/v1/search?q=a")
        before = private(server)
        for format in FORMATS:
            for encoding in ("identity", "gzip"):
                request = Request(
                    f"{server.url}/export?format={format}", headers={"Accept-Encoding": encoding}
                )
                size, last, most = 0, b"", 0
                with urlopen(request, timeout=300) as answer:
                    assert answer.headers["Content-Length"] is None  # it is not gathered first
                    while piece := answer.read(1 << 20):
                        size += len(piece)
                        last = (last + piece)[-20:]
                        most = max(most, private(server))
                assert most - before < ROOM, (format, encoding, before, most)
                assert size > (30_000_000 if encoding == "identity" else 3_000_000), (format, size)
                if encoding == "identity":
                    assert last.endswith(ENDS[format])
