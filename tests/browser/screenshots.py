"""Take screenshots of the pages of content/.

Screenshots for the README go to docs/, all others to screenshots/. Install Debian's fonts-noto-core
first: it has glyphs for every script, and looks like most desktops.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from indexer.settings import Settings
from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.serving import serving

DOCS = {
    "search": ("/?q=trafficking&country=PAK", 1280, "light"),
    "search-phone-dark": ("/?q=trafficking", 375, "dark"),
}
STATES = {
    "home": "/",
    "search": "/?q=trafficking",
    "filters": "/?q=women&country=GTM&-theme=femicide",
    "nothing": "/?q=traficking+women",
    "activity": "/activities/icat-published-joint-analytical-review",
    "help": "/help",
    "404": "/none-such",
    "coverage": "/coverage",
    "range": "/?year_from=2018&year_to=2019",
    "not-stated": "/?country=none&q=women",
}
HEIGHTS = {1280: 820, 375: 760}  # by width


def main() -> None:
    """Write docs/NAME.png, and screenshots/NAME-WIDTH-THEME.png for each state, width and theme."""
    screenshots = {Path("docs", f"{name}.png"): options for name, options in DOCS.items()}
    screenshots |= {
        Path("screenshots", f"{name}-{width}-{theme}.png"): (address, width, theme)
        for name, address in STATES.items()
        for width in HEIGHTS
        for theme in ("light", "dark")
    }
    Path("screenshots").mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as index,
        serving(Settings(index=Path(index))) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS
        )
        page = browser.new_page()
        for path, (address, width, theme) in screenshots.items():
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.goto(server.url + address)
            page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    main()
