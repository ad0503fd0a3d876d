"""The web application. create_app is the only place where its parts are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from indexer.engines.base import Engine
    from indexer.settings import Settings
    from webapp.ops.metrics import Counters

MAX_REQUEST_BODY_SIZE = 64 * 1024  # bytes; no request has a body
STATIC_MAX_AGE = 365 * 24 * 3600  # seconds; the addresses of static files contain their digest


def create_app(
    settings: Settings, engine: Engine | None = None, counters: Counters | None = None
) -> Flask:
    """Create the WSGI application.

    engine replaces the engine that the settings name. counters are shared by the workers of a
    server.
    """
    # `activities index` imports this package too, and must not wait for Flask.
    from flask import Flask

    from indexer.engines.factory import open_engine
    from webapp.api.operations import operations
    from webapp.api.views import api
    from webapp.app_state import AppState
    from webapp.middleware.cors import Cors
    from webapp.middleware.http_cache import HttpCache
    from webapp.middleware.security_headers import add_security_headers
    from webapp.ops.metrics import Counters
    from webapp.pages.discovery import documents
    from webapp.pages.errors import register_error_handlers
    from webapp.pages.template_globals import configure_templates
    from webapp.pages.views import pages

    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BODY_SIZE
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_MAX_AGE
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False  # accept a trailing slash in a typed address
    state = AppState(settings, engine or open_engine(settings), counters or Counters())
    app.extensions["activities"] = state
    for blueprint in (pages, api, operations, documents):
        app.register_blueprint(blueprint)
    configure_templates(app)
    register_error_handlers(app)
    add_security_headers(app)
    app.wsgi_app = Cors(HttpCache(app.wsgi_app, state.version))  # type: ignore[method-assign]
    return app
