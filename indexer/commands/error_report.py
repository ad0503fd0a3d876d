"""Print errors in content files. Long lists of one kind and repeated errors are summarised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from indexer.content.activity import InvalidActivity
from indexer.content.error_kinds import ErrorKind
from indexer.indexing.reported_errors import digest_of, load_reported, save_reported
from indexer.indexing.sync import Summary

MAX_PRINTED = 20  # errors of each kind; further errors are only counted


class ErrorCounter:
    """Counts errors by kind, and limits the number of printed errors of each kind."""

    def __init__(self, *, print_all: bool = False) -> None:
        self.counts: Counter[ErrorKind] = Counter()
        self._paths: dict[ErrorKind, set[str]] = {}
        self._print_all = print_all

    def add(self, error: InvalidActivity) -> bool:
        """Count an error, and return whether to print it."""
        self.counts[error.kind] += 1
        self._paths.setdefault(error.kind, set()).add(error.path)
        return self._print_all or self.counts[error.kind] <= MAX_PRINTED

    def folded_lines(self) -> Iterator[str]:
        """Yield a line for each kind with more than MAX_PRINTED errors."""
        if self._print_all:
            return
        for kind, count in self.counts.items():
            if count > MAX_PRINTED:
                yield f"and {count - MAX_PRINTED} more of the kind {kind}"

    def summary_lines(self) -> Iterator[str]:
        """Yield the number of errors and files for each kind, the most frequent kind first."""
        if len(self.counts) < 2 and self.counts.total() <= MAX_PRINTED:
            return
        for kind, count in self.counts.most_common():
            yield f"{count:7} {kind}, in {_files(len(self._paths[kind]))}"


def print_errors(errors: Iterable[InvalidActivity]) -> None:
    """Print errors to standard error, at most MAX_PRINTED of each kind."""
    counter = ErrorCounter()
    for error in errors:
        if counter.add(error):
            click.echo(str(error), err=True)
    for line in counter.folded_lines():
        click.echo(f'{line}: "activities check --all" lists them', err=True)


class RunErrors:
    """Prints the errors of runs on one index."""

    def __init__(self, index: Path) -> None:
        self._index = index
        self._reported = load_reported(index)

    def print_run(self, summary: Summary, *, unchanged: bool) -> None:
        """Print the errors of a run. If it was unchanged, only count errors printed before.

        A run of the watcher that read only a few files prints all errors in these files.
        """
        digests = {digest_of(error): error for error in summary.errors}
        read_all = len({error.path for error in summary.errors}) >= summary.rejected
        old = digests.keys() & self._reported if unchanged and read_all else set()
        print_errors(error for digest, error in digests.items() if digest not in old)
        if old:
            files = _files(len({digests[digest].path for digest in old}))
            message = f'{len(old)} problems in {files} as before: "activities status" shows them'
            click.echo(message, err=True)
        reported = frozenset(digests) if read_all else self._reported | digests.keys()
        if reported != self._reported:
            self._reported = reported
            save_reported(self._index, reported)


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
