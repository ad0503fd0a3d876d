"""The web application: HTML pages, the JSON API and the server.

create_app() is the only place that connects the parts. The package may import every package of
the indexer except importing; the indexer never imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from indexer.engines.base import Engine
    from indexer.settings import Settings
    from webapp.ops.metrics import Counters

MAX_REQUEST_BYTES = 64 * 1024  # nothing is uploaded
STATIC_MAX_AGE = 365 * 24 * 3600  # seconds; the URL of a static file contains its digest


def create_app(
    settings: Settings, engine: Engine | None = None, counters: Counters | None = None
) -> Flask:
    """Return the WSGI application.

    engine: used instead of the engine that the settings name.
    counters: request counts that the workers of a server share.
    """
    # `activities index` imports this package, and importing Flask takes time.
    from flask import Flask

    from indexer.engines.factory import open_engine
    from webapp.api.operations import operations
    from webapp.api.views import api
    from webapp.app_state import AppState
    from webapp.middleware.cors import Cors
    from webapp.middleware.host_header import HostHeader
    from webapp.middleware.http_cache import HttpCache
    from webapp.middleware.limits import RequestLimits
    from webapp.middleware.security_headers import add_security_headers
    from webapp.ops.metrics import Counters
    from webapp.pages.briefing import briefings
    from webapp.pages.changes import change_pages
    from webapp.pages.discovery import documents
    from webapp.pages.errors import refuse_host, register_error_handlers
    from webapp.pages.redirects import register_redirects
    from webapp.pages.selection import selections
    from webapp.pages.template_globals import configure_templates
    from webapp.pages.views import pages

    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_MAX_AGE
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False  # accept a superfluous slash at the end of a typed URL
    state = AppState(settings, engine or open_engine(settings), counters or Counters())
    app.extensions["activities"] = state
    for blueprint in (pages, briefings, change_pages, selections, api, operations, documents):
        app.register_blueprint(blueprint)
    configure_templates(app)
    register_error_handlers(app)
    register_redirects(app)
    add_security_headers(app)
    served = Cors(HttpCache(RequestLimits(app.wsgi_app), state.version))
    app.wsgi_app = HostHeader(served, refuse_host(app))  # type: ignore[method-assign]
    return app
