"""Environment -> Settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
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

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """The settings of an environment. Raises ValueError naming a PORT that is none."""
        port = env.get("PORT") or "8000"
        if not port.isdecimal() or not 0 <= int(port) <= 65535:
            raise ValueError(f'PORT: "{port}" is not a port number: use 1 to 65535')
        return cls(
            Path(env.get("ACTIVITIES_CONTENT") or "content"),
            Path(env.get("ACTIVITIES_INDEX") or "index"),
            env.get("ACTIVITIES_ENGINE") or "whoosh",
            env.get("ACTIVITIES_HOST") or "127.0.0.1",
            int(port),
        )
