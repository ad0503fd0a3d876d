"""Activities: their content files, the index, search and the `activities` command.

This package never imports webapp or a web framework.
"""

__version__ = "0.1.0"  # pyproject.toml reads the version from here
