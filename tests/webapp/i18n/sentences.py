"""Collect every sentence of the site for translators: `make translations` runs this module."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

import indexer
import webapp
from indexer.content import vocabulary
from indexer.text import places
from webapp.i18n.locale import LOCALES
from webapp.parameters import SEARCH

TEMPLATE = LOCALES / "messages.pot"
# The third argument of a Field is its label.
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "Field": (3,)}


def sentences() -> Catalog:
    """Return the sentences of the code and the templates, and the labels of fields and places."""
    catalogue = Catalog(project="Activity Search", charset="utf-8")
    for package in (Path(webapp.__file__).parent, Path(indexer.__file__).parent):
        methods = [("**.py", "python"), ("**.html", "jinja2")]
        for file, _, message, comments, _ in extract_from_dir(
            package, methods, keywords=KEYWORDS, options_map={}
        ):
            catalogue.add(
                message, locations=[(f"{package.name}/{file}", 0)], auto_comments=comments
            )
    catalogue.add(vocabulary.NOT_STATED_LABEL, locations=[("indexer/content/vocabulary.py", 0)])
    for parameter in SEARCH.values():
        catalogue.add(parameter.help, locations=[("webapp/parameters.py", 0)])
    for name in places.names_missing_from_cldr():
        catalogue.add(
            name,
            locations=[("indexer/text/places.py", 0)],
            auto_comments=["As the UN says it; if empty, CLDR's name is used."],
        )
    return catalogue


def main() -> None:
    """Write messages.pot, and merge it into every catalogue in locales/."""
    template = sentences()
    for path in (TEMPLATE, *LOCALES.glob("*.po")):
        catalogue = template
        if path != TEMPLATE:
            with path.open("rb") as lines:
                catalogue = read_po(lines, locale=path.stem.replace("-", "_"))
            catalogue.update(template)
        with path.open("wb") as out:
            write_po(
                out,
                catalogue,
                width=120,
                omit_header=path == TEMPLATE,
                sort_output=True,
                include_lineno=False,
            )


if __name__ == "__main__":
    main()
