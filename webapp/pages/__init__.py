"""HTML pages: views, error pages, template functions, and the site's description for programs.

A view parses the address, calls the search and renders a template. The package may import
everything in indexer and webapp except the other parts that answer requests: webapp.api (but for
JSON errors), webapp.ops and webapp.serving.
"""
