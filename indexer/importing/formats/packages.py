"""The optional packages that read XLSX, DOCX and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from indexer.importing.paragraph import SourceError


@contextmanager
def needs_extra(name: str, format: str) -> Iterator[None]:
    """Import packages of the extra "import". Raises SourceError if they are not installed."""
    try:
        yield
    except ImportError:
        raise SourceError(
            f"{name} is {format}, and the packages that read it are not installed: run "
            '"make install-import", or "pip install \'activity-search[import]\'"'
        ) from None


@contextmanager
def readable(name: str, format: str) -> Iterator[None]:
    """Convert any error that a package raises for a damaged file to SourceError."""
    try:
        yield
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged file may cause any error
        raise SourceError(
            f"{name} is damaged, or is not {format} as its standard says "
            f"({type(error).__name__}: {error}): open it and save it again"
        ) from None
