"""A workshop with its people in their browsers, for the rows of figures: lots come and leave by services and pages.

Every act is one that a person does; nothing writes into a table that a row is about.
"""

from typing import Any

from hub.lots.service import import_list
from hub.models import Donor, Lot, Person, Role
from hub.people.houses import House
from hub.people.service import add_person
from tests.hub.conftest import PASSWORD, TestClient
from tests.hub.exit_work import ExitWork

SHEET = "utf-8-sig"


class Office(ExitWork):
    """Lot LOT-1 of CAF (a public operator) with two laptops, received on 2026-11-21; browsers of its people."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.tokens: dict[TestClient, str] = {}

    def enter(self, role: Role, donor: str = "") -> TestClient:
        """A browser of somebody of a role, in English; the same person where time has ended the last session."""
        address = f"web-{role}{donor}@hub.test".lower()
        with self.world.hub.sessions().begin() as session:
            giver = session.query(Donor).filter_by(name=donor).one() if donor else None
            if session.query(Person).filter_by(email=address).first() is None:
                add_person(session, address, f"Name of {role}", role, PASSWORD, house=House(giver))
        client = TestClient(self.world.client.app, base_url="http://hub.test", follow_redirects=False)
        client.cookies.set("etabli-lang", "en")
        answer = client.post("/sign-in", data={"email": address, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        self.tokens[client] = client.get("/help").text.split('name="csrf" value="')[1].split('"')[0]
        return client

    def send(self, client: TestClient, path: str, **fields: str) -> str:
        """Send a form; the page that follows."""
        answer = client.post(path, data={"csrf": self.tokens[client], **fields}, follow_redirects=True)
        return str(answer.text)

    def refused(self, client: TestClient, path: str, **fields: str) -> int:
        """Send a form; the status of the answer."""
        return int(client.post(path, data={"csrf": self.tokens[client], **fields}).status_code)

    def donor_id(self, name: str = "CAF") -> str:
        with self.world.hub.sessions()() as session:
            found: str = session.query(Donor).filter_by(name=name).one().id
            return found

    def import_more(self, code: str, text: str) -> None:
        """A list of a donor, as a lead imports it."""
        with self.world.hub.sessions().begin() as session:
            import_list(session, session.query(Lot).filter_by(code=code).one(), text, self.lead)


def cells(client: TestClient, path: str) -> list[list[str]]:
    """The rows of a sheet."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [line.split(";") for line in answer.content.decode(SHEET).splitlines()]
