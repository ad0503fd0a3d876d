"""Log searches without results, for the pages and the API."""

from __future__ import annotations

from flask import current_app, request

from indexer.search import zero_result_log
from indexer.search.request import SearchRequest
from webapp.app_state import app_state
from webapp.middleware.http_cache import NO_CACHE_KEY


def log_zero_results(search: SearchRequest, total: int) -> None:
    """Log a search for words without results, if a log is configured.

    The response is not cached, so that each repetition of the search is logged too.
    """
    log = app_state(current_app).settings.query_log
    if log and search.text and not total:
        request.environ[NO_CACHE_KEY] = True
        zero_result_log.append(log, search)
