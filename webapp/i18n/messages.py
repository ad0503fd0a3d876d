"""What the site says: the sentences for the codes of notices, exits and errors."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Generation
from indexer.query.ast import Notice
from indexer.schema import FIELD, NOT_STATED, RANGE_FIELD, facet_group
from indexer.search.request import SearchRequest
from webapp.i18n.locale import N_, gettext, ngettext

SITE = N_("Activity Search")
TAGLINE = N_("What the United Nations did against gender-based violence")

_NOTICES = {
    "query_too_long": N_("Only the first {limit} characters were searched."),
    "unbalanced": N_("A {mark} without its partner was left out."),
    "unknown_field": N_("“{field}:” is not a field, so it was searched as text."),
    "no_words": N_("What was typed holds no words or numbers, so everything is shown."),
    "too_deep": N_("Groups deeper than {limit} were left out."),
    "too_many_terms": N_("Only the first {limit} words were searched."),
    "prefix_too_short": N_(
        "“{text}” was searched as a word: * needs one word of at least two letters before it."
    ),
    "fuzzy_too_short": N_(
        "“{text}” was searched as it is: ~ needs one word of at least four letters before it."
    ),
    "whole_values": N_("“{text}” was searched without its mark: a {field} is matched whole."),
    "not_a_number": N_("“{text}” is not a {field}, so it was searched as text."),
    "range_reversed": N_("The range was read as {low} to {high}."),
    "unknown_value": N_("No {field} is called “{text}”."),
    "expansions_cut": N_("“{text}” stands for many words; the {limit} commonest were searched."),
    "narrowed": N_("{label} is narrowed to what is selected within it."),
    "page_past_end": N_("There is no page {page}; the last is page {last}."),
    "reach": N_(
        "Only the first {limit} can be paged through. Download the results to have them all."
    ),
    "invalid_value": N_("“{value}” is not a possible {parameter}, so it was left out."),
    "too_many_filters": N_("Only the first {limit} filters were used."),
    "unknown_parameter": N_("“{parameter}” is not a parameter of a search."),
    "cited": N_(
        "This address was cited from generation {cited}. Generation {shown}, indexed {date}, is shown."
    ),
    "same_text": N_("The text has not changed since."),
    "other_text": N_("The text has changed since."),
}

_EXITS = {
    "did_you_mean": N_("Did you mean “{subject}”?"),
    "begins_with": N_("Words that begin with “{subject}”"),
    "drop_word": N_("Search without “{subject}”"),
    "drop_filter": N_("Remove the filter {subject}"),
    "match_any": N_("Match any of the words"),
}

ERRORS = {
    400: (
        "bad_request",
        N_("This request could not be read"),
        N_("The address or the request is not well formed."),
    ),
    404: (
        "not_found",
        N_("There is no such page"),
        N_("The address may be mistyped, or the activity was renamed or removed."),
    ),
    405: (
        "method_not_allowed",
        N_("This cannot be done here"),
        N_("The address can only be read."),
    ),
    413: ("too_large", N_("That is too much"), N_("The request is larger than this site accepts.")),
    414: (
        "too_large",
        N_("The address is too long"),
        N_("Shorten the words or choose fewer filters."),
    ),
    500: (
        "internal",
        N_("Something went wrong on our side"),
        N_("It has been logged. Trying again may help."),
    ),
    503: (
        "engine_unavailable",
        N_("The search cannot answer yet"),
        N_("Nothing you did caused it. Please try again in a moment."),
    ),
}


FORMS = {
    "exact": N_("as typed"),
    "accent": N_("written with other accents or marks"),
    "stem": N_("another form of the word"),
    "prefix": N_("begins so"),
    "fuzzy": N_("spelt nearly so"),
    "value": N_("stated"),
    "absent": N_("not in this activity; another alternative was"),
}

_REFUSALS = {
    "invalid_value": N_("“{value}” is not a possible {parameter}."),
    "too_many_filters": N_("At most {limit} filters can be used."),
}


def notice(found: Notice) -> str:
    """The sentence for a notice."""
    return _said(_NOTICES[found.code], found)


def refusal(found: Notice) -> str:
    """The sentence for a parameter that is an error, where nothing is dropped and answered all the same."""
    return _said(_REFUSALS[found.code], found)


def _said(sentence: str, found: Notice) -> str:
    return gettext(sentence).format(
        **{k: _field(str(v)) if k in ("parameter", "field") else v for k, v in found.values.items()}
    )


def _field(name: str) -> str:
    return name.replace("_", " ")


def subject(kind: str, text: str, vocabulary: Vocabulary) -> str:
    """What an exit's subject is called by people."""
    if kind != "drop_filter":
        return text
    field, _, value = text.removeprefix("-").partition(":")
    shown = value.replace("..", "–") if ".." in value else vocabulary.label(field, value)
    sentence = gettext("{field}: {value}")
    if text.startswith("-"):
        sentence = (
            gettext("{field}: stated") if value == NOT_STATED else gettext("{field}: not {value}")
        )
    return sentence.format(field=gettext(FIELD[field].label), value=shown)


def way_out(kind: str, text: str, vocabulary: Vocabulary) -> str:
    """The words of an exit's link."""
    return gettext(_EXITS[kind]).format(subject=subject(kind, text, vocabulary))


def citation(what: str, authors: Iterable[str], generation: Generation, address: str) -> str:
    """How to cite an activity or a search: who (of an activity), what, where, and in which generation it was seen."""
    said = ", ".join(authors)
    named = gettext("{authors}: “{title}”").format(authors=said, title=what) if said else what
    return gettext("{named}. {site}, generation {number} of {date}. {address}").format(
        named=named,
        site=gettext(SITE),
        number=generation.number,
        date=generation.indexed_at[:10],
        address=address,
    )


def count(total: int) -> str:
    """A number of activities."""
    return ngettext("{n} activity", "{n} activities", total).format(n=f"{total:,}")


def times(number: int) -> str:
    """How often a word occurs."""
    return ngettext("once", "{n} times", number).format(n=f"{number:,}")


NAMED = 8  # values that a heading names; it counts the others


def heading(request: SearchRequest, total: int, vocabulary: Vocabulary) -> str:
    """What was searched: 3 activities matching “trafficking” in Pakistan, 2019–2020."""
    said = count(total)
    if request.text:
        said = gettext("{found} matching “{words}”").format(found=said, words=request.text[:80])
    groups: dict[str, list[str]] = {}
    for field, value in sorted(request.effective, key=lambda pair: pair[1] == NOT_STATED):
        groups.setdefault(facet_group(field), []).append(_value(field, value, vocabulary))
    places, years = groups.pop("place", []), groups.pop("time", [])
    if request.range:
        years.append(years_said(*request.range))
    if any(
        facet_group(field) == "place" and value != NOT_STATED for field, value in request.effective
    ):
        said = gettext("{found} in {values}").format(found=said, values=_either(places))
        places = []
    stated = [
        gettext("{field} stated").format(field=_thing(field))
        for field, value in request.excluded
        if value == NOT_STATED
    ]
    for values in (places, years, *groups.values(), *([one] for one in stated)):
        if values:
            said = gettext("{found}, {values}").format(found=said, values=_either(values))
    without = [
        vocabulary.label(field, value) for field, value in request.excluded if value != NOT_STATED
    ]
    return (
        gettext("{found}, without {values}").format(found=said, values=_either(without))
        if without
        else said
    )


def _value(field: str, value: str, vocabulary: Vocabulary) -> str:
    if value != NOT_STATED:
        return vocabulary.label(field, value)
    return gettext("no {field} stated").format(field=_thing(field))


def _thing(field: str) -> str:
    """What a value of a field is, within a sentence."""
    return gettext(N_("Year") if field == RANGE_FIELD else FIELD[field].label).lower()


def _either(values: list[str]) -> str:
    if len(others := values[NAMED:]) > 1:
        values = [*values[:NAMED], gettext("{n} others").format(n=len(others))]
    return gettext(" or ").join(values)


def years_said(low: int | None, high: int | None) -> str:
    """A range of years: 2019–2020, since 2019, until 2020."""
    if low and high:
        return f"{low}–{high}"
    return (
        gettext("since {year}").format(year=low)
        if low
        else gettext("until {year}").format(year=high)
    )


_SAYINGS = {
    "trouble": N_(
        "The search did not answer just now; what is shown is from before. Try again in a moment."
    ),
    "word": N_("word"),
    "title": N_("activity"),
}


def say(code: str) -> str:
    """A sentence of the page that needs no values."""
    return gettext(_SAYINGS[code])


def kind(code: str) -> str:
    """What kind of thing a suggestion is."""
    return gettext(_SAYINGS[code]) if code in _SAYINGS else gettext(FIELD[code].label).lower()
