"""Content: Markdown files with front matter, and the activities that are parsed from them.

This package lists and reads the content folder, reports errors in files, and loads the editors'
vocabulary and synonyms. It may import `indexer.schema`, `indexer.text` and the shared modules.
"""
