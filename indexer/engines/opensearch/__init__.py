"""The OpenSearch engine: generations of an index in a cluster, without plugins.

The only package that imports opensearchpy. May import `engines.base` and everything that
`engines` may import, never `engines.whoosh`.
"""
