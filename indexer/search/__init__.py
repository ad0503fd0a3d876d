"""Searching: a SearchRequest is planned, run by an engine, and returned as a SearchPage.

Also autocomplete, explanations, suggestions for empty results, coverage, previews and exports.
May import indexer.engines, indexer.query, indexer.content, indexer.text and the shared modules,
and never the web application.
"""
