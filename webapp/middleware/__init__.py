"""WSGI middleware and hooks around the application: response cache, CORS, access log, security headers.

May import webapp.i18n (the cache depends on the reader's language), and nothing of the indexer.
"""
