"""Readers of the formats of source files. Each yields paragraphs with their places.

The libraries for XLSX, DOCX and HTML are in the extra "import". They are imported when a file has
that format.
"""
