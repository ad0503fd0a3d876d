"""Screenshots of the pages over content/, at two widths in both themes, into the folder named (screenshots)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from indexer.settings import Settings
from tests.browser.conftest import ARGUMENTS
from tests.serving import serving


def main(folder: Path) -> None:
    """Write search-, activity- and nothing-WIDTH-THEME.png."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as index,
        serving(Settings(index=Path(index))) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for width in (1280, 375):
            for theme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
                for name, address in (("search", "/?q=trafficking"), ("nothing", "/?q=traficking+zebra")):
                    page.goto(server.url + address)
                    page.screenshot(path=folder / f"{name}-{width}-{theme}.png")
                page.goto(server.url + "/?q=trafficking")
                page.locator(".results h2 a").first.click()
                page.screenshot(path=folder / f"activity-{width}-{theme}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
