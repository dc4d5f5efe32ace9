"""Every page of the hub read by axe, in both languages and themes, and held against narrow and wide screens.

The pages are those of the walk of tests/hub/pages/test_markup.py and of the table of tests/hub/pages/test_access.py:
who adds a page adds it there, and it is read here.
"""

import os
import socket
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from hub.people.dependencies import cookie_name
from tests.asgi import TestClient
from tests.browser import axe
from tests.browser.conftest import listening
from tests.hub.pages import conftest as rooms
from tests.hub.pages import test_access, test_markup
from tests.hub.pages.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.world, pytest.mark.timeout(900)]
Open = Callable[..., Chrome]
Reader = tuple[TestClient, str]

every_page, things = test_markup.every_page, test_access.places
worked, signed_in, visitor = rooms.worked, rooms.signed_in, rooms.visitor

CAMPAIGN = os.environ.get("ETABLI_CAMPAIGN") == "full"
ALL = tuple(product(("fr", "en"), ("light", "dark")))
USUALLY = ALL if CAMPAIGN else (("fr", "light"),)  # the pages of the table are read in English and dark
ONE = ALL if CAMPAIGN else (("en", "dark"),)
WIDTHS, USUAL = (360, 1366, 1920), 1366  # pixels; axe reads the usual one
OPEN = """
for (const details of document.querySelectorAll("details:not(.menu)")) details.open = true;
return document.title;
"""
FITS = """
const wide = document.documentElement.clientWidth;
const out = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > wide + 1);
return document.documentElement.scrollWidth > wide
    ? out.slice(0, 3).map((one) => `${one.tagName}.${one.className.baseVal ?? one.className}`) : null;
"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A free port of this machine."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


@pytest.fixture
def workshop(tmp_path: Path, listener: socket.socket) -> Iterator[Workshop]:
    """The workshop of the tests of pages, on a port where a browser finds it too."""
    made = Workshop(tmp_path / "hub", url=url_of(listener))
    with listening(listener, made.app):
        yield made
    made.hub.engine.dispose()


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def become(browser: Chrome, workshop: Workshop, client: TestClient, lang: str, theme: str) -> None:
    """Be the reader of this client, in this language and theme."""
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    cookies = {"etabli-lang": lang, "etabli-theme": theme}
    session = client.cookies.get(cookie_name(workshop.hub))
    if session:
        cookies[cookie_name(workshop.hub)] = session
    for name, value in cookies.items():
        given = {"name": name, "value": value, "url": workshop.hub.settings.public_url}
        browser.execute_cdp_cmd("Network.setCookie", given)


def resize(browser: Chrome, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def read(browser: Chrome, workshop: Workshop, pages: dict[str, Reader], ways: Iterable[tuple[str, str]]) -> list[str]:
    """What is wrong with these pages, in these languages and themes."""
    axe.prepare(browser)
    wrong = []
    for lang, theme in ways:
        last, titles = None, dict[tuple[TestClient, str], str]()
        for name, (client, path) in pages.items():
            if client is not last:
                become(browser, workshop, last := client, lang, theme)
            browser.get(workshop.hub.settings.public_url + path)
            title, plain = browser.execute_script(OPEN), path.split("?", maxsplit=1)[0]
            if titles.setdefault((client, title), plain) != plain:
                wrong.append(f"{name} {lang}: has the title of {titles[client, title]}: {title}")
            wrong += [f"{one} ({theme})" for one in axe.findings(browser, f"{name} {lang}")]
            wrong += [f"{name} {lang}: {one}" for one in too_wide(browser)]
    return wrong


def too_wide(browser: Chrome) -> Iterator[str]:
    """The widths of `WIDTHS` at which the page has to be scrolled sideways, and what stands out."""
    for width in WIDTHS:
        resize(browser, width)
        out = browser.execute_script(FITS)
        if out is not None:
            yield f"wider than {width} pixels: {out}"
    resize(browser, USUAL)


def is_page(client: TestClient, path: str) -> bool:
    """Whether there is a page for people at this address; a file or a line of events is none."""
    answer = client.get(path)
    taken = answer.headers.get("content-disposition", "").startswith("attachment")  # to be opened from a disk
    return answer.status_code == 200 and answer.headers["content-type"].startswith("text/html") and not taken


def test_axe_finds_nothing_on_any_page_of_the_walk(
    workshop: Workshop, every_page: dict[str, Reader], open_browser: Open
) -> None:
    workshop.app.state.live.end()
    wrong = read(open_browser(), workshop, every_page, USUALLY)
    assert not wrong, "\n".join(wrong)


def test_axe_finds_nothing_on_any_page_of_the_table(
    workshop: Workshop, things: dict[str, str], signed_in: Callable[[str], TestClient], visitor: TestClient,
    open_browser: Open,
) -> None:  # fmt: skip
    clients = {"visitor": visitor}
    pages: dict[str, Reader] = {}
    for path, allowed in test_access.GET.items():
        who = next((one for one in ("lead", "admin", *sorted(allowed)) if one in allowed), None)
        if who is None:
            continue  # of distributors alone: none of these people
        client = clients.get(who) or clients.setdefault(who, signed_in(who))
        address = test_access.address(path, things)
        if is_page(client, address):
            pages[f"{who} {path}"] = (client, address)
    wrong = read(open_browser(), workshop, pages, ONE)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [360, 1366])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_open_menu_fits_and_obeys_the_keyboard(
    workshop: Workshop, signed_in: Callable[[str], TestClient], open_browser: Open, width: int, theme: str
) -> None:
    workshop.ask_to_join("Banc 2")
    browser = open_browser(width)
    axe.prepare(browser)
    become(browser, workshop, signed_in("admin"), "fr", theme)
    browser.get(f"{workshop.hub.settings.public_url}/help")
    menus = browser.find_elements(By.CSS_SELECTOR, "details.menu")
    assert len(menus) == 4
    for menu in menus:
        head = menu.find_element(By.TAG_NAME, "summary")
        head.send_keys(Keys.ENTER)
        assert [one for one in menus if one.get_attribute("open")] == [menu], "one menu is open at a time"
        assert [str(one) for one in axe.findings(browser, head.text)] == []
        assert browser.execute_script(FITS) is None
        head.send_keys(Keys.TAB)
        assert browser.switch_to.active_element == menu.find_element(By.TAG_NAME, "a")
        browser.switch_to.active_element.send_keys(Keys.ESCAPE)
        assert (menu.get_attribute("open"), browser.switch_to.active_element) == (None, head)


def test_a_table_stays_a_table_on_paper(
    workshop: Workshop, signed_in: Callable[[str], TestClient], open_browser: Open
) -> None:
    browser, a4 = open_browser(), 717  # pixels between the margins of a browser
    become(browser, workshop, signed_in("donor"), "fr", "dark")
    browser.get(f"{workshop.hub.settings.public_url}/lots/MAIRIE-01/donation")
    resize(browser, a4)
    rows = "return getComputedStyle(document.querySelector('table.stack tbody tr')).display"
    assert browser.execute_script(rows) == "block", "a screen this narrow stacks the cells"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert browser.execute_script(rows) == "table-row"
    assert browser.execute_script(FITS) is None
