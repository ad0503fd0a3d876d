"""The HTTP server: worker processes and the watcher of the content folder.

May import every other package of the application and of the indexer.
"""
