"""Markup: parse the Markdown of an activity into one tree, for the page and for searches.

The parser is an extension of the package `markdown`: it replaces the parsers of blocks, of inline
markup and of raw HTML, and uses the tree and the serializer of the package. The time of each step
is linear in the length of the text. The package imports nothing of the project.
"""
