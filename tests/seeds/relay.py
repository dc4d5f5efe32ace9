"""A workshop that gives devices on: a distributor and a prescriber with accounts, and devices that become ready.

Everything goes through the pages, as the people of each role; only the accounts and partners are made directly.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from httpx import Response
from sqlalchemy.orm import Session

from hub.distributed import Reservation
from hub.models import Device, Drive, Role
from hub.partnered import Partner
from hub.partners import register
from hub.people.houses import House
from hub.people.service import add_person
from tests.asgi import TestClient
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop

PARTNERS = {
    "distributor": ("Emmaüs Brest", "distributor", Role.DISTRIBUTOR),
    "other distributor": ("Tiers-lieu du Port", "distributor", Role.DISTRIBUTOR),
    "prescriber": ("CDAS de Lambézellec", "prescriber", Role.PRESCRIBER),
    "landlord": ("Le Toit Angevin", "prescriber", Role.PRESCRIBER),
}


@dataclass
class Relay:
    """One workshop, its neighbours, and a browser for each of them."""

    workshop: Workshop
    browsers: dict[str, TestClient] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.session() as session:
            lead = self.workshop.person(session, "lead")
            for who, (name, kind, role) in PARTNERS.items():
                partner = register.add_partner(session, lead, name, kind)
                session.flush()
                add_person(session, self.email(who), f"Person of {name}", role, PASSWORD, house=House(partner=partner))

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.workshop.session() as session, session.begin():
            yield session

    def email(self, who: str) -> str:
        return EMAILS.get(who) or f"{who.replace(' ', '-')}@relay.example"

    def browser(self, who: str) -> TestClient:
        """A browser of somebody, signed in (a visitor: not), in English."""
        if who not in self.browsers:
            client = TestClient(self.workshop.app, follow_redirects=True, cookies={"etabli-lang": "en"})
            if who != "visitor":
                client.post("/sign-in", data={"email": self.email(who), "password": PASSWORD})
            self.browsers[who] = client
        return self.browsers[who]

    def get(self, who: str, path: str) -> Response:
        answer: Response = self.browser(who).get(path)
        return answer

    def read(self, who: str, path: str) -> str:
        """The text of a page that opens."""
        answer = self.get(who, path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, who: str, path: str, **data: Any) -> Response:
        """Send a form and give the page that follows."""
        client = self.browser(who)
        if who not in self.tokens:
            self.tokens[who] = client.get("/help").text.split('name="csrf" value="')[1].split('"')[0]
        answer: Response = client.post(path, data={"csrf": self.tokens[who], **data})
        return answer

    def done(self, who: str, path: str, **data: Any) -> str:
        """Send a form that must be taken; the page that follows."""
        answer = self.post(who, path, **data)
        assert answer.status_code == 200, (path, answer.status_code, told(answer.text))
        return answer.text

    def refused(self, who: str, path: str, **data: Any) -> str:
        """Send a form that must be refused; what the page says."""
        answer = self.post(who, path, **data)
        assert answer.status_code in {403, 404, 409, 422}, (path, answer.status_code)
        return told(answer.text)

    def pass_days(self, days: int) -> None:
        """Days go by: everybody signs in again."""
        self.workshop.clock.now += timedelta(days=days)
        self.browsers.clear()
        self.tokens.clear()

    def device(self, tag: str) -> str:
        with self.session() as session:
            return session.query(Device).filter_by(asset=tag).one().id

    def drive(self, serial: str) -> str:
        with self.session() as session:
            return session.query(Drive).filter_by(serial=serial).one().id

    def partner(self, who: str) -> str:
        with self.session() as session:
            return session.query(Partner).filter_by(name=PARTNERS[who][0]).one().id

    def receive(self) -> None:
        """The first donor's lot came the day before."""
        self.done("lead", "/lots/MAIRIE-01/life", after="received", day="2026-03-01")

    def make_ready(self, tag: str, drive: str, letter: str = "B") -> str:
        """Sort, diagnose, erase, approve, and say that a device is ready; its id."""
        device, bench, hub = self.device(tag), self.workshop.bench, self.workshop.hub
        self.done("technician", f"/devices/{device}/triage", word="reuse")
        self.done("technician", f"/devices/{device}/bays", bays="1", empty="0")
        with self.session() as session:
            serial = session.query(Device).filter_by(asset=tag).one().serial
        bench.give(hub, bench.diagnosis(serial, asset=tag, letter=letter))
        run = bench.give(hub, bench.erasure(drive, asset=tag))
        self.done("lead", f"/queue/{run}/approve", sure="yes")
        self.done("technician", f"/devices/{device}/step", word="ready")
        return device

    def reservation(self) -> int:
        """The number of the newest reservation."""
        with self.session() as session:
            return session.query(Reservation).order_by(Reservation.id.desc()).first().id  # type: ignore[union-attr]

    def issue(self, who: str = "prescriber", **wanted: str) -> str:
        """A code that a prescriber issues through the page."""
        page = self.done(who, "/prescriptions", **wanted)
        return page.split('<p class="figure code">')[1].split("<")[0]


def told(page: str) -> str:
    """What a page says went wrong; the whole page where it says nothing in a box."""
    return (
        page.split('role="alert">')[1].split("<p>")[1].split("</p>", maxsplit=1)[0] if 'role="alert">' in page else page
    )
