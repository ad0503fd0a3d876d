"""Redirects from addresses with doubled slashes, to the site's own address.

Without ACTIVITIES_URL the site's address is that of the request.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, redirect, request
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from webapp.app_state import app_state


def register_redirects(app: Flask) -> None:
    """Redirect from addresses with doubled slashes to those with single ones."""

    @app.before_request
    def merge_first_slashes() -> Response | None:
        # Flask ignores how many slashes a path begins with.
        path = str(request.environ.get("PATH_INFO", ""))
        is_public = request.url_rule is not None and request.blueprint != "operations"
        return _redirect(app, request.url) if path.startswith("//") and is_public else None

    @app.errorhandler(RequestRedirect)
    def redirect_to_site(exception: RequestRedirect) -> Response:
        return _redirect(app, exception.new_url)


def _redirect(app: Flask, url: str) -> Response:
    """Return a permanent redirect to the path and the query of a URL, on this site."""
    parts = urlsplit(url)
    path = re.sub("/{2,}", "/", parts.path)
    query = f"?{parts.query}" if parts.query else ""
    return redirect(f"{app_state(app).site()}{path}{query}", 308)
