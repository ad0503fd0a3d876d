"""Where things are, as the commands were told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are. Each is an environment variable and an option of the commands."""

    content: Path = Path("content")  # ACTIVITIES_CONTENT
    index: Path = Path("index")  # ACTIVITIES_INDEX
    engine: str = "whoosh"  # ACTIVITIES_ENGINE
    host: str = "127.0.0.1"  # ACTIVITIES_HOST
    port: int = 8000  # PORT
