"""Conversion of source texts into content files, with the evidence for each proposed value.

May import the content and text packages and the shared modules; command.py also imports the
command line.
"""
