"""What operators need: metrics of all workers, and reindexing jobs. May import indexer, but no pages."""
