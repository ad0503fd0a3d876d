"""Limits that concern several parameters together, which a schema cannot express."""

from __future__ import annotations

import schemathesis
from schemathesis.core import NOT_SET

from indexer.schema import FACETS
from indexer.search.request import MAX_REACH, PER_PAGE
from webapp.parameters import MAX_FILTERS


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """Skip requests beyond MAX_REACH (page times per_page) and with more than MAX_FILTERS filters.

    An empty parameter counts as absent.
    """
    query = case.query if case.query is not NOT_SET and case.query else {}
    given = [value for name, value in query.items() if name.removeprefix("-") in FACETS]
    filters = [one for value in given for one in (value if isinstance(value, list) else [value])]
    if sum(1 for one in filters if str(one).strip()) > MAX_FILTERS:
        return False
    try:
        return int(query.get("page") or 1) * int(query.get("per_page") or PER_PAGE) <= MAX_REACH
    except (TypeError, ValueError):
        return True
