"""The JSON API and its OpenAPI description, and the endpoints for operators.

May import webapp.i18n, webapp.ops and the modules at the top of webapp, and indexer.
"""
