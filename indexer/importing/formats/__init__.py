"""Readers of the formats of source files. Each yields paragraphs with their places.

The libraries for XLSX, DOCX and HTML are in the extra "import". They are imported only for a file
of that format.
"""
