"""How long answers take: engines take turns, every question is asked once, and nothing is remembered."""

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

from tests.bench.model import Answer, Model
from tests.bench.peers.base import Measured
from tests.bench.questions import Question

TURN = 10  # questions of one engine before the next has its turn
COMPARED = 1  # questions of a kind that stock Whoosh is asked untimed
SLOW = 3  # questions of a kind for stock Whoosh, which takes seconds for each

Cell = tuple[str, str, bool]  # engine, kind, whether a country is selected


class Disagreement(AssertionError):
    """This program's own answers are not what plain counting finds: there is nothing to time."""


@dataclass(slots=True)
class Timings:
    """Seconds of every answer, how often a peer's answers were the same as ours, and where ours spend it."""

    seconds: dict[Cell, list[float]] = field(default_factory=lambda: defaultdict(list))
    compared: dict[tuple[str, str], list[bool]] = field(default_factory=lambda: defaultdict(list))
    stages: dict[Cell, dict[str, list[float]]] = field(default_factory=dict)

    def median(self, engine: str, kind: str, selected: bool) -> float | None:
        """The median of a class, None where the engine has nothing for it."""
        found = self.seconds.get((engine, kind, selected))
        return statistics.median(found) if found else None

    def p99(self, engine: str, kind: str, selected: bool) -> float:
        found = sorted(self.seconds[engine, kind, selected])
        return found[math.ceil(0.99 * len(found)) - 1]


def few(engine: Measured, questions: Sequence[Question], most: int = SLOW) -> Sequence[Question]:
    """As many of the questions as the engine is asked."""
    return questions[:most] if engine.name == "stock Whoosh" else questions


def check(engine: Measured, model: Model, questions: Sequence[Question]) -> None:
    """Raises Disagreement where an answer is not what plain counting finds."""
    for question in questions:
        found, counted = engine.read(engine.ask(question)), model.answer(question)
        if found != counted:
            raise Disagreement(f"{question}:\n{engine.name} {found}\nplain counting {counted}")


def compare(engines: Sequence[Measured], questions: Sequence[Question], timings: Timings) -> None:
    """Ask every engine, untimed; note which of the peers answer as the first engine does."""
    for question in questions:
        reference: Answer | None = None
        for engine in engines:
            if question.kind in engine.lacks or question not in few(engine, questions, COMPARED):
                continue
            answer = engine.read(engine.ask(question))
            reference = reference or answer
            timings.compared[engine.name, question.kind].append(answer == reference)


def measure(engines: Sequence[Measured], questions: Sequence[Question], timings: Timings) -> None:
    """Time the questions of one class, the engines taking turns."""
    asked = [
        (engine, few(engine, questions))
        for engine in engines
        if questions[0].kind not in engine.lacks
    ]
    for start in range(0, len(questions), TURN):
        for engine, own in asked:
            for question in own[start : start + TURN]:
                begun = time.perf_counter()
                engine.ask(question)
                cell = engine.name, question.kind, question.country is not None
                timings.seconds[cell].append(time.perf_counter() - begun)


def split(engine: Measured, questions: Sequence[Question], timings: Timings) -> None:
    """Time the stages of an engine's answers to one class."""
    stages: dict[str, list[float]] = {}
    for question in questions if questions[0].kind not in engine.lacks else ():
        last = time.perf_counter()

        def lap(stage: str) -> None:
            nonlocal last
            now = time.perf_counter()
            stages.setdefault(stage, []).append(now - last)
            last = now

        engine.ask(question, lap)
        timings.stages[engine.name, question.kind, question.country is not None] = stages


@contextmanager
def corpus_out_of_the_way() -> Iterator[None]:
    """The garbage collector leaves what is there already alone: a server has no corpus in its memory."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def geometric_mean(ratios: Sequence[float]) -> float:
    return statistics.geometric_mean(ratios) if ratios else math.nan


@dataclass(frozen=True, slots=True)
class Spent:
    """Time by the clock, and by the processors of this process and its children."""

    seconds: float
    cpu: float

    @property
    def cores(self) -> float:
        return self.cpu / self.seconds if self.seconds else 0.0


def spent(work: Callable[[], object]) -> Spent:
    """What a piece of work takes."""
    cpu, begun = _cpu(), time.perf_counter()
    work()
    return Spent(time.perf_counter() - begun, _cpu() - cpu)


def typical(runs: Sequence[Spent]) -> Spent:
    """The run that took the median time."""
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def _cpu() -> float:
    return sum(
        u.ru_utime + u.ru_stime
        for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
