"""The Whoosh engine: an index in a local folder. Only this package imports whoosh.

Segments are files of arrays, which this package writes and reads itself. Whoosh contributes the
table of contents, the write lock and a codec, so that its own Searcher can open the index too.
May import `engines.base` and what `engines` may import, never `engines.opensearch`.
"""
