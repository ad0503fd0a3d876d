"""The sentences of the site: notices, suggestions, errors, headings and citations.

Sentences are marked with N_() where they are declared, and translated where they are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Generation
from indexer.query.ast import Notice
from indexer.schema import FIELD, NOT_STATED, RANGE_FIELD, facet_group
from indexer.search.overview import Overview, Question
from indexer.search.replay import Replay
from indexer.search.request import Filter, SearchRequest, YearRange
from indexer.search.results import FilterSuggestion, WordsAndFilter, ZeroResultSuggestion
from webapp.i18n.bidi import isolate
from webapp.i18n.locale import ENGLISH, N_, current_locale, gettext, ngettext
from webapp.i18n.selection_messages import selected, selected_of

SITE = N_("Activity Search")
TAGLINE = N_("What was done, where, when and with whom")
MAX_HEADING_TEXT = 80  # characters of the search words
MAX_HEADING_VALUES = 8  # values of one facet group; the heading counts the others

# Sentences by notice code.
_NOTICES = {
    "query_too_long": N_("Only the first {limit} characters were searched."),
    "syntax_ignored": N_(
        "Your search is longer than {limit} characters, so OR, fields, * and ~ were searched as "
        "text. Use a shorter search to combine words."
    ),
    "dash_in_sentence": N_(
        "“{text}” was searched as text, because your search reads like a sentence. To leave out a "
        "word, type a dash and the word at the end, as in: police -women"
    ),
    "field_in_sentence": N_(
        "“{field}:” was searched as text. To search in a field, type the value directly after the "
        "colon, as in country:Kenya"
    ),
    "or_in_capitals": N_(
        "“OR” was searched as a word, because all of your search is in capitals. To find either "
        "word, type the other words in small letters."
    ),
    "or_in_small_letters": N_(
        "“or” was searched as a word. To find either word, type OR in capitals: police OR prison"
    ),
    "and_in_small_letters": N_(
        "“and” was searched as a word. To require both parts, leave it out or type AND in capitals."
    ),
    "not_in_small_letters": N_(
        "“not” was searched as a word. To leave out a word, type a dash before it: police -prison"
    ),
    "phrase_mark": N_(
        "“{text}” was searched as an exact phrase, without {mark}. To find the words in any order, "
        "type them without quotation marks."
    ),
    "quotation_in_text": N_(
        "The text in quotation marks was searched as words, because your search has other text. To "
        "find an exact phrase, search for the phrase alone."
    ),
    "group_mark": N_("{mark} after a parenthesis was ignored. Type it directly after a word."),
    "weight": N_("“{text}” was searched without ^ and its number. Words cannot be given a weight."),
    "fuzzy_number": N_(
        "“{text}” was searched without the number after ~. The length of a word decides how many "
        "letters can differ."
    ),
    "wildcard": N_(
        "“{text}” was searched as separate words. * works only at the end of a word, as in "
        "{example}"
    ),
    "plus_sign": N_(
        "“{text}” was searched without +. To require exactly this word, type it in quotation "
        'marks: "{word}"'
    ),
    "unbalanced": N_("An unmatched {mark} was ignored."),
    "unknown_field": N_("“{field}:” is not a field, so it was searched as text."),
    "no_words": N_("Your search contains no words or numbers, so it was ignored."),
    "too_deep": N_("Groups nested more than {limit} deep were ignored."),
    "too_many_terms": N_("Only the first {limit} words were searched."),
    "prefix_too_short": N_(
        "“{text}” was searched as a word. Type one word of at least two letters before *."
    ),
    "fuzzy_too_short": N_(
        "“{text}” was searched as typed. Type one word of at least four letters before ~."
    ),
    "whole_values": N_("“{text}” was searched without * or ~: only a whole {field} can match."),
    "not_a_number": N_(
        "“{text}” is not a {field}, so it was searched as text. Type a year or a range, as in "
        "year:2018..2020"
    ),
    "range_reversed": N_("The range was read as {low} to {high}."),
    "unknown_value": N_("There is no {field} called “{text}”."),
    "expansions_cut": N_("“{text}” matches many words. The {limit} most common were searched."),
    "narrowed": N_("{label} is limited to the values selected within it."),
    "page_past_end": N_("There is no page {page}. The last page is page {last}."),
    "reach": N_("You can view only the first {limit} results. Download the results to see all."),
    "invalid_value": N_("“{value}” is not a valid {parameter}, so it was ignored."),
    "too_many_filters": N_("Only the first {limit} filters were used."),
    "unknown_parameter": N_("“{parameter}” is not a search parameter."),
    "cited": N_(
        "This address was cited from generation {cited} of the index. "
        "You are viewing generation {shown}, indexed on {date}."
    ),
    "replayed": N_(
        "You are viewing the activities as they were on {date}, in generation {cited} of the "
        "index, because this address was cited then."
    ),
    "invalid_since": N_(
        "“{value}” is neither a date nor the number of a generation, so it was ignored. Type a "
        "date as in 2026-11-28."
    ),
    "no_generation_yet": N_(
        "There is no generation {number} yet. The newest is generation {newest}."
    ),
    "many_words": N_("Your text is long. Only its {limit} rarest words were searched."),
    "suggestions_left_out": N_(
        "This search is complex, so suggestions for other searches were left out."
    ),
    "corrected": N_("No activity has “{text}”, so “{correction}” was searched as well."),
    "unfinished": N_(
        "No activity has the word “{text}”, so words that begin with it were searched."
    ),
    "too_many_selected": N_(
        "A selection can have at most {limit} activities. Only the first {limit} are used."
    ),
    "selection_cut": N_(
        "The end of this address is missing, so some of the selected activities may be missing."
    ),
    "selection_ambiguous": N_(
        "Part of this address can mean several activities, so all of them are shown."
    ),
    "sort_of_selections": N_(
        "Only selections can be sorted this way, so the usual order was used."
    ),
    "same_text": N_("The text has not changed since."),
    "other_text": N_("The text has changed since."),
}

# Sentences for notices that the API and exports treat as errors.
_ERROR_NOTICES = {
    "invalid_value": N_("“{value}” is not a valid {parameter}."),
    "invalid_since": N_(
        "“{value}” is neither a date nor the number of a generation. Type a date as in 2026-11-28."
    ),
    "too_many_filters": N_("You can use at most {limit} filters."),
    "too_many_selected": N_("A selection can have at most {limit} activities."),
    "selection_cut": N_("The end of this address is missing."),
}

# Link texts by the kind of a suggestion for a search with few results or none.
_ZERO_RESULT_SUGGESTIONS = {
    "did_you_mean": N_("Did you mean “{subject}”?"),
    "begins_with": N_("Search for words that begin with “{subject}”"),
    "drop_word": N_("Search without “{subject}”"),
    "drop_words": N_("Search without “{subject}”"),
    "drop_filter": N_("Remove the filter {subject}"),
    "add_not_stated": N_("Include activities with no year stated"),
    "match_most": N_("Include activities with most of the words"),
    "match_any": N_("Search for any of the words"),
    "drop_words_and_filter": N_("Search without “{words}” and without the filter {subject}"),
    "drop_filters": N_("Remove all filters"),
    "drop_words_and_filters": N_("Search without “{subject}” and without filters"),
    "match_most_without_filters": N_("Search for most of the words, without filters"),
    "match_any_without_filters": N_("Search for any of the words, without filters"),
    "drop_text": N_("Remove the words and keep the filters"),
}

# (error code of the API, title, sentence) by status.
ERRORS = {
    400: (
        "bad_request",
        N_("The request is not valid"),
        N_("Check that the web address is correct."),
    ),
    404: (
        "not_found",
        N_("Page not found"),
        N_("Check that the web address is correct. The activity may have been renamed or removed."),
    ),
    410: (
        "gone",
        N_("This activity was withdrawn"),
        N_("It is no longer public."),
    ),
    405: (
        "method_not_allowed",
        N_("This action is not allowed"),
        N_("You can only read this page."),
    ),
    413: (
        "too_large",
        N_("The request is too large"),
        N_("The request is larger than this site accepts."),
    ),
    414: (
        "too_large",
        N_("The web address is too long"),
        N_("Use fewer words or fewer filters."),
    ),
    500: (
        "internal",
        N_("Sorry, there is a problem with the service"),
        N_("The problem has been logged. Try again later."),
    ),
    503: (
        "engine_unavailable",
        N_("Sorry, the service is unavailable"),
        N_("You did not cause this problem. Try again in a moment."),
    ),
}

# (title, sentence) by error code. They replace the title and sentence of the status.
ERRORS_BY_CODE = {
    "too_expensive": (
        N_("This search is too complex"),
        N_("Use fewer quoted phrases, or fewer words with * or ~. You can also add filters."),
    ),
    "too_busy": (
        N_("Sorry, the service is busy"),
        N_("Too many people are searching at the moment. Try again in a few seconds."),
    ),
    "rate_limited": (
        N_("Too many downloads at the same time"),
        N_("Wait until other downloads have finished, then try again."),
    ),
}

# Labels by the form of a match in an explanation.
MATCH_FORMS = {
    "exact": N_("as typed"),
    "accent": N_("with different accents or marks"),
    "stem": N_("another form of the word"),
    "prefix": N_("a word that begins with these letters"),
    "fuzzy": N_("a similar spelling"),
    "value": N_("a value of this activity"),
    "absent": N_("not in this activity"),
    "spelling": N_("British or American spelling"),
    "joined": N_("written as one word or as two"),
    "synonym": N_("a synonym"),
    "name": N_("names a value of this activity"),
    "label": N_("a word in the label of a value"),
    "correction": N_("a similar spelling, because no activity has the word"),
}

# Labels by the kind of an autocomplete suggestion that is not a field.
_SUGGESTION_KINDS = {"word": N_("word"), "title": N_("activity")}

# Example questions of the home page by kind.
_QUESTIONS = {
    "theme_country": N_("{country}: what was done on “{theme}”?"),
    "theme_since": N_("What was done on “{theme}” since {since}?"),
    "theme": N_("What was done on “{theme}”?"),
    "partner": N_("What was done with {partner}?"),
    "country_year": N_("{country}: what was done in {year}?"),
    "words_place": N_("{country}: what was done on “{words}”?"),
    "words_since": N_("What was done on “{words}” since {since}?"),
    "words": N_("Which activities mention “{words}”?"),
}

_ORDERS = {
    "relevance": N_("sorted by relevance"),
    "newest": N_("sorted by newest"),
    "oldest": N_("sorted by oldest"),
    "selected": N_("in the order of the selection"),
    "country": N_("sorted by country"),
}

_CONNECTION_ERROR = N_(
    "The search is not responding, so you are viewing earlier results. Try again in a moment."
)


def notice(notice: Notice) -> str:
    """Return the sentence for a notice."""
    if notice.code == "most_words":
        return groups(int(notice.values["all"]), int(notice.values["words"]))
    if notice.code == "left_out":
        count = int(notice.values["count"])
        return ngettext(
            "{n} activity of that generation has been withdrawn since and is left out.",
            "{n} activities of that generation have been withdrawn since and are left out.",
            count,
        ).format(n=f"{count:,}")
    return _format_notice(_NOTICES[notice.code], notice)


def groups(total_all: int, words: int) -> str:
    """Return the sentence above activities with most of the words of a query."""
    if words == 1:
        return gettext("No activity has this word. These have a similar one.")
    if not total_all:
        return gettext("No activity has all of these words. These have most of them.")
    return ngettext(
        "{n} activity has all of these words. These have most of them.",
        "{n} activities have all of these words. These have most of them.",
        total_all,
    ).format(n=f"{total_all:,}")


def refusal(notice: Notice) -> str:
    """Return the sentence for a notice that makes a request an error."""
    return _format_notice(_ERROR_NOTICES[notice.code], notice)


def _format_notice(sentence: str, notice: Notice) -> str:
    return gettext(sentence).format(
        **{name: _format_value(name, value) for name, value in notice.values.items()}
    )


def _format_value(name: str, value: object) -> object:
    if name in ("parameter", "field"):
        return str(value).replace("_", " ")
    if name == "date":
        return long_date(str(value))
    # Years and generations have no separators.
    return f"{value:,}" if name in ("limit", "page", "last") and isinstance(value, int) else value


def cited_notices(
    cited: int | None, generation: Generation, replay: Replay | None = None
) -> list[Notice]:
    """Return notices if an address was cited from a generation other than the current one.

    cited is the number of the cited generation; None if the address names none. generation is the
    shown generation. replay: set if it is the cited one.
    """
    if replay:
        notices = [Notice("replayed", {"cited": generation.number, "date": _date(generation)})]
        if replay.left_out:
            notices.append(Notice("left_out", {"count": replay.left_out}))
        return notices
    if cited is None or cited == generation.number:
        return []
    return [
        Notice("cited", {"cited": cited, "shown": generation.number, "date": _date(generation)})
    ]


def cited_sentences(cited: int | None, generation: Generation, replay: Replay | None) -> list[str]:
    """Return the sentences of cited_notices()."""
    return [notice(each) for each in cited_notices(cited, generation, replay)]


def _date(generation: Generation) -> str:
    return generation.indexed_at[:10]


def withdrawn(time: str) -> str:
    """Return the sentence about an activity that was withdrawn at a time (ISO 8601, UTC)."""
    return gettext("It was withdrawn on {date} and is no longer public.").format(
        date=long_date(time)
    )


def zero_result_label(suggestion: ZeroResultSuggestion, vocabulary: Vocabulary) -> str:
    """Return the link text of a suggestion for a search with few results or none."""
    words, subject = "", suggestion.subject
    if suggestion.kind == "use_filters":
        return _with_criteria(gettext("Activities"), suggestion.request, vocabulary)
    if isinstance(subject, WordsAndFilter):
        words, subject = subject
    if isinstance(subject, Filter):
        subject = filter_label(subject, vocabulary)
    elif isinstance(subject, YearRange):
        subject = gettext("{field}: {value}").format(
            field=gettext(FIELD[RANGE_FIELD].label), value=year_range(*subject)
        )
    sentence = gettext(_ZERO_RESULT_SUGGESTIONS[suggestion.kind])
    return sentence.format(subject=subject, words=words)


def filter_label(item: Filter, vocabulary: Vocabulary) -> str:
    """Return the label of a filter: "Country: Pakistan", "Country: not Pakistan"."""
    if not item.excluded:
        sentence = gettext("{field}: {value}")
    elif item.value == NOT_STATED:
        sentence = gettext("{field}: stated")
    else:
        sentence = gettext("{field}: not {value}")
    label = isolate(vocabulary.label(item.field, item.value))
    return sentence.format(field=gettext(FIELD[item.field].label), value=label)


def citation(
    title: str,
    authors: Iterable[str],
    site: str,
    generation: Generation,
    url: str,
    source: str = "",
) -> str:
    """Return the citation of an activity or of a search.

    title is the heading. A search has no authors. site is the name of the site. source is the
    publication that an activity comes from. It comes first.
    """
    author_names = ", ".join(authors)
    work = title = title.removesuffix(".")
    if author_names:
        work = gettext("{authors}: “{title}”").format(authors=author_names, title=title)
    if source:
        work = gettext("{source}. {work}").format(source=source.rstrip(". "), work=work)
    return gettext("{named}. {site}, generation {number} of {date}. {address}").format(
        named=work,
        site=site,
        number=generation.number,
        date=generation.indexed_at[:10],
        address=url,
    )


def count(total: int) -> str:
    """Return a number of activities: 1 activity, 1,200 activities."""
    return ngettext("{n} activity", "{n} activities", total).format(n=f"{total:,}")


def overview_facts(overview: Overview) -> list[str]:
    """Return the size of a collection: 14 activities, 9 countries, 2017–2020, the last update."""
    facts = [count(overview.generation.activities)]
    if number := len(overview.countries):
        facts.append(ngettext("{n} country", "{n} countries", number).format(n=f"{number:,}"))
    if overview.periods:
        facts.append(year_range(overview.periods[0][0], overview.periods[-1][1]))
    date = long_date(overview.generation.indexed_at)
    return [*facts, gettext("updated on {date}").format(date=date)]


def long_date(time: str) -> str:
    """Return the date of an ISO 8601 time in words: 28 November 2026."""
    from babel.dates import format_date  # imported late: few pages have dates in words

    locale = "en_GB" if current_locale() == ENGLISH else current_locale().replace("-", "_")
    return format_date(datetime.fromisoformat(time), "long", locale)


def show_results(total: int) -> str:
    """Return the label of the button that leaves the filters: Show 225 results."""
    return ngettext("Show {n} result", "Show {n} results", total).format(n=f"{total:,}")


def page_of(request: SearchRequest, pages: int) -> str:
    """Return the page of a search within all pages: page 2 of 36. Empty on the first page."""
    return _page(request.page, pages) if request.page > 1 else ""


def first_page(pages: int) -> str:
    """Return the first of all pages: page 1 of 36."""
    return _page(1, pages)


def _page(page: int, pages: int) -> str:
    return gettext("page {page} of {pages}").format(page=f"{page:,}", pages=f"{pages:,}")


def sorted_by(request: SearchRequest) -> str:
    """Return the order of a search: sorted by newest. Empty for the default order."""
    return gettext(_ORDERS[request.sort]) if request.sort else ""


def reach(limit: int) -> str:
    """Return the sentence below a search with more results than its pages show."""
    return gettext(_NOTICES["reach"]).format(limit=f"{limit:,}")


def words_heading(request: SearchRequest, total: int) -> str:
    """Return the heading of the search page: 3 activities matching “trafficking”."""
    found = _found(request, total)
    if not request.text:
        return found
    words = isolate(request.text[:MAX_HEADING_TEXT])
    return gettext("{found} matching “{words}”").format(found=found, words=words)


def _found(request: SearchRequest, total: int) -> str:
    """Return the number of results: 3 activities, 2 of 3 selected activities."""
    whole = len(request.selection)
    if not whole:
        return count(total)
    return selected(total) if total == whole else selected_of(total, whole)


def times(number: int) -> str:
    """Return how often a word occurs: once, 2 times."""
    return ngettext("once", "{n} times", number).format(n=f"{number:,}")


def search_title(request: SearchRequest, vocabulary: Vocabulary) -> str:
    """Return a search in words, without a number: activities matching “prison” in Kenya."""
    return _with_criteria(gettext("activities"), request, vocabulary)


def heading(request: SearchRequest, total: int, vocabulary: Vocabulary) -> str:
    """Return the heading of a search: 3 activities matching “trafficking” in Pakistan, 2019–2020.

    Filters of the place come first. Values of one facet group are joined with "or"; groups are
    separated by commas; excluded values come last.
    """
    return _with_criteria(_found(request, total), request, vocabulary)


def criteria(request: SearchRequest, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Return the criteria of a search as names and values, such as ("Country", "Pakistan")."""
    lines = []
    if request.text:
        words = gettext("“{words}”").format(words=request.text)
        lines.append((gettext("Search words"), words))
    if request.match == "all":
        lines.append((gettext("Match"), gettext("Only activities with all of the words")))
    for item in (*request.included, *request.excluded):
        value = vocabulary.label(item.field, item.value)
        if item.excluded:
            value = gettext("not {value}").format(value=value)
        lines.append((gettext(FIELD[item.field].label), value))
    if request.range:
        lines.append((gettext(FIELD[RANGE_FIELD].label), year_range(*request.range)))
    return lines


def filter_names(suggestion: FilterSuggestion) -> str:
    """Return the sentence that names the words which a suggestion turns into filters."""
    from babel.lists import format_list  # imported late: few searches have such words

    names = suggestion.names
    sentence = ngettext("{names} looks like a filter:", "{names} look like filters:", len(names))
    quoted = [gettext("“{words}”").format(words=name) for name in names]
    locale = "en_GB" if current_locale() == ENGLISH else current_locale().replace("-", "_")
    return sentence.format(names=format_list(quoted, locale=locale))


def more_undated(suggestion: FilterSuggestion) -> str:
    """Return the link text for the activities without a year that a suggestion would add."""
    number = suggestion.undated_total - suggestion.total
    if not suggestion.total:
        return gettext("{found} with no year stated").format(found=count(number))
    sentence = ngettext("{n} more with no year stated", "{n} more with no year stated", number)
    return sentence.format(n=f"{number:,}")


def back_to_results(request: SearchRequest, total: int, vocabulary: Vocabulary) -> str:
    """Return the link text from a result to its search: 4 results for “trafficking” in Pakistan."""
    results = ngettext("{n} result", "{n} results", total).format(n=f"{total:,}")
    if request.text:
        words = isolate(request.text[:MAX_HEADING_TEXT])
        results = gettext("{found} for “{words}”").format(found=results, words=words)
    others = replace(request, text="")
    return gettext("Back to {results}").format(results=_with_criteria(results, others, vocabulary))


def question(question: Question, vocabulary: Vocabulary) -> str:
    """Return the sentence of an example question."""
    request = question.request
    labels = {
        item.field: isolate(vocabulary.label(item.field, item.value)) for item in request.included
    }
    words = isolate(request.text.strip('"'))
    return gettext(_QUESTIONS[question.kind]).format(words=words, since=request.year_from, **labels)


def _with_criteria(text: str, request: SearchRequest, vocabulary: Vocabulary) -> str:
    """Return a text with the words and filters of a search added."""
    if request.text:
        words = isolate(request.text[:MAX_HEADING_TEXT])
        text = gettext("{found} matching “{words}”").format(found=text, words=words)
    groups = _heading_groups(request, vocabulary)
    if any(facet_group(f.field) == "place" and f.value != NOT_STATED for f in request.effective):
        text = gettext("{found} in {values}").format(found=text, values=_join(groups.pop("place")))
    for values in groups.values():
        if values:
            text = gettext("{found}, {values}").format(found=text, values=_join(values))
    excluded = []
    for item in request.excluded:
        if item.value == NOT_STATED:
            stated = gettext("{field} stated").format(field=_field_name(item.field))
            text = gettext("{found}, {values}").format(found=text, values=stated)
        else:
            excluded.append(isolate(vocabulary.label(item.field, item.value)))
    if excluded:
        text = gettext("{found}, without {values}").format(found=text, values=_join(excluded))
    return text


def _heading_groups(request: SearchRequest, vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Return the labels of the selected values by facet group: place, time, then the others."""
    time = [year_range(*request.range)] if request.range else []
    groups: dict[str, list[str]] = {"place": [], "time": time}
    for item in sorted(request.effective, key=lambda item: item.value == NOT_STATED):
        if item.value == NOT_STATED:
            label = gettext("no {field} stated").format(field=_field_name(item.field))
        else:
            label = isolate(vocabulary.label(item.field, item.value))
        groups.setdefault(facet_group(item.field), []).append(label)
    return groups


def _field_name(field: str) -> str:
    """Return the name of a field within a sentence."""
    return gettext(N_("Year") if field == RANGE_FIELD else FIELD[field].label).lower()


def _join(values: list[str]) -> str:
    if len(others := values[MAX_HEADING_VALUES:]) > 1:
        rest = gettext("{n} others").format(n=len(others))
        values = [*values[:MAX_HEADING_VALUES], rest]
    return gettext(" or ").join(values)


def year_range(low: int | None, high: int | None) -> str:
    """Return a range of years: 2019–2020, 2019, since 2019, until 2020."""
    if low and low == high:
        return str(low)
    if low and high:
        return f"{low}–{high}"
    if low:
        return gettext("since {year}").format(year=low)
    return gettext("until {year}").format(year=high)


def connection_error() -> str:
    """Return the sentence that the script shows when a request fails."""
    return gettext(_CONNECTION_ERROR)


def export_too_large(total: int, limit: int, unit: str) -> str:
    """Return the sentence for a search with more activities or text than a download can hold.

    unit: the unit of the limit, "activities" or "characters".
    """
    sentence = {
        "activities": gettext(
            "This search has {total} activities, and this format holds at most {limit}. Narrow "
            "your search, or choose another format."
        ),
        "characters": gettext(
            "This search has {total} activities, and their texts are longer than the {limit} "
            "characters that this format holds. Narrow your search, or choose another format."
        ),
    }[unit]
    return sentence.format(total=f"{total:,}", limit=f"{limit:,}")


def export_not_written() -> str:
    """Return the sentence for a download that the server has no space to prepare."""
    return gettext(
        "The download could not be prepared, because the server has no space for it. Try again "
        "later, or choose another format."
    )


def suggestion_kind(kind: str) -> str:
    """Return the label of an autocomplete suggestion's kind: word, activity, or a field's name."""
    if kind in _SUGGESTION_KINDS:
        return gettext(_SUGGESTION_KINDS[kind])
    return gettext(FIELD[kind].label).lower()
