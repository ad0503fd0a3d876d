"""The JSON API, its OpenAPI document, and the endpoints for operators.

May import the indexer's search and engine packages, webapp.i18n, webapp.ops, and the modules of
webapp itself, but not webapp.pages.
"""
