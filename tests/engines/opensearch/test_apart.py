"""Nobody who uses Whoosh alone downloads, imports or waits for any of it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# A search from the command line, and a page.
USE = """
import sys
{before}
from click.testing import CliRunner
from indexer.settings import Settings
from webapp import create_app
from webapp.cli import cli
paths = ["--content", {content!r}, "--index", {index!r}]
for command in (["index"], ["search", "women"], ["status"]):
    assert CliRunner().invoke(cli, [*command, *paths]).exit_code == 0, command
from pathlib import Path
client = create_app(Settings(content=Path({content!r}), index=Path({index!r}))).test_client()
assert client.get("/?q=women").status_code == 200
print(*sorted(name for name in sys.modules if "opensearch" in name and "discovery" not in name))
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_whoosh_alone_imports_nothing_of_opensearch(content: Path, tmp_path: Path) -> None:
    # Neither our modules of it nor the client, and it works where the client is not installed.
    code = USE.format(
        content=str(content),
        index=str(tmp_path / "index"),
        before="sys.modules['opensearchpy'] = None",
    )
    done = run(code)
    assert (done.returncode, done.stdout.split()) == (0, ["opensearchpy"]), done.stderr


def test_without_the_client_the_cure_is_said() -> None:
    code = (
        "import sys; sys.modules['opensearchpy'] = None\nfrom webapp.cli import cli\n"
        "cli(['search', 'x', '--engine', 'opensearch+http://127.0.0.1:1/a'])"
    )
    done = run(code)
    assert (done.returncode, done.stdout) == (3, "")
    assert "opensearch-py is not installed: run \"pip install '.[opensearch]'\"" in done.stderr


def test_what_whoosh_alone_installs_has_nothing_of_opensearch() -> None:
    locked = {
        name: set(
            re.findall(
                r"^([a-z0-9-]+)==", (ROOT / f"requirements{name}.lock").read_text(), re.MULTILINE
            )
        )
        for name in ("", "-opensearch", "-dev")
    }
    assert "opensearch-py" in locked["-opensearch"] & locked["-dev"]
    assert not {
        name for name in locked[""] if "opensearch" in name or name in ("grpcio", "protobuf")
    }
    assert locked[""] - {"setuptools"} <= locked["-opensearch"]
