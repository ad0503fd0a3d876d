"""The text of a result: its link, the part with the matches, and the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.content.activity import Activity, heading
from indexer.search.highlight import Passage, Span
from indexer.search.results import Hit

MAX_RESULTS_SIZE = 64_000  # bytes of all results of a page; longer texts are cut
RESULT_SIZE = 440  # bytes of that for the markup of each result
MAX_EXCERPT = 500  # characters of an activity in a list of another page
MIN_CLAUSE_LENGTH = 24  # characters of a link
MAX_CLAUSE_LENGTH = 72
# Characters of a text before its best match that four lines have space for: on a phone, and on any
# other screen. If there are more, the page leaves out the text between the link and the match.
MAX_LEAD_ON_PHONE = 100
MAX_LEAD = 240
MAX_CONTEXT = 36  # characters between a gap and the best match
_CLAUSE_END = re.compile(r"[,;:.!?](?=\s)|\s[–—-](?=\s)|[、，。；：！？،؛؟]")


@dataclass(frozen=True, slots=True)
class ResultText:
    """The parts of the text of a result, in the order of the text."""

    link: Sequence[Span]  # the first clause; empty if the result has a title
    gap: Sequence[Span]  # shown in print only; empty if the match is near the start
    rest: Sequence[Span]
    is_gap_wide: bool = False  # whether to leave out the gap also on a wide screen
    is_start_cut: bool = False  # whether text between link and rest is left out in print too
    is_end_cut: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether a part of the text is neither shown nor printed."""
        return self.is_start_cut or self.is_end_cut


def result_texts(hits: Sequence[Hit]) -> dict[str, ResultText]:
    """Return the text of each result of a page by id.

    Texts are whole, unless all together are too large for a page: then each has an equal share.
    """
    sizes = [len(hit.activity.text.encode()) for hit in hits]
    available = MAX_RESULTS_SIZE - RESULT_SIZE * len(hits)
    if sum(sizes) <= available:
        return {hit.id: result_text(hit) for hit in hits}
    share = available // len(hits)
    return {
        hit.id: result_text(hit, max(1, share * len(hit.activity.text) // size))
        if size > share
        else result_text(hit)
        for hit, size in zip(hits, sizes, strict=True)
    }


def result_text(hit: Hit, limit: int | None = None) -> ResultText:
    """Return the text of a result. A text of more than limit characters is cut."""
    passage = hit.passage
    text = passage.text
    has_title = bool(hit.activity.meta.get("title"))
    link_end = 0 if has_title else first_clause(text)
    lead = passage.best
    start = max(passage.start, text.find(" ", max(0, lead - MAX_CONTEXT), lead) + 1)
    if lead <= MAX_LEAD_ON_PHONE or start <= link_end:
        start = link_end
    is_cut = limit is not None and len(text) > limit
    is_start_cut = is_cut and start > link_end
    end = len(text)
    if limit is not None and is_cut:
        end = _word_end(text, min(len(text), start + max(1, limit - link_end)), start)
    return ResultText(
        passage.spans(0, link_end),
        () if is_start_cut else passage.spans(link_end, start),
        passage.spans(start, end),
        lead > MAX_LEAD,
        is_start_cut,
        end < len(text),
    )


def excerpts(activities: Iterable[Activity]) -> list[tuple[Hit, ResultText]]:
    """Return activities that no search found as hits, each with the start of its text."""
    return [(hit, result_text(hit, MAX_EXCERPT)) for hit in map(_unscored_hit, activities)]


def _unscored_hit(activity: Activity) -> Hit:
    title = heading(activity.meta.get("title", ()), activity.text)
    return Hit(activity, title, 0.0, (), "all", Passage(activity.text))


def first_clause(text: str) -> int:
    """Return the end of the first clause of a text, or of its first words if it is long."""
    if len(text) <= MAX_CLAUSE_LENGTH:
        return len(text)
    for match in _CLAUSE_END.finditer(text, MIN_CLAUSE_LENGTH, MAX_CLAUSE_LENGTH + 1):
        return match.start()
    end = text.rfind(" ", MIN_CLAUSE_LENGTH, MAX_CLAUSE_LENGTH + 1)
    return end if end > 0 else MAX_CLAUSE_LENGTH


def _word_end(text: str, end: int, start: int) -> int:
    """Return the last end of a word between two offsets, or the end itself."""
    if end == len(text):
        return end
    space = text.rfind(" ", start + 1, end + 1)
    return space if space > 0 else end
