"""The web: create_app is the only place where its parts meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from indexer.engines.base import Engine
    from indexer.settings import Settings
    from webapp.ops.metrics import Counters


def create_app(
    settings: Settings, engine: Engine | None = None, counters: Counters | None = None
) -> Flask:
    """The WSGI application. An engine that is given is used instead of the settings' own; counters are
    those that the server's workers share."""
    # Imported here, since `activities index` passes through this package and would wait for Flask.
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
    from webapp.pages.errors import prepare
    from webapp.pages.views import pages

    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024  # nothing is ever uploaded
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = (
        365 * 24 * 3600
    )  # the style sheet's address holds its digest
    app.json.sort_keys = False  # type: ignore[attr-defined]
    held = app.extensions["activities"] = AppState(
        settings, engine or open_engine(settings), counters or Counters()
    )
    app.url_map.strict_slashes = False  # a slash too many at the end of a typed address is no error
    app.register_blueprint(pages)
    app.register_blueprint(api)
    app.register_blueprint(operations)
    app.register_blueprint(documents)
    prepare(app)
    add_security_headers(app)
    app.wsgi_app = Cors(HttpCache(app.wsgi_app, held.version))  # type: ignore[method-assign]
    return app
