"""The sentences about what has changed."""

from __future__ import annotations

from datetime import datetime

from indexer.engines.change_record import TEXT
from indexer.schema import FIELD
from indexer.search.changes import ChangedActivity, SearchChanges
from indexer.search.renames import ID
from webapp.i18n.locale import N_, gettext, ngettext
from webapp.i18n.messages import long_date

KINDS = {"added": N_("Added"), "edited": N_("Edited"), "withdrawn": N_("Withdrawn")}
_FIELDS = {TEXT: N_("Text"), ID: N_("Address")}  # that are not in the schema
_ON = {
    "added": N_("Added on {date}"),
    "edited": N_("Edited on {date}"),
    "withdrawn": N_("Withdrawn on {date}"),
}


def summary(changes: SearchChanges) -> str:
    """Return the numbers of changes: 2 added, 1 edited, 1 withdrawn. Empty without changes."""
    withdrawn = (
        ngettext("{n} withdrawn", "{n} withdrawn", changes.withdrawn)
        if changes.is_unlimited
        else ngettext(
            "{n} withdrawn from the collection",
            "{n} withdrawn from the collection",
            changes.withdrawn,
        )
    )
    parts = (
        (changes.added, ngettext("{n} added", "{n} added", changes.added)),
        (changes.edited, ngettext("{n} edited", "{n} edited", changes.edited)),
        (changes.withdrawn, withdrawn),
    )
    return ", ".join(sentence.format(n=f"{number:,}") for number, sentence in parts if number)


def numbers(changes: SearchChanges) -> str:
    """Return the summary of changes, or a text that says why it is empty."""
    if changes.is_cut:
        return summary(changes) or gettext("more than can be listed")
    return summary(changes) or gettext("nothing has changed")


def withdrawn_from_collection(number: int) -> str:
    """Return the sentence about withdrawn activities below the changes of a search."""
    return ngettext(
        "{n} activity of the collection has been withdrawn since. Whether it matched this search "
        "is no longer known, because its text is no longer public.",
        "{n} activities of the collection have been withdrawn since. Whether they matched this "
        "search is no longer known, because their texts are no longer public.",
        number,
    ).format(n=f"{number:,}")


def since(changes: SearchChanges, start: int | datetime | None) -> str:
    """Return from which time the changes are listed.

    start: the generation or the time that was requested; None for the default.
    """
    base = changes.base
    if base is None:
        return gettext(
            "No changes are recorded yet. The record begins with the next change of the collection."
        )
    values = {"date": long_date(base.indexed_at), "number": base.generation}
    if changes.is_cut:
        sentence = gettext(
            "There are too many changes to list. These are the changes since generation {number} "
            "of {date}."
        )
    elif not changes.is_complete:
        sentence = gettext("Changes since {date}, when the record begins (generation {number}).")
    elif isinstance(start, datetime):
        values["date"] = long_date(start.isoformat())
        sentence = gettext("Changes since {date} (generation {number}).")
    elif start is None:
        sentence = gettext(
            "Changes in the 30 days before the last update (since generation {number} of {date})."
        )
    else:
        sentence = gettext("Changes since generation {number} of {date}.")
    return sentence.format(**values)


def cited_since(changes: SearchChanges) -> str:
    """Return the beginning of the sentence about the changes since a citation."""
    if changes.base is None or changes.is_complete:
        return gettext("Changes in this search since then:")
    if changes.is_cut:
        sentence = gettext("Changes in this search since generation {number} of {date}:")
    else:
        sentence = gettext("Changes in this search since {date}, when the record begins:")
    date = long_date(changes.base.indexed_at)
    return sentence.format(date=date, number=changes.base.generation)


def change_line(each: ChangedActivity) -> str:
    """Return the date of a change and the edited fields: Edited on 28 November 2026: country."""
    change = each.change
    line = gettext(_ON[change.kind]).format(date=long_date(each.changed_at))
    if not change.fields:
        return line
    names = [gettext(_FIELDS.get(name) or FIELD[name].label) for name in change.fields]
    return gettext("{change}: {fields}").format(change=line, fields=", ".join(names).lower())


def words_line(each: ChangedActivity) -> str:
    """Return the numbers of new and deleted words of an edited text; "" for other changes."""
    if TEXT not in each.change.fields or each.hit is None:
        return ""
    if each.difference is None:
        return gettext("The earlier text is no longer kept, so the new words are not marked.")
    new, gone = each.difference.new_words, each.difference.gone_words
    parts = [
        ngettext("The new word is marked.", "The {n} new words are marked.", new).format(
            n=f"{new:,}"
        )
        if new
        else "",
        ngettext("{n} word is gone.", "{n} words are gone.", gone).format(n=f"{gone:,}")
        if gone
        else "",
    ]
    return " ".join(filter(None, parts)) or gettext("Only punctuation has changed.")
