"""Starts the web server and the watcher next to it. May import everything else in webapp and indexer."""
