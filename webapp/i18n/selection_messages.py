"""The sentences about selections of activities."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.engines.change_record import TEXT
from indexer.schema import FIELD
from indexer.search.request import SearchRequest
from indexer.search.selection_changes import MissingActivity, SelectionChanges
from webapp.i18n.bidi import isolate
from webapp.i18n.locale import gettext, ngettext

MAX_MISSING = 20  # activities that a page names


def selected(total: int) -> str:
    """Return a number of activities of a selection: 3 selected activities."""
    sentence = ngettext("{n} selected activity", "{n} selected activities", total)
    return sentence.format(n=f"{total:,}")


def selected_of(total: int, whole: int) -> str:
    """Return a part of a selection: 2 of 3 selected activities."""
    sentence = ngettext(
        "{n} of {whole} selected activity", "{n} of {whole} selected activities", whole
    )
    return sentence.format(n=f"{total:,}", whole=f"{whole:,}")


def selection_criteria(request: SearchRequest, missing: Sequence[str]) -> list[tuple[str, str]]:
    """Return names and values about the selection of a search, for a list of its criteria."""
    if not request.selection:
        return []
    lines = [(gettext("Selection"), selected(len(request.selection)))]
    if missing:
        lines.append((gettext("Not in the index"), ", ".join(map(isolate, missing))))
    return lines


def nothing_selected() -> str:
    """Return the sentence for a download of a selection whose activities are all missing."""
    return gettext("None of the selected activities is in the index.")


def missing_activities(missing: Sequence[MissingActivity]) -> list[str]:
    """Return a sentence about the number of missing activities, and one about each of the first."""
    if not missing:
        return []
    heading = ngettext(
        "{n} selected activity is not in the index:",
        "{n} selected activities are not in the index:",
        len(missing),
    )
    sentences = [heading.format(n=f"{len(missing):,}"), *map(_missing, missing[:MAX_MISSING])]
    if (others := len(missing) - MAX_MISSING) > 0:
        sentences.append(gettext("{n} others").format(n=f"{others:,}"))
    return sentences


def _missing(missing: MissingActivity) -> str:
    if not missing.id:
        return gettext("an activity whose name is not known")
    id = isolate(missing.id)
    if missing.new_id:
        return gettext("{id}: has changed since, and is now {other}").format(
            id=id, other=isolate(missing.new_id)
        )
    if missing.withdrawn_at:
        return gettext("{id}: withdrawn on {date}").format(id=id, date=missing.withdrawn_at[:10])
    return gettext("{id}: there is no activity with this name").format(id=id)


def edited_since(fields: Sequence[str]) -> str:
    """Return the sentence about an activity that was edited or renamed after it was selected."""
    if not fields:
        return gettext("Renamed since it was selected")
    names = [
        gettext("text") if name == TEXT else gettext(FIELD[name].label).lower() for name in fields
    ]
    return gettext("Edited since it was selected: {fields}").format(fields=", ".join(names))


def edits(changes: SelectionChanges, generation: int) -> list[str]:
    """Return sentences about the edits since a selection was made in a generation."""
    sentences = []
    if edited := len(changes.edited):
        sentence = ngettext(
            "{n} activity has been edited or renamed since this selection was made in generation "
            "{generation}.",
            "{n} activities have been edited or renamed since this selection was made in "
            "generation {generation}.",
            edited,
        )
        sentences.append(sentence.format(n=f"{edited:,}", generation=generation))
    elif not changes.recorded_from:
        sentence = gettext(
            "No activity has been edited since this selection was made in generation {generation}."
        )
        sentences.append(sentence.format(generation=generation))
    if changes.recorded_from:
        sentence = gettext("Edits before {date} are not recorded.")
        sentences.append(sentence.format(date=changes.recorded_from[:10]))
    return sentences
