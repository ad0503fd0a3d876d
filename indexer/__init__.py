"""Everything about activities and finding them; knows nothing of the web."""

__version__ = "0.1.0"
