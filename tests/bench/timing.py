"""Time searches and other work. Engines take turns, and each question is timed once."""

from __future__ import annotations

import gc
import math
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.bench.model import Answer, ReferenceModel
from tests.bench.peers.base import BenchEngine
from tests.bench.questions import Question

QUESTIONS_PER_TURN = 10  # questions of one engine before the next engine's turn
# Questions of a kind for stock Whoosh, which takes seconds for each.
STOCK_WHOOSH_COMPARED = 1
STOCK_WHOOSH_TIMED = 3

TimingKey = tuple[str, str, bool]  # engine, kind of question, whether a country is selected


class WrongAnswer(AssertionError):
    """This program's answer differs from the reference model, so timing it is pointless."""


@dataclass(slots=True)
class Timings:
    """The times of all searches, and the comparisons of answers."""

    # Seconds of each search.
    seconds: dict[TimingKey, list[float]] = field(default_factory=lambda: defaultdict(list))
    # By engine and kind: whether each answer equals that of the first engine.
    compared: dict[tuple[str, str], list[bool]] = field(default_factory=lambda: defaultdict(list))
    # Seconds of each stage of a search, by name of the stage.
    stages: dict[TimingKey, dict[str, list[float]]] = field(default_factory=dict)

    def median(self, engine: str, kind: str, selected: bool) -> float | None:
        """Return the median seconds of a kind, or None if the engine has no times for it."""
        seconds = self.seconds.get((engine, kind, selected))
        return statistics.median(seconds) if seconds else None

    def p99(self, engine: str, kind: str, selected: bool) -> float:
        """Return the 99th percentile of the seconds of a kind."""
        return percentile_99(self.seconds[engine, kind, selected])


def percentile_99(values: Sequence[float]) -> float:
    """Return the 99th percentile by the nearest-rank method."""
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]


def questions_for(
    engine: BenchEngine, questions: Sequence[Question], limit: int = STOCK_WHOOSH_TIMED
) -> Sequence[Question]:
    """Return the questions for an engine: all, but at most limit for stock Whoosh."""
    return questions[:limit] if engine.name == "stock Whoosh" else questions


def check_answers(
    engine: BenchEngine, model: ReferenceModel, questions: Sequence[Question]
) -> None:
    """Raise WrongAnswer if an answer of the engine differs from the reference model."""
    for question in questions:
        answer, expected = engine.to_answer(engine.search(question)), model.answer(question)
        if answer != expected:
            raise WrongAnswer(f"{question}:\n{engine.name} {answer}\nreference model {expected}")


def compare_answers(
    engines: Sequence[BenchEngine], questions: Sequence[Question], timings: Timings
) -> None:
    """Record which answers of each engine equal those of the first engine. Not timed."""
    for question in questions:
        reference: Answer | None = None
        for engine in engines:
            if question.kind in engine.unsupported_kinds:
                continue
            if question not in questions_for(engine, questions, STOCK_WHOOSH_COMPARED):
                continue
            answer = engine.to_answer(engine.search(question))
            reference = reference or answer
            timings.compared[engine.name, question.kind].append(answer == reference)


def time_questions(
    engines: Sequence[BenchEngine], questions: Sequence[Question], timings: Timings
) -> None:
    """Time the questions of one kind. The engines take turns."""
    questions_by_engine = [
        (engine, questions_for(engine, questions))
        for engine in engines
        if questions[0].kind not in engine.unsupported_kinds
    ]
    for start in range(0, len(questions), QUESTIONS_PER_TURN):
        for engine, own_questions in questions_by_engine:
            for question in own_questions[start : start + QUESTIONS_PER_TURN]:
                started = time.perf_counter()
                engine.search(question)
                key = engine.name, question.kind, question.country is not None
                timings.seconds[key].append(time.perf_counter() - started)


def time_stages(engine: BenchEngine, questions: Sequence[Question], timings: Timings) -> None:
    """Time the stages of an engine's searches for questions of one kind."""
    stages: dict[str, list[float]] = {}
    for question in questions if questions[0].kind not in engine.unsupported_kinds else ():
        last = time.perf_counter()

        def on_stage(stage: str) -> None:
            nonlocal last
            now = time.perf_counter()
            stages.setdefault(stage, []).append(now - last)
            last = now

        engine.search(question, on_stage)
        timings.stages[engine.name, question.kind, question.country is not None] = stages


@contextmanager
def frozen_garbage_collector() -> Iterator[None]:
    """Exclude all existing objects from garbage collection.

    A server does not have the corpus in memory, so its collector would not scan it either.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def geometric_mean(ratios: Sequence[float]) -> float:
    """Return the geometric mean; NaN for no values."""
    return statistics.geometric_mean(ratios) if ratios else math.nan


@dataclass(frozen=True, slots=True)
class Duration:
    """Elapsed seconds, and CPU seconds of this process and its children."""

    seconds: float
    cpu: float

    @property
    def cores(self) -> float:
        """The average number of cores in use."""
        return self.cpu / self.seconds if self.seconds else 0.0


def measure_duration(work: Callable[[], object]) -> Duration:
    """Call a function and return how long it took."""
    cpu, started = _cpu_seconds(), time.perf_counter()
    work()
    return Duration(time.perf_counter() - started, _cpu_seconds() - cpu)


def median_run(runs: Sequence[Duration]) -> Duration:
    """Return the run with the median elapsed time."""
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def _cpu_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
