"""The front-matter fields and facets, each declared once.

Validation, the index, URLs, labels, exports and the documentation are derived from FIELDS.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from indexer.text.analysis import ANALYSIS_SIGNATURE

Value = str | int

NOT_STATED = "none"  # the facet value of an activity without the field; reserved in vocabularies


@dataclass(frozen=True, slots=True)
class Facet:
    """How the values of a field are offered as filters.

    Filters of one group are alternatives (OR); groups are combined (AND).
    """

    order: Literal["count", "value"]
    limit: int = 20  # values displayed before "more"
    group: str = ""  # "" means a separate group, named after the field
    parent: str | None = None  # the field whose values contain this field's values


@dataclass(frozen=True, slots=True)
class Field:
    """A key of the front matter.

    kind says how the field is indexed: "text" is analysed and searched by words, "keyword" and
    "integer" are matched as whole values, "stored" is not searched. values is the type of a valid
    value: a key of VALUE_KINDS in content/activity.py.
    """

    name: str
    kind: Literal["text", "keyword", "integer", "stored"]
    label: str
    help: str
    values: Literal["text", "country", "region", "year", "slug", "language", "id", "flag"] = "text"
    many: bool = False  # a list of values
    boost: float = 1.0  # weight of a match in this field
    facet: Facet | None = None


FIELDS: tuple[Field, ...] = (
    Field(
        "title",
        "text",
        "Title",
        boost=0.5,
        help="A heading of at most 200 characters. The default is the activity's opening words.",
    ),
    Field(
        "region",
        "keyword",
        "Region",
        values="region",
        many=True,
        facet=Facet("count", group="place"),
        help="UN M49 codes of regions. The regions of the countries are added automatically; "
        "write a region only if the text names a region and no country.",
    ),
    Field(
        "country",
        "keyword",
        "Country",
        values="country",
        many=True,
        facet=Facet("count", group="place", parent="region"),
        help="Where it happened: ISO 3166-1 alpha-3 codes, XKX for Kosovo, or former countries.",
    ),
    Field(
        "year",
        "integer",
        "Year mentioned",
        values="year",
        many=True,
        facet=Facet("value", group="time"),
        help="The years that the text states, as whole numbers.",
    ),
    Field(
        "theme",
        "keyword",
        "Theme",
        values="slug",
        many=True,
        facet=Facet("count"),
        help="What it was about: slugs whose labels are in content/_vocabulary.yaml.",
    ),
    Field(
        "partner",
        "keyword",
        "Partner",
        values="slug",
        many=True,
        facet=Facet("count"),
        help="With whom: slugs whose labels are in content/_vocabulary.yaml.",
    ),
    Field(
        "agency",
        "keyword",
        "Agency",
        values="slug",
        many=True,
        facet=Facet("count"),
        help="Who did it: slugs whose labels are in content/_vocabulary.yaml.",
    ),
    Field(
        "language",
        "keyword",
        "Language",
        values="language",
        facet=Facet("count"),
        help="The language of the text, as a BCP 47 tag. The default is English (en).",
    ),
    Field(
        "source",
        "stored",
        "Source",
        help="Where the text comes from: a citation or an address.",
    ),
    Field(
        "draft",
        "stored",
        "Draft",
        values="flag",
        help="true keeps the activity out of the index until the field is removed.",
    ),
    Field(
        "aliases",
        "keyword",
        "Former addresses",
        values="id",
        many=True,
        help="Former ids of this activity; their addresses redirect to it.",
    ),
)

FIELD: Mapping[str, Field] = {field.name: field for field in FIELDS}
FACETS: Mapping[str, Facet] = {field.name: field.facet for field in FIELDS if field.facet}
TEXT_FIELDS: Mapping[str, float] = {  # the fields that words are searched in, with their weights
    **{field.name: field.boost for field in FIELDS if field.kind == "text"},
    "body": 1.0,
}
STORED_PARTS = ("body", "text", "evidence")  # of an activity, stored in addition to its fields
RANGE_FIELD = "year"  # the only field with ranges, and the sort field of "newest" and "oldest"


def facet_group(field: str) -> str:
    """Return the facet group of a field. Filters within a group are alternatives."""
    return FACETS[field].group or field


def fingerprint() -> str:
    """Return a short hash of everything that determines the content of an index.

    It names the index directory, so that a release with other terms, columns or stored parts builds
    its index beside the old one. Labels, help texts and boosts are not part of it.
    """
    columns = [(f.name, f.kind, f.many, f.facet is not None) for f in FIELDS]
    parts = (columns, ANALYSIS_SIGNATURE, STORED_PARTS)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


FINGERPRINT: str = fingerprint()
