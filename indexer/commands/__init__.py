"""The commands of `activities` that need no web, one module each."""
