"""What operators need from a running server: request metrics, and reindexing on request.

May import the indexer, and nothing else of the application.
"""
