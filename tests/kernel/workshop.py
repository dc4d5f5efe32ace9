"""A workshop for end-to-end tests: the hub and the bench as the programs that people run, pages as a browser sees them.

Nothing of the packages is imported here: only their commands, their pages and their files are used, as by a stranger.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

from tests.last_document import last_document

PASSWORD = "a long password of the tests"
LEAD, DONOR, OTHER_DONOR = "lead@example.org", "donor@example.org", "other@example.org"
LOT = "LOT-1"
SECONDS = 300


@dataclass(slots=True)
class Answer:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document that it printed."""
        return last_document(self.out)


def command(package: str, *words: str, **environment: str) -> Answer:
    """Run one of the three programs to its end."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ETABLI_")} | environment
    done = subprocess.run(
        [sys.executable, "-m", package, *words],
        env=environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


class Page(HTMLParser):
    """The forms of a page, its text, and the links of each row of its tables."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.rows: list[tuple[list[str], list[str]]] = []  # words, links
        self.words: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        elif tag == "input" and self.forms and given.get("name"):
            self.forms[-1][1][given["name"]] = given.get("value", "")
        elif tag == "tr":
            self.rows.append(([], []))
        elif tag == "a" and self.rows and given.get("href"):
            self.rows[-1][1].append(given["href"])

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.rows:
            self.rows[-1][0].append(data)

    @property
    def text(self) -> str:
        """Everything that a person can read."""
        return " ".join(" ".join(self.words).split())

    def form(self, end: str) -> tuple[str, dict[str, str]]:
        """Return the first form whose address ends so, with the values that it holds."""
        return next((action, fields) for action, fields in self.forms if action.endswith(end))

    def handle_endtag(self, tag: str) -> None:
        """What stands behind a table belongs to none of its rows."""
        if tag == "table":
            self.rows.append(([], []))

    def link(self, row: str, part: str) -> str:
        """Return the first link that contains `part`, in a row of a table that contains the text `row`."""
        links = [link for words, found in self.rows if row in " ".join(words) for link in found]
        return next(link for link in links if part in link)


@dataclass(slots=True)
class Browser:
    """Somebody who is signed in."""

    client: httpx.Client

    def page(self, path: str) -> Page:
        """Open a page. Raises HTTPStatusError."""
        return Page(self.client.get(path).raise_for_status().text)

    def send(self, path: str, end: str, **values: str) -> None:
        """Fill in the form of a page and send it; redirects are followed. Raises HTTPStatusError."""
        action, fields = self.page(path).form(end)
        self.client.post(action, data=fields | values).raise_for_status()

    def download(self, path: str) -> bytes:
        """Fetch a file. Raises HTTPStatusError."""
        return self.client.get(path).raise_for_status().content


@dataclass(slots=True)
class Workshop:
    """A running hub, one lot of one donor, and one enrolled bench."""

    folder: Path
    url: str
    clients: list[httpx.Client] = field(default_factory=list)
    bench: Path | None = None  # of simulated drives: then the hub is a demo too

    @property
    def words(self) -> dict[str, str]:
        """What the environment of the hub needs."""
        return {"ETABLI_PUBLIC_URL": self.url} | ({"ETABLI_DEMO": "1"} if self.bench else {})

    def hub(self, *words: str) -> str:
        """Run one command of the hub; fail with its complaint."""
        environment = self.words | {"ETABLI_PASSWORD": PASSWORD}
        answer = command("hub", "--data", str(self.folder / "hub"), *words, **environment)
        assert answer.status == 0, answer.err
        return answer.out.strip()

    def station(self, *words: str) -> Answer:
        """Run one command of the bench."""
        simulated = ("--bench", str(self.bench)) if self.bench else ()
        return command("station_agent", *simulated, *words, ETABLI_STATE=str(self.folder / "bench"), ETABLI_LANG="en")

    def sign_in(self, email: str) -> Browser:
        """Open a browser and sign in."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=30)
        self.clients.append(client)
        browser = Browser(client)
        browser.send("/sign-in", "/sign-in", email=email, password=PASSWORD)
        return browser

    def serial_of(self, node: str) -> str:
        """Ask the bench for the serial that must be typed."""
        answer = self.station("plan", node, "--allow-loop", "--json")
        return str(answer.document["drives"][0]["serial"])

    def erase(self, node: str, *, policy: str = "zeros", asset: str = "") -> Answer:
        """Erase one device as a person would."""
        words = ["erase", node, "--allow-loop", "--confirm", self.serial_of(node), "--policy", policy, "--lot", LOT]
        return self.station(*words, *(("--asset", asset) if asset else ()), "--json")


def free_port() -> int:
    """Find a free port on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def open_workshop(folder: Path, bench: Path | None = None) -> Iterator[Workshop]:
    """Make a hub with its people and a lot, start it, enrol and accept a bench; end everything afterwards."""
    shop = Workshop(folder, f"http://127.0.0.1:{free_port()}", bench=bench)
    shop.hub("init", *(("--demo",) if bench else ()), "--issuer", "Atelier d'essai", "--name", "Essai")
    shop.hub("lot", "create", LOT, "--donor", "Mairie d'Essai", "--label", "Essai")
    shop.hub("user", "add", LEAD, "--role", "lead", "--name", "Camille Lead")
    shop.hub("user", "add", DONOR, "--role", "donor", "--name", "Dominique", "--donor", "Mairie d'Essai")
    shop.hub("user", "add", OTHER_DONOR, "--role", "donor", "--name", "Sacha", "--donor", "Autre")
    with _serving(shop):
        _enrol(shop)
        try:
            yield shop
        finally:
            for client in shop.clients:
                client.close()


@contextmanager
def _serving(shop: Workshop) -> Iterator[None]:
    words = ["--data", str(shop.folder / "hub"), "serve", "--port", shop.url.rpartition(":")[2]]
    environment = os.environ | shop.words
    with (shop.folder / "hub.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "hub", *words], env=environment, stdout=log, stderr=log)
        try:
            _wait_for(shop, process)
            yield
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(shop: Workshop, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit and process.poll() is None:
        try:
            httpx.get(f"{shop.url}/api/v1/nonce", timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError((shop.folder / "hub.log").read_text())


def _enrol(shop: Workshop) -> None:
    """Introduce the bench, and accept it on the page as a lead does."""
    answer = shop.station("enrol", "--hub", shop.url, "--token", shop.hub("token", "new"), "--allow-http", "--json")
    assert answer.status == 0, answer.err
    shop.sign_in(LEAD).send("/stations", "/accept")
