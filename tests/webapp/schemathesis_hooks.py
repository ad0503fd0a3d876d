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
    filters = 0
    for name, values in query.items():
        if name.removeprefix("-") in FACETS:
            values = values if isinstance(values, list) else [values]
            filters += sum(1 for value in values if str(value).strip())
    if filters > MAX_FILTERS:
        return False
    try:
        return int(query.get("page") or 1) * int(query.get("per_page") or PER_PAGE) <= MAX_REACH
    except (TypeError, ValueError):
        return True
