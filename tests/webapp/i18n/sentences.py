"""Every sentence that a person reads: `make translations` writes them where translators start."""

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
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "N_": None,
    "Field": (3,),
}  # the third argument of a Field is its label


def sentences() -> Catalog:
    """Those of the code, the templates and the names of fields."""
    found = Catalog(project="Activity Search", charset="utf-8")
    for package in (Path(webapp.__file__).parent, Path(indexer.__file__).parent):
        methods = [("**.py", "python"), ("**.html", "jinja2")]
        for file, _, message, comments, _ in extract_from_dir(
            package, methods, keywords=KEYWORDS, options_map={}
        ):
            found.add(message, locations=[(f"{package.name}/{file}", 0)], auto_comments=comments)
    found.add(vocabulary.NOT_STATED_LABEL, locations=[("indexer/content/vocabulary.py", 0)])
    for parameter in SEARCH.values():
        found.add(parameter.help, locations=[("webapp/parameters.py", 0)])
    for name in places.names_missing_from_cldr():
        found.add(
            name,
            locations=[("indexer/text/places.py", 0)],
            auto_comments=["As the UN says it; if empty, CLDR's name is used."],
        )
    return found


def main() -> None:
    """Write messages.pot, and merge it into every translation."""
    wanted = sentences()
    for path in (TEMPLATE, *LOCALES.glob("*.po")):
        catalogue = wanted
        if path != TEMPLATE:
            with path.open("rb") as lines:
                catalogue = read_po(lines, locale=path.stem.replace("-", "_"))
            catalogue.update(wanted)
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
