"""HTML pages: views, error pages, template functions, and the site's description for programs.

May import indexer, webapp.i18n, the modules at the top of webapp, and webapp.api for JSON errors.
"""
