"""A form that is refused changes nothing, whatever its service wrote before it refused: tried on every route.

Each request begins with a row that somebody else's code left unfinished; only a request that succeeds keeps it.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from hub import pages
from hub.context import Hub
from hub.models import Alarm
from hub.people.policies import Door, policy_of
from tests.hub.houses import ALPHA, Houses
from tests.hub.pages.test_matrix import _address, _token

HALF = "half done"
GARBAGE = "\u202e?; <b>'\" -1"
NAME = re.compile(r'fields\.\w+\(\s*"([\w-]+)"')
FORMS = tuple(
    route
    for router in pages.routers
    for route in router.routes
    if isinstance(route, APIRoute) and "POST" in route.methods and policy_of(route).door is Door.PEOPLE
)
# they commit before the slow hash of a password: the failure that they count is to stay
COUNTED = {"/account/password", "/account/second-factor/off"}


def names() -> list[str]:
    """Every name of a field that some page reads."""
    sources = (path.read_text(encoding="utf-8") for path in Path(pages.__file__).parent.glob("*.py"))
    return sorted({name for text in sources for name in NAME.findall(text)})


@pytest.fixture
def unfinished(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """While the list says so, a session for writing begins with something that was written already."""
    opened, now = Hub.sessions, [False]

    def sessions(hub: Hub) -> Callable[[], Session]:
        def begin() -> Session:
            session = opened(hub)()
            session.add(Alarm(kind="test", detail=HALF, created=hub.clock()))
            session.flush()
            return session

        return begin if now[0] else opened(hub)

    monkeypatch.setattr(Hub, "sessions", sessions)
    return now


class Witness:
    """Sees from outside whether anything was committed."""

    def __init__(self, houses: Houses) -> None:
        self.file = sqlite3.connect(houses.workshop.hub.settings.data_dir / "hub.db")

    def look(self) -> tuple[int, int]:
        (version,) = self.file.execute("PRAGMA data_version").fetchone()
        (half,) = self.file.execute("SELECT count(*) FROM alarm WHERE detail = ?", (HALF,)).fetchone()
        return version, half


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    made = Houses.built(tmp_path_factory.mktemp("half") / "hub")
    made.workshop.app.state.binders.wake = lambda: None  # nobody else writes
    yield made
    made.workshop.hub.engine.dispose()


@pytest.fixture
def witness(houses: Houses) -> Iterator[Witness]:
    made = Witness(houses)
    yield made
    made.file.close()


@pytest.mark.parametrize(("who", "filled"), [("lead at home", False), ("lead at home", True), ("admin at home", False)])
def test_no_refused_form_leaves_anything_behind(
    houses: Houses,
    witness: Witness,
    unfinished: list[bool],
    who: str,
    filled: bool,  # noqa: FBT001
) -> None:
    refused, kept = [], []
    told = dict.fromkeys(names(), GARBAGE) if filled else {}
    for route in FORMS:
        if route.path in COUNTED:
            continue
        browser = houses.browser(who)
        form = {**told, "csrf": _token(browser)}
        version, half = witness.look()
        unfinished[0] = True
        answer = browser.post(_address(route.path, houses.things[ALPHA]), data=form)
        unfinished[0] = False
        if answer.status_code >= 400:
            refused.append(route.path)
            assert witness.look() == (version, half), f"{route.path}: {answer.status_code}"
        else:
            kept.append(witness.look()[1] - half)
    assert len(refused) > 60
    assert set(kept) <= {1}, "the row is written at every request, or this test sees nothing"
