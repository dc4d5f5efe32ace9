"""A hub on a loopback port and a headless Chromium, for the browser tier."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.hub.pages.workshop import Workshop

CHROMIUM = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PATIENCE = 20  # seconds
Open = Callable[..., webdriver.Chrome]


@contextmanager
def listening(listener: socket.socket, app: FastAPI) -> Iterator[None]:
    """Serve `app` on this socket in a thread of its own, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Workshop, str]]:
    """A workshop whose hub listens on a free port of this machine, and its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        workshop = Workshop(tmp_path / "hub", url=url)
        with listening(listener, workshop.app):
            yield workshop, url
        workshop.hub.engine.dispose()


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Open]:
    """Opens browsers of a given size; each has its own profile and puts downloads into its own folder."""
    opened: list[webdriver.Chrome] = []

    def start(width: int = 1366, height: int = 768, downloads: str = "downloads") -> webdriver.Chrome:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        profile = tmp_path / f"profile-{len(opened)}"
        for switch in (*SWITCHES, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        browser = webdriver.Chrome(options=options, service=Service(DRIVER))
        opened.append(browser)
        folder = tmp_path / downloads
        folder.mkdir(exist_ok=True)
        browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        return browser

    yield start
    for browser in opened:
        browser.quit()


@pytest.fixture
def client(place: tuple[Workshop, str]) -> Iterator[httpx.Client]:
    """What a bench speaks with."""
    with httpx.Client(base_url=place[1], timeout=PATIENCE) as made:
        yield made


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so; fails after `PATIENCE` seconds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def patiently() -> Callable[[Callable[[], bool]], None]:
    """Wait until something is so."""
    return wait_for
