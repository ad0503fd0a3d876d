"""Every front-matter field and every facet, declared once.

Validation, the index, URLs, labels, exports and the documentation all follow from FIELDS.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from indexer.text.analysis import SIGNATURE as ANALYSIS_SIGNATURE

Value = str | int

NOT_STATED = (
    "none"  # the value of a field that an activity does not state; no real value may be called so
)


@dataclass(frozen=True, slots=True)
class Facet:
    """How the values of a field are offered for narrowing.

    Filters of one group are alternatives (OR); groups are combined (AND).
    """

    order: Literal["count", "value"]
    limit: int = 20  # values shown before "more"
    group: str = ""  # "" means a group of its own, named after the field
    parent: str | None = None  # the field whose values contain this one's


@dataclass(frozen=True, slots=True)
class Field:
    """One key of the front matter.

    kind says how it is stored: "text" is analysed and searched by words, "keyword" and "integer"
    are matched whole, "stored" is only kept. values says what a legitimate value is: a key of
    VALUE_KINDS in activity.py.
    """

    name: str
    kind: Literal["text", "keyword", "integer", "stored"]
    label: str
    help: str
    values: Literal["text", "country", "region", "year", "slug", "language", "id", "flag"] = "text"
    many: bool = False
    boost: float = 1.0
    facet: Facet | None = None


FIELDS: tuple[Field, ...] = (
    Field(
        "title", "text", "Title", boost=2.0,
        help="A heading of at most 200 characters. Without one the activity's opening words are shown.",
    ),
    Field(
        "region", "keyword", "Region", values="region", many=True,
        facet=Facet("count", group="place"),
        help="UN M49 codes of regions. Those of the countries are added by themselves; "
        "write one only where the text names a region and no country.",
    ),
    Field(
        "country", "keyword", "Country", values="country", many=True,
        facet=Facet("count", group="place", parent="region"),
        help="Where it happened: ISO 3166-1 alpha-3 codes, and XKX for Kosovo.",
    ),
    Field(
        "year", "integer", "Year mentioned", values="year", many=True,
        facet=Facet("value", group="time"),
        help="The years that the text states, as whole numbers.",
    ),
    Field(
        "theme", "keyword", "Theme", values="slug", many=True, facet=Facet("count"),
        help="What it was about: slugs whose labels are in content/_vocabulary.yaml.",
    ),
    Field(
        "partner", "keyword", "Partner", values="slug", many=True, facet=Facet("count"),
        help="With whom: slugs whose labels are in content/_vocabulary.yaml.",
    ),
    Field(
        "agency", "keyword", "Agency", values="slug", many=True, facet=Facet("count"),
        help="Who did it: slugs whose labels are in content/_vocabulary.yaml.",
    ),
    Field(
        "language", "keyword", "Language", values="language", facet=Facet("count"),
        help="The language of the text, as a BCP 47 tag. Without one it is English (en).",
    ),
    Field("source", "stored", "Source", help="Where the text comes from: a citation or an address."),
    Field(
        "draft", "stored", "Draft", values="flag",
        help="true keeps the activity out of the index until it is removed.",
    ),
    Field(
        "aliases", "keyword", "Former addresses", values="id", many=True,
        help="Ids this activity had before; their addresses lead to it.",
    ),
)  # fmt: skip

FIELD: Mapping[str, Field] = {field.name: field for field in FIELDS}
FACETS: Mapping[str, Facet] = {field.name: field.facet for field in FIELDS if field.facet}
TEXT_FIELDS: Mapping[str, float] = {  # what words are searched in, with its weight
    **{field.name: field.boost for field in FIELDS if field.kind == "text"},
    "body": 1.0,
}
RANGE_FIELD = "year"  # the one field with ranges, and the one "newest" and "oldest" sort by


def facet_group(field: str) -> str:
    """The facet group a field belongs to: filters within it are alternatives."""
    return FACETS[field].group or field


def fingerprint() -> str:
    """A short hash of what decides the terms and columns of an index; labels do not.

    An index directory bears this name, so that a release with other terms builds beside it.
    """
    columns = [(f.name, f.kind, f.many, f.facet is not None, f.boost) for f in FIELDS]
    return hashlib.sha256(repr((columns, ANALYSIS_SIGNATURE)).encode()).hexdigest()[:12]


FINGERPRINT: str = fingerprint()
