"""Check that the tests notice mutations of the program: `make mutants`.

`python -m tests.mutations` tries all mutations of mutations.toml, `python -m tests.mutations ID...`
only some. Each is applied to a copy of the project, never to the checkout, and its tests run until
the first one fails. The exit code is 1 if fewer than MIN_SHARE of the mutations are noticed, or if
a required one is not.
"""

from __future__ import annotations

import compileall
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Literal

from tests.mutations.mutation import ROOT, Mutation, load_mutations

MIN_SHARE = 0.9  # of the mutations, that the tests must notice
TIME_LIMIT = 300.0  # seconds for the tests of one mutation
BASELINE_TIME_LIMIT = 1800.0  # seconds for all tests without a mutation
JOBS = int(os.environ.get("JOBS", "2"))  # copies of the project that are tested at the same time
_FAILED_TEST = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)

Outcome = Literal["noticed", "UNNOTICED", "TIMED OUT", "NOT RUN"]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of the tests of one mutation."""

    mutation: Mutation
    outcome: Outcome
    detail: str  # the test that failed, or why no test ran
    seconds: float


def copy_project(target: Path) -> None:
    """Copy the files that Git tracks or would add, as they are in the checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listing.decode().split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_file():  # it may be deleted, but not yet committed
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
    # A mutation can leave the size and the time of a file as they are: modules are compared by
    # their content with what was compiled.
    for package in ("indexer", "webapp"):
        compileall.compile_dir(
            target / package, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH
        )


def run_tests(root: Path, tests: Iterable[str], time_limit: float) -> tuple[Outcome, str]:
    """Run tests in a copy of the project until one fails. Return the outcome and its detail."""
    command = [sys.executable, "-m", "pytest", "-x", "-n", "0", "-p", "no:cacheprovider", "-rfE"]
    command += [f"--basetemp={root.parent / f'{root.name}-temp'}", "--tb=no", *tests]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    # A new session, so that the processes that a test started end with it.
    process = subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=time_limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return "TIMED OUT", f"after {time_limit:.0f} s"
    match process.returncode:
        case 0:
            return "UNNOTICED", ""
        case 1:
            failed = _FAILED_TEST.search(output)
            return "noticed", failed[1] if failed else ""
    last_lines = output.strip().splitlines()[-1:]
    return "NOT RUN", f"pytest exited with {process.returncode}: {' '.join(last_lines)}"


@contextmanager
def project_copies(count: int) -> Iterator[Queue[Path]]:
    """Return a queue of copies of the project."""
    with TemporaryDirectory(prefix="mutants-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(count):
            copies.put(Path(folder) / f"copy-{number}")
            copy_project(Path(folder) / f"copy-{number}")
        yield copies


def run_mutation(mutation: Mutation, copies: Queue[Path]) -> Result:
    """Apply a mutation to a copy of the project, run its tests, and restore the file."""
    copy = copies.get()
    started = time.monotonic()
    path = copy / mutation.file
    original = path.read_bytes()  # the checkout may have changed since it was copied
    try:
        mutation.apply(copy)
        outcome, detail = run_tests(copy, mutation.tests, TIME_LIMIT)
    finally:
        path.write_bytes(original)
        copies.put(copy)
    return Result(mutation, outcome, detail, time.monotonic() - started)


def line(result: Result) -> str:
    """Return the line of the table for a result."""
    mutation = result.mutation
    id = f"{mutation.id}{' *' if mutation.required else ''}"
    return f"{result.outcome:10} {result.seconds:4.0f} s  {id:44} {result.detail}"


def select(ids: Sequence[str]) -> list[Mutation]:
    """Return the mutations with these ids; all without ids. Exits for an unknown id."""
    mutations = load_mutations()
    if unknown := set(ids) - {mutation.id for mutation in mutations}:
        sys.exit(f"no such mutation: {', '.join(sorted(unknown))}")
    return [mutation for mutation in mutations if not ids or mutation.id in ids]


def main(ids: Sequence[str]) -> int:
    """Try the mutations, print the table, and return the exit code."""
    mutations = select(ids)
    with project_copies(min(JOBS, len(mutations))) as copies:
        copy = copies.get()
        tests = sorted({test for mutation in mutations for test in mutation.tests})
        outcome, detail = run_tests(copy, tests, BASELINE_TIME_LIMIT)
        copies.put(copy)
        if outcome != "UNNOTICED":
            print(f"the tests must pass without a mutation first: {outcome} {detail}")
            return 1
        results = []
        with ThreadPoolExecutor(copies.qsize()) as pool:
            for result in pool.map(lambda mutation: run_mutation(mutation, copies), mutations):
                print(line(result), flush=True)
                results.append(result)
    missed = [result.mutation for result in results if result.outcome != "noticed"]
    noticed = len(results) - len(missed)
    share = noticed / len(results)
    required = [mutation.id for mutation in missed if mutation.required]
    print(f"\n{noticed} of {len(results)} mutations noticed ({share:.0%}); * marks required ones")
    for mutation in missed:
        print(f"{mutation.id}: {mutation.harm} ({mutation.file})")
    if required:
        print(f"required, but not noticed: {', '.join(required)}")
    return 1 if required or share < MIN_SHARE else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
