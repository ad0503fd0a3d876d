"""Sentences for readers, and the choice of the language in which they are shown.

May import indexer, and no other package of webapp.
"""
