"""The commands of `activities` that do not need the web application, one module each."""
