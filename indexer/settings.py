"""Where things are, as the commands were told."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are. Each is an environment variable and, but for the token, an option of the commands."""

    content: Path = Path("content")  # ACTIVITIES_CONTENT
    index: Path = Path("index")  # ACTIVITIES_INDEX
    engine: str = "whoosh"  # ACTIVITIES_ENGINE
    host: str = "127.0.0.1"  # ACTIVITIES_HOST
    port: int = 8000  # PORT
    query_log: Path | None = None  # ACTIVITIES_QUERY_LOG
    token: str = field(
        default="", repr=False
    )  # ACTIVITIES_TOKEN: a secret, so from the environment alone
    url: str = ""  # ACTIVITIES_URL: the site's address, where requests do not say it (https behind a proxy)
    edit_url: str = (
        ""  # ACTIVITIES_EDIT_URL: where content files are edited; {path} stands for one's path
    )

    def environment(self) -> dict[str, str]:
        """The environment of a process that works on the same folders; it has no use for the token."""
        others = {name: value for name, value in os.environ.items() if name != "ACTIVITIES_TOKEN"}
        return others | {
            "ACTIVITIES_CONTENT": str(self.content),
            "ACTIVITIES_INDEX": str(self.index),
            "ACTIVITIES_ENGINE": self.engine,
        }

    @staticmethod
    def of_environment() -> Settings:
        """What environment() said."""
        names = ("ACTIVITIES_CONTENT", "ACTIVITIES_INDEX", "ACTIVITIES_ENGINE")
        content, index, engine = (os.environ[name] for name in names)
        return Settings(Path(content), Path(index), engine)
