"""The complete `activities` command: adds the commands that need the web to indexer.cli."""

from __future__ import annotations

from indexer.cli import cli

cli.lazy_commands |= {
    "search": "webapp.commands:search_command",
    "preview": "webapp.commands:preview_command",
    "export": "webapp.commands:export_command",
    "serve": "webapp.commands:serve",
}


def main() -> None:
    """Run the console script."""
    cli()
