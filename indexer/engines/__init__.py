"""Search engines behind one protocol: Whoosh in a folder, or an OpenSearch cluster.

`base` has the protocol and its errors, and `factory` opens the engine that the settings name.
May import `content`, `query`, `schema`, `text` and the shared modules, never `search` or
`indexing`.
"""
