"""The `activities` command, whole: what needs no web, and the commands that show what the web shows."""

from __future__ import annotations

from indexer.cli import cli

cli.later |= {
    "search": "webapp.commands:search_command",
    "preview": "webapp.commands:preview_command",
    "export": "webapp.commands:export_command",
    "serve": "webapp.commands:serve",
}


def main() -> None:
    """The console script."""
    cli()
