"""Mutations: small harmful changes of the program that the tests must notice.

mutations.toml lists them. `make mutants` applies each to a copy of the project and runs its tests.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FILE = Path(__file__).parent / "mutations.toml"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A harmful change of one file. mutations.toml has these fields under the same names."""

    id: str
    file: str  # relative to the root of the project
    text: str  # the text to replace; the file contains it exactly once
    replacement: str
    harm: str  # what the change does to users or operators
    tests: tuple[str, ...]  # the files, folders or single tests of pytest that should notice
    required: bool = False  # whether the tests must notice it, whatever the share of the others

    def apply(self, root: Path) -> None:
        """Change the file below a root folder. Raises ValueError unless it has the text once."""
        path = root / self.file
        before = path.read_text(encoding="utf-8")
        if (count := before.count(self.text)) != 1:
            raise ValueError(
                f"{FILE.name}: {self.id}: {self.file} contains the text {count} times: "
                "write a text that it contains once"
            )
        path.write_text(before.replace(self.text, self.replacement), encoding="utf-8")


def load_mutations() -> list[Mutation]:
    """Return the mutations of mutations.toml, in their order."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))["mutation"]
    return [Mutation(**table | {"tests": tuple(table["tests"])}) for table in tables]
