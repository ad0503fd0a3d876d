"""The memory of a run is bounded, whatever the size of the content."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

FILES, FILE_SIZE = 200, 990_000  # number of files, and bytes of each file
MAX_MEMORY = 1_000_000  # kilobytes
_RUN = """
import atexit, resource
from tests.memory import peak_memory
from webapp.cli import main

def print_maximum():
    print(max(peak_memory(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))

atexit.register(print_maximum)
main()
"""


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_many_large_files_are_indexed_in_bounded_memory(tmp_path: Path) -> None:
    content, index = tmp_path / "content", tmp_path / "index"
    content.mkdir()
    choice = random.Random(1)
    vocabulary = [f"word{number}’s" for number in range(30_000)]
    paragraphs = [" ".join(choice.choices(vocabulary, k=100)) for _ in range(5000)]
    for number in range(FILES):
        text = "\n\n".join(choice.choices(paragraphs, k=FILE_SIZE // 1000)).encode()
        data = b"---\n---\n" + text[:FILE_SIZE]
        (content / f"a{number:03}.md").write_text(data.decode(errors="ignore"))
    command = [
        sys.executable,
        "-c",
        _RUN,
        "index",
        "--content",
        str(content),
        "--index",
        str(index),
    ]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert int(output.split()[-1]) < MAX_MEMORY
