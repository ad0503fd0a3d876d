"""Indexing: keep an index equal to the content folder.

`sync` does so once, `watch` continuously, and `status` reports the differences. This package may
import `indexer.content`, `indexer.engines` and everything below them.
"""
