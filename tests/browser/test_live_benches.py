"""The live page in a real browser: a tile changes without reload, a silent bench loses its words."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from certificates.exchange import sign_request
from hub.live.beats import SCHEMA
from tests.browser.test_lead_and_donor import complaints, expect, sign_in, text_of
from tests.hub.pages.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.world]
Place = tuple[Workshop, str]
Open = Callable[..., Chrome]


def beat(client: httpx.Client, workshop: Workshop, *drives: dict[str, Any]) -> None:
    """Send a heartbeat as a bench does."""
    body = json.dumps({"schema": SCHEMA, "slots": 6, "drives": list(drives)}).encode()
    url = f"{str(client.base_url).rstrip('/')}/api/v1/heartbeats"
    nonce = client.get("/api/v1/nonce").json()["nonce"]
    headers = {"Content-Type": "application/json", **sign_request(workshop.bench.key, "POST", url, body, nonce)}
    assert client.post(url, content=body, headers=headers).status_code == 204


def test_a_tile_changes_without_reload(place: Place, open_browser: Open, client: httpx.Client) -> None:
    workshop, url = place
    disk = {"state": "running", "slot": "3", "model": "HGST Z7K500", "serial_end": "4711", "phase": "write"}
    beat(client, workshop, {**disk, "percent": 10}, {"state": "ready", "slot": "1"})
    browser = open_browser(1920, 1080)
    sign_in(browser, url, "technician")
    browser.get(f"{url}/live?wall=1")
    expect(browser, "being overwritten · 10 %")
    browser.execute_script("window.never_reloaded = true")

    beat(
        client,
        workshop,
        {**disk, "percent": 77, "silent": True, "waits_for": "drive"},
        {"state": "erased", "slot": "1"},
    )
    expect(browser, "stuck")
    expect(browser, "No answer from the drive")
    slots = [one.text for one in browser.find_elements(By.CSS_SELECTOR, ".live-drive .live-head strong")]
    assert slots == ["3", "1"], "what is stuck stands first"
    assert browser.find_elements(By.CSS_SELECTOR, ".live-drive.ok")

    workshop.clock.now += timedelta(minutes=10)
    expect(browser, "This bench says nothing any more")
    assert not browser.find_elements(By.CSS_SELECTOR, ".live .badge.ok, .live-drive.ok")
    assert browser.execute_script("return window.never_reloaded")
    assert browser.execute_script("return document.querySelectorAll('[data-key]').length") == 2, (
        "no card is there twice"
    )
    assert not browser.find_element(By.ID, "live-lost").is_displayed()
    assert complaints(browser) == []


def test_a_page_whose_session_ended_leaves(place: Place, open_browser: Open, client: httpx.Client) -> None:
    workshop, url = place
    beat(client, workshop, {"state": "running", "slot": "1"})
    browser = open_browser()
    sign_in(browser, url, "lead")
    browser.get(f"{url}/live")
    expect(browser, "being erased")
    with workshop.session() as session, session.begin():
        workshop.person(session, "lead").active = False
    expect(browser, "Sign in")
    assert "Banc 1" not in text_of(browser)
