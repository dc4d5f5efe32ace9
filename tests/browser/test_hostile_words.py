"""Five hundred hostile strings on the pages of a hub, in a real browser: they stand there as text and do nothing."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome

from hub.models import Device
from tests.asgi import TestClient
from tests.browser.conftest import listening
from tests.browser.test_accessibility import become, url_of
from tests.hub.fuzzing.hostile_hub import LOT, asset_of, erase_words, import_words
from tests.hub.hostile_words import HOSTILE
from tests.hub.pages import conftest as rooms
from tests.hub.pages.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.world, pytest.mark.timeout(900)]
Open = Callable[..., Chrome]
signed_in = rooms.signed_in

# What a string that was executed would do: each of these calls leaves a mark on the page.
WATCH = (
    "for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => { window.acted = name; };"
)
READ = """
const own = location.origin + "/";
const never = "iframe, object, embed, base, math, style, b[onclick], form:not([action^='/']), "
  + "script:not([src^='/static/']), "
  + "img:not([src^='/']):not([src^='data:image/']), link:not([href^='/static/']), meta[http-equiv], "
  + "a[href]:not([href^='/']):not([href^='#']):not([href^='?'])";
const handlers = [...document.querySelectorAll("*")].filter(
  (one) => [...one.attributes].some((held) => /^(on.*|style|autofocus)$/.test(held.name)));
return {
  acted: window.acted ?? "",
  elements: [...document.querySelectorAll(never), ...handlers].map((one) => one.outerHTML.slice(0, 200)),
  outside: performance.getEntriesByType("resource").map((one) => one.name).filter((name) => !name.startsWith(own)),
  text: document.body.textContent
    + [...document.querySelectorAll("input, textarea")].map((one) => one.value).join("\\n"),
};
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        made = Workshop(tmp_path / "hub", url=url_of(bound))
        with listening(bound, made.app):
            yield made
        made.hub.engine.dispose()


def read(browser: Chrome, address: str) -> dict[str, Any]:
    """What stands on a page after everything in it was opened, and what it did."""
    browser.get(address)
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true;")
    found: dict[str, Any] = browser.execute_script(READ)
    return found


def test_nothing_acts_on_any_page_that_shows_them(
    workshop: Workshop, signed_in: Callable[[str], TestClient], open_browser: Open
) -> None:
    workshop.app.state.live.end()
    lead, donor = signed_in("lead"), signed_in("donor")
    import_words(lead)
    with workshop.session() as session:
        devices = {
            one.asset: (one.id, one.model) for one in session.query(Device) if (one.asset or "").startswith("H-")
        }
    statements = erase_words(workshop, sorted(devices))
    hard = [number for number, word in enumerate(HOSTILE) if "alert" in word and asset_of(number) in devices][::6]
    pages = {
        lead: [
            f"/lots/{LOT}",
            f"/lots/{LOT}/devices",
            f"/lots/{LOT}/account",
            "/queue",
            "/board",
            f"/lots/{LOT}/board",
        ],
        donor: [f"/lots/{LOT}", f"/lots/{LOT}/donation"],
    }
    pages[lead] += [f"/queue/{one}" for one in list(statements)[::9]]
    pages[lead] += [f"/devices/{devices[asset_of(number)][0]}" for number in hard]
    pages[lead] += [f"/search?q={_quoted(word)}" for word in HOSTILE[::12]]
    browser, shown = open_browser(), ""
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    for client, paths in pages.items():
        become(browser, workshop, client, "en", "light")
        for path in paths:
            found = read(browser, workshop.hub.settings.public_url + path)
            assert not found["acted"], path
            assert not found["elements"], path
            assert not found["outside"], path
            shown += found["text"]
    severe = [one["message"] for one in browser.get_log("browser") if one["level"] == "SEVERE"]
    assert not [one for one in severe if " 404 " not in one and " 422 " not in one], severe
    together = "".join(shown.split())
    missing = [model for _id, model in devices.values() if "".join(_shown(model).split()) not in together]
    assert not missing


def _quoted(word: str) -> str:
    from urllib.parse import quote

    return quote(word, safe="")


def _shown(model: str) -> str:
    from hub.pages.formats import shown

    return str(shown(model))
