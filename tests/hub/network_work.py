"""A network that people work on, through the services: a coordinating lead, a partner, lots with devices."""

from typing import Any

from hub.belonging import Belonging
from hub.devices import triage
from hub.exits import leaving
from hub.exits.leaving import Goods, Head
from hub.lots.service import create_lot, import_list
from hub.models import Device, Lot, Person, Role
from hub.partnered import Partner
from hub.partners import checklists, documents, evaluating, register
from hub.partners.documents import Filed


class NetworkWork:
    """The workshop of `world` with one lead and one partner; every method is one act, committed."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.lead = self.person(Role.LEAD)
        self.partner: Partner = self.do(register.add_partner, "Atelier Deux", "refurbisher")

    def person(self, role: Role) -> Person:
        with self.world.hub.sessions().begin() as session:
            made = Person(
                pseudonym=f"p-{role}",
                email=f"{role}@hub.test",
                name=f"Name of {role}",
                role=role,
                password_hash="",
                created=self.world.hub.clock(),
            )
            session.add(made)
        return made

    def do(self, act: Any, *rest: Any, who: Person | None = None, **named: Any) -> Any:
        with self.world.hub.sessions().begin() as session:
            return act(session, who or self.lead, *rest, **named)

    def on_partner(self, act: Any, *rest: Any, who: Person | None = None, **named: Any) -> Any:
        with self.world.hub.sessions().begin() as session:
            return act(session, who or self.lead, session.get(Partner, self.partner.id), *rest, **named)

    def on_lot(self, code: str, act: Any, *rest: Any, **named: Any) -> Any:
        with self.world.hub.sessions().begin() as session:
            return act(session, self.lead, session.query(Lot).filter_by(code=code).one(), *rest, **named)

    def on_device(self, asset: str, act: Any, *rest: Any, **named: Any) -> Any:
        with self.world.hub.sessions().begin() as session:
            return act(session, self.lead, session.query(Device).filter_by(asset=asset).one(), *rest, **named)

    def lot(self, code: str, devices: int = 0, donor: str = "CAF", kind: str = "laptop") -> None:
        with self.world.hub.sessions().begin() as session:
            lot = create_lot(session, code, donor, "", None)
            if devices:
                import_list(session, lot, self.listed(code, 1, devices, kind), self.lead)

    def deliver(self, code: str, first: int, last: int) -> None:
        """Devices of a lot leave as a gift."""
        tags = tuple(f"{code}-{at:03}" for at in range(first, last + 1))
        for tag in tags:
            self.on_device(tag, triage.dispose, "reuse")
        batch = self.do(leaving.begin, Head("gift"))
        self.do(leaving.send, batch, Goods(tags))

    def listed(self, code: str, first: int, last: int, kind: str = "laptop") -> str:
        rows = [f"{code}-{at:03};{kind}" for at in range(first, last + 1)]
        return "\n".join(["asset;kind", *rows])

    def file(self, kind: str = "nda", content: bytes = b"%PDF-1.7 signed", **told: Any) -> Any:
        filed = Filed(kind, content, told.pop("file_name", "scan.pdf"), **{"signed": "2026-11-01", **told})
        return self.on_partner(documents.file_document, filed)

    def evaluate(self, kind: str, **told: str) -> Any:
        return self.on_partner(evaluating.evaluate, kind, told)

    def answer(self, kind: str, *, missed: tuple[str, ...] = (), left_out: tuple[str, ...] = ()) -> Any:
        lines = checklists.shipped().lines[kind]
        said = {line.id: "no" if line.id in missed else "na" if line.id in left_out else "yes" for line in lines}
        return self.evaluate(kind, **said)


class TwoPartners(NetworkWork):
    """The lead at home, and a lead of each of two partners with names that begin alike."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.alpha, self.bravo = (self.of(f"Atelier Associatif Réuni {word}") for word in ("Alpha", "Bravo"))

    def of(self, name: str) -> Person:
        house = self.do(register.add_partner, name, "refurbisher")
        with self.world.hub.sessions().begin() as session:
            made = Person(pseudonym=name[-9:], email=name, name=name, role=Role.LEAD, password_hash="")
            made.created = self.world.hub.clock()
            session.add(made)
            session.flush()
            session.add(Belonging(person_id=made.id, partner_id=house.id))
        return made
