"""What the site says: the sentences for the codes of notices, exits and errors."""

from __future__ import annotations

from indexer.labels import Labels
from indexer.query import Notice
from indexer.request import SearchRequest
from indexer.schema import FIELD, NONE

SITE = "Activity Search"
TAGLINE = "What the United Nations did against gender-based violence"

_NOTICES = {
    "query_too_long": "Only the first {limit} characters were searched.",
    "no_words": "There is no word in that to search for, so everything is shown.",
    "unbalanced": "A {mark} without its partner was left out.",
    "unknown_field": "“{field}:” is not a field, so it was searched as text.",
    "too_deep": "Groups deeper than {limit} were left out.",
    "too_many_terms": "Only the first {limit} words were searched.",
    "prefix_too_short": "“{text}” was searched as a word: * needs one word of at least two letters before it.",
    "fuzzy_too_short": "“{text}” was searched as it is: ~ needs one word of at least four letters before it.",
    "whole_values": "“{text}” was searched without its mark: a {field} is matched whole.",
    "not_a_number": "“{text}” is not a {field}, so it was searched as text.",
    "range_reversed": "The range was read as {low} to {high}.",
    "unknown_value": "No {field} is called “{text}”.",
    "expansions_cut": "“{text}” stands for many words; the {limit} commonest were searched.",
    "narrowed": "{label} is narrowed to what is selected within it.",
    "page_past_end": "There is no page {page}; the last is page {last}.",
    "reach": "Only the first {limit} can be paged through. Download the results to have them all.",
    "invalid_value": "“{value}” is not a possible {parameter}, so it was left out.",
    "too_many_filters": "Only the first {limit} filters were used.",
    "unknown_parameter": "“{parameter}” is not a parameter of a search.",
}

_EXITS = {
    "did_you_mean": "Did you mean “{subject}”?",
    "drop_word": "Search without “{subject}”",
    "drop_filter": "Remove the filter {subject}",
    "match_any": "Match any of the words",
}

ERRORS = {
    400: ("bad_request", "This request could not be read", "The address or the request is not well formed."),
    404: (
        "not_found",
        "There is no such page",
        "The address may be mistyped, or the activity was renamed or removed.",
    ),
    405: ("method_not_allowed", "This cannot be done here", "The address can only be read."),
    413: ("too_large", "That is too much", "The request is larger than this site accepts."),
    414: ("too_large", "The address is too long", "Shorten the words or choose fewer filters."),
    500: ("internal", "Something went wrong on our side", "It has been logged. Trying again may help."),
    503: (
        "engine_unavailable",
        "The search cannot answer yet",
        "Nothing you did caused it. Please try again in a moment.",
    ),
}


_REFUSALS = {
    "invalid_value": "“{value}” is not a possible {parameter}.",
    "too_many_filters": "At most {limit} filters can be used.",
}


def notice(found: Notice) -> str:
    """The sentence for a notice."""
    return _said(_NOTICES[found.code], found)


def refusal(found: Notice) -> str:
    """The sentence for a parameter that is an error, where nothing is dropped and answered all the same."""
    return _said(_REFUSALS[found.code], found)


def _said(sentence: str, found: Notice) -> str:
    return sentence.format(**{k: str(v).replace("_", " ") if k in ("parameter", "field") else v
                              for k, v in found.values.items()})  # fmt: skip


def subject(kind: str, text: str, labels: Labels) -> str:
    """What an exit's subject is called by people."""
    if kind != "drop_filter":
        return text
    field, _, value = text.removeprefix("-").partition(":")
    shown = value.replace("..", "–") if ".." in value else labels.label(field, value)
    return f"{'not ' if text.startswith('-') else ''}{FIELD[field].label}: {shown}"


def way_out(kind: str, text: str, labels: Labels) -> str:
    """The words of an exit's link."""
    return _EXITS[kind].format(subject=subject(kind, text, labels))


def count(total: int) -> str:
    """A number of activities."""
    return f"{total:,} {'activity' if total == 1 else 'activities'}"


def heading(request: SearchRequest, total: int, labels: Labels) -> str:
    """What was searched: 3 activities matching “trafficking” in Pakistan, 2019–2020."""
    said = count(total)
    if request.text:
        said += f" matching “{request.text[:80]}”"
    found: dict[str, list[str]] = {}
    for field, value in request.effective:
        said_value = f"no {FIELD[field].label.lower()} stated" if value == NONE else labels.label(field, value)
        found.setdefault("place" if field in ("region", "country") else field, []).append(said_value)
    if "place" in found:
        said += " in " + " or ".join(found.pop("place"))
    years = found.pop("year", [])
    if request.range:
        low, high = request.range
        years.append(f"{low}–{high}" if low and high else f"since {low}" if low else f"until {high}")
    for values in [years, *found.values()]:
        if values:
            said += ", " + " or ".join(values)
    without = [labels.label(field, value) for field, value in request.excluded]
    return said + (f", without {' or '.join(without)}" if without else "")


_SAYINGS = {
    "trouble": "The search did not answer just now; what is shown is from before. Try again in a moment.",
    "word": "word", "title": "activity",
}  # fmt: skip


def say(code: str) -> str:
    """A sentence of the page that needs no values."""
    return _SAYINGS[code]


def kind(code: str) -> str:
    """What kind of thing a suggestion is."""
    return _SAYINGS.get(code) or FIELD[code].label.lower()
