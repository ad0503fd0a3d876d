"""The list of mutations fits the code."""

from __future__ import annotations

import ast

import pytest

from tests.mutations.mutation import ROOT, Mutation, load_mutations

MUTATIONS = load_mutations()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.id)
def test_a_file_contains_the_text_of_its_mutation_once(mutation: Mutation) -> None:
    text = (ROOT / mutation.file).read_text(encoding="utf-8")
    assert text.count(mutation.text) == 1
    mutated = text.replace(mutation.text, mutation.replacement)
    assert mutated != text
    if mutation.file.endswith(".py"):
        ast.parse(mutated)


def test_each_mutation_has_its_own_id_and_a_stated_harm() -> None:
    assert len({mutation.id for mutation in MUTATIONS}) == len(MUTATIONS)
    assert all(mutation.harm.endswith(".") for mutation in MUTATIONS)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.id)
def test_the_tests_of_a_mutation_exist(mutation: Mutation) -> None:
    assert mutation.tests
    for test in mutation.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).exists()
        assert f"def {name.partition('[')[0]}(" in (ROOT / path).read_text() if name else True


def test_every_package_has_mutations() -> None:
    packages = {
        path.parent.relative_to(ROOT).as_posix()
        for pattern in ("indexer/*/__init__.py", "indexer/engines/*/__init__.py")
        for path in ROOT.glob(pattern)
    } | {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("webapp/*/__init__.py")}
    files = [mutation.file for mutation in MUTATIONS]
    without = {p for p in packages if not any(file.startswith(f"{p}/") for file in files)}
    assert without == set()
