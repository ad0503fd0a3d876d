"""The URL parameters of a search, declared once for parsing, the API page and OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from indexer.content.values import ID_PATTERN, MAX_ID_LENGTH
from indexer.schema import FACETS, FIELD, NOT_STATED, Field
from indexer.search.export import FORMATS, GROUPS
from indexer.search.request import (
    MAX_IDS,
    MAX_PER_PAGE,
    MAX_REACH,
    MAX_SELECTION,
    PER_PAGE,
    Order,
)
from indexer.text import places
from webapp.selection_state import HASHES_PATTERN

MAX_FILTERS = 50  # a page repeats each filter several times
LANGUAGE = "[a-z]{2,3}(-[A-Za-z0-9]{1,8})*"
MAX_LANGUAGE_LENGTH = 39  # characters of a language tag

Schema = Mapping[str, Any]  # JSON Schema 2020-12, the dialect of OpenAPI 3.1


@dataclass(frozen=True, slots=True)
class Parameter:
    """A URL parameter."""

    name: str
    help: str
    schema: Schema  # of one value
    many: bool = False  # may be repeated


def _value(field: Field) -> Schema:
    """Return the schema of the values of a facet."""
    match field.values:
        case "country":
            return {"type": "string", "enum": [*sorted(places.ALL_COUNTRIES), NOT_STATED]}
        case "region":
            return {"type": "string", "enum": [*sorted(places.REGIONS), NOT_STATED]}
        case "year":
            return {
                "oneOf": [
                    {"type": "integer", "minimum": 1000, "maximum": 9999},
                    {"const": NOT_STATED},
                ]
            }
        case "language":
            return {"type": "string", "pattern": f"^{LANGUAGE}$", "maxLength": MAX_LANGUAGE_LENGTH}
    return {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": MAX_ID_LENGTH}


VALUES: Mapping[str, Schema] = {name: _value(FIELD[name]) for name in FACETS}
_YEAR = {"type": "integer", "minimum": 1000, "maximum": 9999}
_ID = {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$", "maxLength": MAX_ID_LENGTH}


def _filters(name: str) -> tuple[Parameter, Parameter]:
    """Return the parameters that include and exclude values of a facet."""
    label, schema = FIELD[name].label, VALUES[name]
    return (
        Parameter(
            name, f"{label}: any of these values. {NOT_STATED} is “not stated”.", schema, many=True
        ),
        Parameter(f"-{name}", f"{label}: none of these values.", schema, many=True),
    )


# Parameters that select and sort the activities.
CRITERIA: tuple[Parameter, ...] = (
    Parameter("q", "The query, as described on the help page.", {"type": "string"}),
    Parameter(
        "match",
        "all: only activities with all words. By default, those with most of the words follow.",
        {"type": "string", "enum": ["all"]},
    ),
    *(parameter for name in FACETS for parameter in _filters(name)),
    Parameter(
        "year_from", "The first year of a range that includes any of the stated years.", _YEAR
    ),
    Parameter("year_to", "The last year of the range.", _YEAR),
    Parameter(
        "sort",
        "The order. The default is relevance with a query, and newest without. Of a selection, the "
        "default without a query is selected, its own order; country is that of countries and "
        "years.",
        {"type": "string", "enum": list(get_args(Order))},
    ),
    Parameter(
        "id",
        f"The id of an activity of a selection, to which the search is limited. More than "
        f"{MAX_IDS} ids are written as ids in links.",
        _ID,
        many=True,
    ),
    Parameter(
        "ids",
        f"Up to {MAX_SELECTION} activities of a selection: the number of digits of each hash, a "
        "dot, and the first digits of the SHA-256 of each id in lower-case base32, without "
        "separators.",
        {"type": "string", "pattern": f"^({HASHES_PATTERN})$"},
        many=True,
    ),
)
PAGING: tuple[Parameter, ...] = (
    Parameter(
        "page",
        f"The page, from 1. page × per_page is at most {MAX_REACH:,}.",
        {"type": "integer", "minimum": 1, "maximum": MAX_REACH, "default": 1},
    ),
    Parameter(
        "per_page",
        "The number of activities on a page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE, "default": PER_PAGE},
    ),
    Parameter("why", "The id of an activity on the page to explain.", _ID, many=True),
    Parameter(
        "drop",
        "A filter to remove: a parameter and its value, such as country:PAK or -year:2019, "
        "years for the range, selection, or id: and an id of the selection.",
        {"type": "string"},
        many=True,
    ),
    Parameter(
        "generation",
        "The generation that the address was cited from. While it is kept, it answers, without the "
        "activities that have been withdrawn since; otherwise the current one does. A notice says "
        "which.",
        {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    ),
)
EXPORT: tuple[Parameter, ...] = (
    Parameter("format", "The file format.", {"type": "string", "enum": list(FORMATS)}),
    Parameter(
        "group",
        "docx: the field whose values are the sections of the briefing. The default is country.",
        {"type": "string", "enum": list(GROUPS)},
    ),
)
SINCE = Parameter(
    "since",
    "The generation or the time (ISO 8601, in UTC without a zone) from which changes are listed. "
    "The default is 30 days before the newest generation.",
    {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 999_999_999},
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
            {"const": ""},
        ]
    },
)
SEARCH: Mapping[str, Parameter] = {parameter.name: parameter for parameter in (*CRITERIA, *PAGING)}
