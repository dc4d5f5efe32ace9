"""Fixtures of the page tests: a workshop, and a browser-like client for each role."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.asgi import TestClient
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A hub with people, lots and a bench."""
    made = Workshop(tmp_path / "hub")
    yield made
    made.hub.engine.dispose()


@pytest.fixture
def worked(workshop: Workshop) -> tuple[Workshop, dict[str, str]]:
    """The workshop after a morning's work, and the statement ids by drive serial."""
    return workshop, workshop.work()


@pytest.fixture
def token_of() -> Callable[[TestClient], str]:
    """Reads the form token of a browser from the page in front of it."""

    def read(client: TestClient) -> str:
        return client.get("/help").text.split('name="csrf" value="')[1].split('"')[0]

    return read


@pytest.fixture
def visitor(workshop: Workshop) -> TestClient:
    """A browser without account, in English."""
    return TestClient(workshop.app, follow_redirects=False, cookies={"etabli-lang": "en"})


@pytest.fixture
def signed_in(workshop: Workshop) -> Callable[[str], TestClient]:
    """A browser of somebody signed in, in English."""

    def enter(who: str) -> TestClient:
        client = TestClient(workshop.app, follow_redirects=False, cookies={"etabli-lang": "en"})
        answer = client.post("/sign-in", data={"email": EMAILS[who], "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    return enter
