"""Queries: parsing of typed text to a query tree, and lowering to a plan that an engine can run.

Imports only indexer.schema and indexer.text.
"""
