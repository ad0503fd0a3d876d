"""With the Whoosh engine, nothing of OpenSearch is installed or imported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# A search on the command line, and a search page.
SCRIPT = """
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


def test_the_whoosh_engine_imports_nothing_of_opensearch(content: Path, tmp_path: Path) -> None:
    # The script also works if the client library is not installed.
    code = SCRIPT.format(
        content=str(content),
        index=str(tmp_path / "index"),
        before="sys.modules['opensearchpy'] = None",
    )
    process = run(code)
    assert (process.returncode, process.stdout.split()) == (0, ["opensearchpy"]), process.stderr


def test_without_the_client_library_the_error_says_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['opensearchpy'] = None\nfrom webapp.cli import cli\n"
        "cli(['search', 'x', '--engine', 'opensearch+http://127.0.0.1:1/a'])"
    )
    process = run(code)
    assert (process.returncode, process.stdout) == (3, "")
    assert "opensearch-py is not installed: run \"pip install '.[opensearch]'\"" in process.stderr


def test_the_default_requirements_contain_nothing_of_opensearch() -> None:
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
