"""The parameters of addresses, declared once: how they are read, the API's page and its OpenAPI follow from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from indexer.content.activity import ID_PATTERN, MAX_ID_LENGTH
from indexer.query.plan import Sort
from indexer.schema import FACETS, FIELD, NOT_STATED, Field
from indexer.search.export import FORMATS
from indexer.search.request import MAX_PER_PAGE, MAX_REACH, PER_PAGE
from indexer.text import places

MAX_FILTERS = 50  # more than a person ticks; a page says each of them several times
LANGUAGE = "[a-z]{2,3}(-[A-Za-z0-9]{1,8})*"
MAX_LANGUAGE = 39

Schema = Mapping[str, Any]  # JSON Schema 2020-12, as OpenAPI 3.1 has it


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. schema is of one value; many says that it may be repeated."""

    name: str
    help: str
    schema: Schema
    many: bool = False


def _value(field: Field) -> Schema:
    """What a filter of a field can be."""
    match field.values:
        case "country":
            return {"type": "string", "enum": [*sorted(places.COUNTRIES), NOT_STATED]}
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
            return {"type": "string", "pattern": f"^{LANGUAGE}$", "maxLength": MAX_LANGUAGE}
    return {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": MAX_ID_LENGTH}


VALUES: Mapping[str, Schema] = {name: _value(FIELD[name]) for name in FACETS}
_YEAR = {"type": "integer", "minimum": 1000, "maximum": 9999}
_ID = {"type": "string", "pattern": f"^{ID_PATTERN.pattern}$", "maxLength": MAX_ID_LENGTH}


def _filters(name: str) -> tuple[Parameter, Parameter]:
    label = FIELD[name].label
    return (
        Parameter(
            name, f"{label}: any of these; {NOT_STATED} is “not stated”.", VALUES[name], many=True
        ),
        Parameter(f"-{name}", f"{label}: none of these.", VALUES[name], many=True),
    )


# What decides which activities are found, and in which order.
CRITERIA: tuple[Parameter, ...] = (
    Parameter("q", "Words, in the language of the help page.", {"type": "string"}),
    *(parameter for name in FACETS for parameter in _filters(name)),
    Parameter(
        "year_from", "The first year of a range, in which any of the stated years must lie.", _YEAR
    ),
    Parameter("year_to", "The last year of that range.", _YEAR),
    Parameter(
        "sort",
        "The order; by relevance where there are words, newest first without.",
        {"type": "string", "enum": list(get_args(Sort))},
    ),
)
PAGING: tuple[Parameter, ...] = (
    Parameter(
        "page",
        f"From 1; page times per_page is at most {MAX_REACH:,}.",
        {"type": "integer", "minimum": 1, "maximum": MAX_REACH, "default": 1},
    ),
    Parameter(
        "per_page",
        "Activities a page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE, "default": PER_PAGE},
    ),
    Parameter(
        "why", "The id of an activity on the page of which to say why it was found.", _ID, many=True
    ),
    Parameter(
        "drop",
        "A filter to leave out, as its parameter and value: country:PAK, -year:2019; or years, for the range.",
        {"type": "string"},
        many=True,
    ),
    Parameter(
        "generation",
        "The generation a search or an activity was cited from: a notice says whether it is another now.",
        {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    ),
)
EXPORT: tuple[Parameter, ...] = (
    Parameter("format", "The kind of file.", {"type": "string", "enum": list(FORMATS)}),
    Parameter("id", "One activity instead of a search.", _ID),
)
SEARCH: Mapping[str, Parameter] = {parameter.name: parameter for parameter in (*CRITERIA, *PAGING)}
