"""Set up the template environment: functions, constants, translations and the site's address."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, request

from indexer.content.id_hash import id_hash
from indexer.query.parser import MAX_QUERY_LENGTH
from indexer.schema import FIELD
from indexer.search.export.briefing import MAX_ACTIVITIES
from indexer.search.request import MAX_SELECTION, PER_PAGE, SearchRequest
from webapp.api.changes import changes_url
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.i18n.locale import current_locale, gettext, negotiate_locale, ngettext, set_locale
from webapp.pages.components import (
    direction,
    download_formats,
    filter_chips,
    page_numbers,
)
from webapp.pages.markup import region_list, top_list
from webapp.pages.result_text import result_texts
from webapp.search_state import (
    Links,
    activity_url,
    api_url,
    briefing_url,
    cite_url,
    coverage_url,
    export_url,
    result_url,
    returning_iris,
    search_url,
)
from webapp.selection_state import drop_id, selection_parameters, write_hashes

RESULT_FACTS = ("country", "year", "agency")  # fields in the line above the text of a result
RESULT_TOPICS = ("theme", "partner")  # fields in the line below it
MAX_RESULT_VALUES = 3  # values of one field in a result


def configure_templates(app: Flask) -> None:
    """Give the templates their globals, and each request its locale."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext)  # type: ignore[attr-defined]
    app.before_request(
        lambda: set_locale(negotiate_locale(request.headers.get("Accept-Language", "")))
    )
    app.jinja_env.globals.update(
        current_locale=current_locale,
        FIELD=FIELD,
        RESULT_FACTS=RESULT_FACTS,
        RESULT_TOPICS=RESULT_TOPICS,
        MAX_RESULT_VALUES=MAX_RESULT_VALUES,
        MATCH_FORMS=messages.MATCH_FORMS,
        MAX_QUERY_LENGTH=MAX_QUERY_LENGTH,
        PER_PAGE=PER_PAGE,
        MAX_BRIEFING=MAX_ACTIVITIES,
        SearchRequest=SearchRequest,
        new_search=Links(SearchRequest()),
        stylesheet=_static_url(app, "style.css"),
        script=_static_url(app, "search.js"),
        search_url=returning_iris(search_url),
        export_url=returning_iris(export_url),
        coverage_url=returning_iris(coverage_url),
        briefing_url=returning_iris(briefing_url),
        changes_url=returning_iris(changes_url),
        api_url=returning_iris(api_url),
        activity_url=activity_url,
        result_url=returning_iris(result_url),
        cite_url=cite_url,
        connection_error=messages.connection_error,
        count=messages.count,
        times=messages.times,
        show_results=messages.show_results,
        reach=messages.reach,
        first_page=messages.first_page,
        page_numbers=page_numbers,
        download_formats=download_formats(),
        filter_names=messages.filter_names,
        more_undated=messages.more_undated,
        filter_chips=filter_chips,
        region_list=region_list,
        top_list=top_list,
        result_texts=result_texts,
        id_hash=id_hash,
        selection_parameters=selection_parameters,
        drop_id=drop_id,
        write_hashes=write_hashes,
        MAX_SELECTION=MAX_SELECTION,
        direction=direction,
    )

    @app.context_processor
    def collection() -> dict[str, str | bool]:
        state = app_state(app)
        settings = state.collection()
        return {
            "site": settings.name,
            "tagline": settings.tagline,
            "has_about": bool(settings.about),
            "site_url": state.site(),
        }


def _static_url(app: Flask, name: str) -> str:
    """Return the address of a static file with its digest, so that caches can keep it for ever."""
    content = (Path(app.static_folder or "") / name).read_bytes()
    return f"/static/{name}?v={hashlib.blake2b(content, digest_size=6).hexdigest()}"
