"""Text analysis: terms, plain text from Markdown, and the names of countries and regions.

Imports no other package of the project.
"""
