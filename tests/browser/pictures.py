"""Pictures of every page of the walk, in both themes and three widths: `python -m tests.browser.pictures`.

They are to be looked at by people and are never compared or committed: build/pages/PAGE.LANGUAGE.THEME.WIDTH.png.
`ETABLI_PICTURES_OF=queue` draws only the pages with that in their address, `ETABLI_PICTURES_IN=en` in English.
"""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.browser import test_accessibility as reading
from tests.browser.test_accessibility import Reader, become, resize
from tests.hub.pages.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.world, pytest.mark.timeout(1800)]
Open = Callable[..., Chrome]

every_page, worked, signed_in, visitor = reading.every_page, reading.worked, reading.signed_in, reading.visitor
workshop, listener = reading.workshop, reading.listener

FOLDER = Path(__file__).resolve().parents[2] / "build" / "pages"
OF, IN = os.environ.get("ETABLI_PICTURES_OF", ""), os.environ.get("ETABLI_PICTURES_IN", "fr")
THEMES = ("light", "dark")
MOST = 6000  # pixels high


def test_every_page_has_its_picture(workshop: Workshop, every_page: dict[str, Reader], open_browser: Open) -> None:
    workshop.app.state.live.end()
    FOLDER.mkdir(parents=True, exist_ok=True)
    browser = open_browser()
    for name, (client, path) in every_page.items():
        for theme in THEMES if OF in path else ():
            become(browser, workshop, client, IN, theme)
            browser.get(workshop.hub.settings.public_url + path)
            for width in reading.WIDTHS:
                draw(browser, width, FOLDER / f"{file_name(name)}.{IN}.{theme}.{width}.png")


def draw(browser: Chrome, width: int, file: Path) -> None:
    """The whole page, from its top to its foot."""
    resize(browser, width)
    height = int(browser.execute_script("return document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, MOST), "scale": 1}
    given = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    file.write_bytes(base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", given)["data"]))


def file_name(name: str) -> str:
    """The name of a page without what a file cannot be named after, identifiers cut short."""
    short = re.sub(r"[0-9a-f]{8}[0-9a-f-]{20,}", lambda found: found[0][:4], name)
    return re.sub(r"[^A-Za-z0-9]+", "-", short).strip("-") or "start"


if __name__ == "__main__":
    command = [
        sys.executable,
        "-m",
        "pytest",
        __file__,
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    sys.exit(subprocess.run(command, check=False).returncode)
