"""A lot that people work on, through the services: counts, outcomes, bays, records, decisions."""

from typing import Any

from hub.devices import triage
from hub.lots import closing, counts, explaining, life
from hub.lots.counts import Counted
from hub.lots.service import donor_named, import_list
from hub.models import Device, Drive, Lot, Person, Role
from hub.validation.service import approve
from tests.hub.sent import put

TWO_DRIVES = "asset;drive serial\nA-1;WD-0001\nA-2;WD-0002\n"


class LotWork:
    """Lot LOT-1 of CAF with two laptops and a drive each; every method is one act of one person, committed."""

    def __init__(self, world: Any, text: str = TWO_DRIVES) -> None:
        self.world = world
        world.lot("LOT-1")
        self.lead, self.technician = self.person(Role.LEAD), self.person(Role.TECHNICIAN)
        self.admin = self.person(Role.ADMIN, "gate@hub.test")  # who lets the bench in
        self.bench = world.bench()
        with world.hub.sessions().begin() as session:
            import_list(session, self.lot(session), text, self.lead)

    def person(self, role: Role, email: str = "", donor: str = "") -> Person:
        """Somebody with an account and no password: hashing one takes longer than the rest of a test."""
        email = email or f"{role}{donor}@hub.test".lower()
        with self.world.hub.sessions().begin() as session:
            made = Person(
                pseudonym=f"p-{email}"[:32],
                email=email,
                name=f"Name of {email}",
                role=role,
                password_hash="",
                donor_id=donor_named(session, donor).id if donor else None,
                created=self.world.hub.clock(),
            )
            session.add(made)
        return made

    def do(self, act: Any, *rest: Any, who: Person | None = None, **named: Any) -> Any:
        with self.world.hub.sessions().begin() as session:
            return act(session, who or self.lead, self.lot(session), *rest, **named)

    def lot(self, session: Any) -> Lot:
        found: Lot = session.query(Lot).filter_by(code="LOT-1").one()
        return found

    def device(self, asset: str, act: Any, *rest: Any, who: Person | None = None, **named: Any) -> Any:
        with self.world.hub.sessions().begin() as session:
            return act(
                session, who or self.technician, session.query(Device).filter_by(asset=asset).one(), *rest, **named
            )

    def drive_id(self, serial: str) -> str:
        with self.world.hub.sessions()() as session:
            found: str = session.query(Drive).filter_by(serial=serial).one().id
            return found

    def receive(self, units: int = 2) -> None:
        self.do(life.move, "received")
        self.do(counts.count, Counted("received", "laptop", units))

    def sort(self, asset: str, word: str = "reuse", bays: int = 1, empty: int = 0) -> None:
        self.device(asset, triage.dispose, word)
        self.device(asset, triage.count_bays, bays, empty)

    def erase(self, serial: str, asset: str = "", **changed: Any) -> str:
        return put(self.bench, lot="LOT-1", asset=asset, serial=serial, **changed)

    def approve(self, statement_id: str, reason: str = "vu") -> None:
        with self.world.hub.sessions().begin() as session:
            approve(session, self.lead, statement_id, reason, self.world.hub.clock())

    def say(self, drive: str, how: str, /, who: Person | None = None, **told: Any) -> Any:
        told = {"sure": True, **told}
        return self.do(explaining.explain, self.drive_id(drive), explaining.Said(how, **told), who=who)

    def destroy(self, drive: str, /, **told: Any) -> Any:
        said = {
            "reason": "drilled",
            "serial": drive,
            "day": "2026-11-20",
            "operator_id": self.technician.id,
            "witness": "Anne Le Bris",
        }
        return self.say(drive, "destroyed", **{**said, **told})

    def standings(self) -> dict[str, str]:
        from hub.lots.drive_account import account_of

        return {line.drive.serial: line.standing.explained.value for line in self.do(account_of)}

    def whys(self) -> dict[str, str]:
        from hub.lots.drive_account import account_of

        return {line.drive.serial: line.standing.why.value for line in self.do(account_of)}

    def blocks(self) -> list[str]:
        from hub.lots.blocking import blockers

        return [one.block.value for one in self.do(blockers)]

    def finish(self) -> None:
        """Everything that lets the lot close."""
        self.receive()
        for asset, serial in (("A-1", "WD-0001"), ("A-2", "WD-0002")):
            self.sort(asset)
            self.approve(self.erase(serial, asset))

    def close(self, **named: Any) -> Any:
        return self.do(closing.close, **named)
