"""Settings that the commands and the web application share."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

DEFAULT_HISTORY_SIZE = 2.0
CLUSTER_SECRETS = {f"ACTIVITIES_OPENSEARCH_{name}" for name in ("USER", "PASSWORD", "TOKEN")}


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings from options and environment variables.

    Each field names its environment variable. Each is also an option of the commands, except the
    token, which is secret and therefore read from the environment only.
    """

    content: Path = Path("content")  # ACTIVITIES_CONTENT
    index: Path = Path("index")  # ACTIVITIES_INDEX
    engine: str = "whoosh"  # ACTIVITIES_ENGINE
    # ACTIVITIES_HISTORY_SIZE: maximum size of the generations that are kept for their age, as a
    # multiple of the size of the newest generation.
    history_size: float = DEFAULT_HISTORY_SIZE
    host: str = "127.0.0.1"  # ACTIVITIES_HOST
    port: int = 8000  # PORT
    query_log: Path | None = None  # ACTIVITIES_QUERY_LOG
    token: str = field(default="", repr=False)  # ACTIVITIES_TOKEN
    # ACTIVITIES_URL: the site's address, needed where requests do not contain it (behind a proxy
    # that ends HTTPS).
    url: str = ""
    # ACTIVITIES_EDIT_URL: where content files are edited; {path} is replaced by a file's path.
    edit_url: str = ""

    def to_environment(self) -> dict[str, str]:
        """Return the environment for a child process that indexes or serves with these settings.

        It does not contain the token, which child processes do not need, and has the secrets of a
        cluster only if the engine is a cluster.
        """
        secrets = {"ACTIVITIES_TOKEN"}
        if not self.engine.startswith("opensearch"):
            secrets |= CLUSTER_SECRETS
        others = {name: value for name, value in os.environ.items() if name not in secrets}
        return others | {
            "ACTIVITIES_CONTENT": str(self.content),
            "ACTIVITIES_INDEX": str(self.index),
            "ACTIVITIES_ENGINE": self.engine,
            "ACTIVITIES_HISTORY_SIZE": str(self.history_size),
        }

    @staticmethod
    def from_environment() -> Settings:
        """Return the settings that to_environment() wrote for this process."""
        names = ("CONTENT", "INDEX", "ENGINE", "HISTORY_SIZE")
        content, index, engine, size = (os.environ[f"ACTIVITIES_{name}"] for name in names)
        return Settings(Path(content), Path(index), engine, float(size))


def edit_address(template: str, path: str) -> str:
    """Return the address where a content file is edited.

    template: Settings.edit_url. path: of the file, below the content folder.
    """
    path = quote(path)
    if "{path}" in template:
        return template.replace("{path}", path)
    return f"{template.rstrip('/')}/{path}"


def parse_site_url(value: str) -> str:
    """Return the address of a site without a slash at its end; empty for an empty value.

    Raises ValueError, with the problem and the fix, for an address that the site cannot have: the
    application works only at the root of a host. The message never repeats the address, which may
    contain a password.
    """
    if not value:
        return ""
    problem = _site_url_problem(value)
    if problem:
        raise ValueError(
            f"the address {problem}: write only the scheme, the host and, if needed, the port, "
            "for example https://activities.example.org"
        )
    return value.removesuffix("/")


def _site_url_problem(value: str) -> str:
    """Return why an address cannot be that of a site, as a predicate; empty if it can."""
    # urlsplit() would drop line breaks and tabs, and browsers read a backslash as a slash.
    if re.search(r"[\s\\\x00-\x1f\x7f]", value):
        return "is not a URL"
    try:
        url = urlsplit(value)
        url.port  # noqa: B018 - raises ValueError if it is not a port
    except ValueError:
        return "is not a URL"
    if not re.match("https?://", value, re.IGNORECASE):
        return "does not begin with http:// or https://"
    if "@" in url.netloc:
        return "has a user or password"
    if not url.hostname:
        return "has no host"
    if "#" in value:
        return "has a fragment"
    if "?" in value:
        return "has a query"
    if url.path not in ("", "/"):
        return "has a path, and the site must be at the root of its host"
    return ""
