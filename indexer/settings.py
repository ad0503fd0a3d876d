"""Settings that the commands and the web application share."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings from options and environment variables.

    Each field names its environment variable. Each is also an option of the commands, except the
    token, which is secret and therefore read from the environment only.
    """

    content: Path = Path("content")  # ACTIVITIES_CONTENT
    index: Path = Path("index")  # ACTIVITIES_INDEX
    engine: str = "whoosh"  # ACTIVITIES_ENGINE
    host: str = "127.0.0.1"  # ACTIVITIES_HOST
    port: int = 8000  # PORT
    query_log: Path | None = None  # ACTIVITIES_QUERY_LOG
    token: str = field(default="", repr=False)  # ACTIVITIES_TOKEN
    # ACTIVITIES_URL: the site's address, needed where requests do not contain it (behind a proxy
    # that ends HTTPS).
    url: str = ""
    # ACTIVITIES_EDIT_URL: where content files are edited; {path} stands for a file's path.
    edit_url: str = ""

    def to_environment(self) -> dict[str, str]:
        """Return the environment for a child process with the same folders and engine.

        It does not contain the token: child processes do not need it.
        """
        others = {name: value for name, value in os.environ.items() if name != "ACTIVITIES_TOKEN"}
        return others | {
            "ACTIVITIES_CONTENT": str(self.content),
            "ACTIVITIES_INDEX": str(self.index),
            "ACTIVITIES_ENGINE": self.engine,
        }

    @staticmethod
    def from_environment() -> Settings:
        """Return the settings that to_environment() wrote for this process."""
        names = ("ACTIVITIES_CONTENT", "ACTIVITIES_INDEX", "ACTIVITIES_ENGINE")
        content, index, engine = (os.environ[name] for name in names)
        return Settings(Path(content), Path(index), engine)
