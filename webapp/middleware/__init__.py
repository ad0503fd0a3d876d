"""WSGI middleware and response headers: cache, CORS, access log, security headers.

May import webapp.i18n, and nothing else of the application.
"""
