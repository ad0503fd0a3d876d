"""The report for editors: one HTML page about a content folder, with links that can be checked.

May import indexer.content, indexer.search, and their imports.
"""
