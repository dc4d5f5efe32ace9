"""One hub with several houses: two workshops of one network, one of another, two donors in one of them, and home.

Everything that belongs to a house carries its word: what shows a word of a house to somebody else is a leak.
"""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from certificates.keys import SigningKey
from hub.accounted import LotClosing
from hub.belonging import Belonging, StationBelonging
from hub.binders.requests import ask
from hub.devices import photos, together, triage
from hub.distributed import Reservation
from hub.distribution import prescribing
from hub.exits import leaving
from hub.figures import half_years, pooling
from hub.imported.keeping import keep
from hub.intake import counter
from hub.lots import explaining, life, merging
from hub.lots.bilan import Closer, bilan
from hub.lots.blocking import book_of
from hub.lots.closing import written
from hub.lots.sameness import DEVICE
from hub.lots.service import apply_import, create_lot, donor_named
from hub.models import Alarm, Certificate, Device, Donor, Drive, Lot, Person, Role, Station, StationState
from hub.papers_issued import DrivePaper
from hub.partnered import Network, Partner
from hub.partners import documents, library, register, trial_lots
from hub.partners.documents import Filed
from hub.people import service
from hub.reckoned import OpenAction
from hub.repairs import service as repairs
from hub.surplus import offering
from hub.surplus.offering import Goods
from hub.tags import printing, series
from hub.validation.service import approve
from tests.asgi import TestClient
from tests.hub.camera import png
from tests.hub.pages.workshop import Bench, Workshop

ALPHA, OTHER, BRAVO, CHARLIE, HOME = "zalpha", "zother", "zbravo", "zcharlie", "zhome"
HOUSES = (ALPHA, OTHER, BRAVO, CHARLIE, HOME)  # OTHER: a second donor of the workshop of ALPHA
NETWORKS = {ALPHA: "znord", BRAVO: "znord", CHARLIE: "zsud"}
STAFF_SEES = {ALPHA, OTHER}
# who looks: role, word of the house ("" for none), what of the houses this person may see
ACTORS: dict[str, tuple[Role, str, frozenset[str]]] = {
    **{f"{role} at home": (role, HOME, frozenset(HOUSES)) for role in (Role.LEAD, Role.ADMIN)},
    **{
        f"{role} of a partner": (role, ALPHA, frozenset(STAFF_SEES))
        for role in (Role.LEAD, Role.TECHNICIAN, Role.ADMIN, Role.VOLUNTEER)
    },
    "coordinator": (Role.COORDINATOR, "znord", frozenset({ALPHA, OTHER, BRAVO})),
    "donor": (Role.DONOR, ALPHA, frozenset({ALPHA})),
    "distributor": (Role.DISTRIBUTOR, "zdelta", frozenset()),
    "prescriber": (Role.PRESCRIBER, "zdelta", frozenset()),
}


@dataclass
class Houses:
    """The hub; the ids of the things of each house by placeholder; a browser for each actor."""

    workshop: Workshop
    things: dict[str, dict[str, str]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    @classmethod
    def built(cls, folder: Path) -> "Houses":
        made = cls(Workshop(folder))
        made.workshop.app.state.live.end()  # a line that never ends cannot be read to its end
        with made.session() as session, session.begin():
            made._networks(session)
        for word in HOUSES:
            made.things[word] = _things(made, word)
        for who, (role, house, _sees) in ACTORS.items():
            with made.session() as session, session.begin():
                made.people[who] = made._person(session, role, house, f"actor {who}").id
        return made

    def session(self) -> Session:
        return self.workshop.session()

    def browser(self, who: str) -> TestClient:
        """The browser of an actor, signed in; "visitor" has no account."""
        client = TestClient(self.workshop.app, follow_redirects=False, cookies={"etabli-lang": "en"})
        if who != "visitor":
            with self.session() as session, session.begin():
                token = service.open_session(session, session.get_one(Person, self.people[who]))
            client.cookies.set("etabli", token)
        return client

    def _networks(self, session: Session) -> None:
        lead = self.workshop.person(session, "lead")
        nets = {name: register.add_network(session, lead, f"Filiere {name}") for name in ("znord", "zsud")}
        for word, net in NETWORKS.items():
            register.add_partner(session, lead, f"Partenaire {word}", "refurbisher", nets[net].id)
        register.add_partner(session, lead, "Partenaire zdelta", "distributor", nets["znord"].id)

    def partner(self, session: Session, word: str) -> Partner:
        return session.query(Partner).filter_by(name=f"Partenaire {ALPHA if word == OTHER else word}").one()

    def _person(self, session: Session, role: Role, house: str, name: str) -> Person:
        made = Person(
            pseudonym=f"p-{name}"[:32],
            email=f"{name.replace(' ', '.')}@{house}.example",
            name=name,
            role=role,
            password_hash="",
            created=self.workshop.clock(),
        )
        session.add(made)
        session.flush()
        if role is Role.DONOR:
            made.donor_id = donor_named(session, f"Donateur {house}").id
        elif role is Role.COORDINATOR:
            network = session.query(Network).filter_by(name=f"Filiere {house}").one()
            session.add(Belonging(person_id=made.id, network_id=network.id))
        elif house != HOME:
            session.add(Belonging(person_id=made.id, partner_id=self.partner(session, house).id))
        session.flush()
        return made


def _things(houses: Houses, word: str) -> dict[str, str]:
    """Everything that a house has, made by people and a bench of its own."""
    workshop = houses.workshop
    with houses.session() as session, session.begin():
        staff = ALPHA if word == OTHER else word
        lead = houses._person(session, Role.LEAD, staff, f"lead {word}")
        donor = houses._person(session, Role.DONOR, word, f"donor {word}")
        lot = create_lot(session, f"LOT-{word}", f"Donateur {word}", f"label {word}", lead)
        rows = "".join(f"{word}-{n};laptop;DRIVE-{word}-{n}\n" for n in range(1, 6))
        apply_import(session, lot, f"asset;kind;drive serial\n{rows}", lead)
        life.move(session, lead, lot, "received")
        bench = _bench(houses, session, word)
    runs = [
        bench.give(workshop.hub, bench.erasure(f"DRIVE-{word}-{n}", lot=f"LOT-{word}", asset=f"{word}-{n}"))
        for n in range(1, 4)
    ]
    bench.give(workshop.hub, bench.erasure(f"LOOSE-{word}", lot="", asset=""))
    with houses.session() as session, session.begin():
        lead = session.get_one(Person, lead.id)
        approve(session, lead, runs[0], "vu", workshop.clock())
        found = _records(houses, session, word, lead)
        device = session.get_one(Device, found["device_id"])
        found["photo_id"] = photos.keep(session, lead, device, png(), f"photo {word}").id
    workshop.app.state.binders.work_off()
    return found | {"statement_id": runs[1], "person_id": donor.id}


def _bench(houses: Houses, session: Session, word: str) -> Bench:
    workshop = houses.workshop
    bench = Bench(SigningKey.generate(demo=False), name=f"Banc {word}")
    station = workshop._station(bench, f"Banc {word}", StationState.ACCEPTED)
    station.heartbeat = {"drives": [{"name": f"/dev/{word}", "model": f"model {word}", "serial_end": "0001"}]}
    session.add(station)
    session.flush()
    if word != HOME:
        session.add(StationBelonging(station_id=station.id, partner_id=houses.partner(session, word).id))
    session.add(Alarm(kind="fork", station_id=station.id, detail=f"alarm {word}", created=workshop.clock()))
    return bench


def _records(houses: Houses, session: Session, word: str, lead: Person) -> dict[str, str]:
    lot = session.query(Lot).filter_by(code=f"LOT-{word}").one()
    device = session.query(Device).filter_by(asset=f"{word}-1").one()
    station = session.query(Station).filter_by(name=f"Banc {word}").one()
    closer = Closer(lead, lot.created, 1, "", one_person=False)
    document = written(bilan(lot, book_of(session, lead, lot), closer, ()))
    now = houses.workshop.clock()
    closing = LotClosing(lot_id=lot.id, version=1, document=document, sha256="0" * 64, one_person=False)
    closing.at, closing.by, closing.by_name = now, lead.id, lead.name
    session.add(closing)
    triage.dispose(session, lead, device, "reuse")
    said = explaining.Said("lost", day="2026-03-02", reference="INC-1", note=f"note {word}", sure=True)
    explaining.explain(session, lead, lot, _drive(session, f"DRIVE-{word}-4"), said)
    explaining.explain(
        session, lead, lot, _drive(session, f"DRIVE-{word}-5"), explaining.Said("absent", "bay-empty", sure=True)
    )
    found = {
        "code": lot.code,
        "device_id": device.id,
        "certificate_id": session.query(Certificate).filter_by(lot_id=lot.id).one().id,
        "drive_id": _drive(session, f"DRIVE-{word}-2"),
        "loose_id": _drive(session, f"LOOSE-{word}"),
        "version": "1",
        "binder_id": ask(session, lead, lot, "en").id,
        "donor_id": lot.donor_id,
        "line_id": "1",
        "station_id": station.id,
        "alarm_id": str(session.query(Alarm).filter_by(station_id=station.id).one().id),
        "lead": lead.id,
        "convention": _filed(session, lead, session.get_one(Donor, lot.donor_id), f"convention {word}"),
    }
    if word != OTHER:  # of the house of ALPHA: it has one day
        day = counter.open_day(session, lead, counter.EVENT, "2026-03-02", f"day {word}")
        counter.take_in(session, lead, day, counter.Brought("laptop", f"{word}-counter"))
        found["day"] = day.code
    found |= _of_the_work(session, lot, device, lead, word)
    return found | _of_the_counter(session, lot, lead, word) | _of_partner(houses, session, word)


def _of_the_work(session: Session, lot: Lot, device: Device, lead: Person, word: str) -> dict[str, str]:
    """What a house repaired, let go and was told by reports of other programs."""
    repairs.miss(session, lead, device, "battery", f"need {word}")
    part = repairs.add_part(session, lead, "battery", "new", what=f"part {word}", serial=f"PART-{word}")
    taken = repairs.take_part(session, lead, device, "memory", what=f"taken {word}")
    batch = leaving.begin(session, lead, leaving.Head("gift", receiver=f"Association {word}"))
    report = keep(session, lead, None, f"report {word}".encode())
    of_lot = keep(session, lead, lot, f"report of lot {word}".encode())
    return {
        "number": str(batch.id),
        "part": str(part.id),
        "taken": str(taken.id),
        "report_id": str(report.id),
        "report_of_lot": str(of_lot.id),
    }


def _of_the_counter(session: Session, lot: Lot, lead: Person, word: str) -> dict[str, str]:
    """What a house noted with the scanner, on labels, in reviews; devices that are one; what is kept for somebody."""
    device, other = (session.query(Device).filter_by(asset=f"{word}-{n}").one() for n in (2, 3))
    act = together.handle_one(session, lead, together.Order("step", "triaged", f"act {word}"), device)
    tags = series.issue(session, lead, "A", 1, sheet="a4-24-70x37", start=1, each=1)
    printed = printing.print_sheet(session, lead, lot, sheet="a4-24-70x37", start=1, each=1)
    merge = merging.merge(session, lead, DEVICE, device.id, other.id, reason=f"merge {word}")
    action = OpenAction(what=f"action {word}", due="2026-04-01")
    kept = Reservation(device_id=device.id, lot_id=lot.id, until="2099-01-01")
    for row in (action, kept):
        row.at, row.by, row.by_name = lot.created, lead.id, lead.name
        session.add(row)
    session.flush()
    return {
        "paper_id": session.query(DrivePaper).filter_by(lot_id=lot.id).one().id,
        "act": str(act.id),
        "range": str(tags.id),
        "tag_sheet": str(printed.id),
        "merge": str(merge.id),
        "action_id": str(action.id),
        "kept": str(kept.id),
        "tag": f"{word}-1",
        "receipt": "D1-0000-0000-0000",
    }


def _of_partner(houses: Houses, session: Session, word: str) -> dict[str, str]:
    """What home keeps of a partner: documents and a frozen half-year."""
    if word not in NETWORKS:
        return {}
    home, partner = houses.workshop.person(session, "lead"), houses.partner(session, word)
    register.add_contact(session, home, partner, register.Reached("technical", f"Contact {word}", "a@b.example"))
    filed = _filed(session, home, partner, f"nda {word}")
    report = half_years.freeze(session, home, "2025-S2", partner.id)
    shared = _of_network(session, home, partner, word)
    assert trial_lots.lots_of(session, home, partner)
    prescriber = register.add_partner(session, home, f"Prescripteur {word}", "prescriber", partner.network_id or "")
    asked = prescribing.issue(session, home, prescribing.Wanted("laptop"), prescriber.id)
    found = {"partner_id": partner.id, "document_id": filed, "half_year_id": report.id, "asked": str(asked.id)}
    return found | shared


def _of_network(session: Session, home: Person, partner: Partner, word: str) -> dict[str, str]:
    """What the workshops of a network share, once for each of the two networks."""
    if partner.network_id is None:
        return {}
    staff = session.query(Person).filter_by(name=f"lead {word}").one()
    pooling.choose(session, home, partner.network_id, ["received", "erased"])
    pooling.agree(session, staff, ["received", "erased"], named=False)
    pooling.count(session, home, partner.network_id, "2025-S2")
    if word == BRAVO:
        return {}
    file = ("procedure.pdf", b"%PDF-1.7")
    document = library.file_version(session, home, partner.network_id, f"Procedure {word}", file=file)
    goods = Goods("screen", 4, f"Screens {word}", f"Shelf {word}", value_cents=8000)
    offered = offering.offer(session, staff, partner.network_id, goods)
    offering.publish(session, session.query(Person).filter_by(role=Role.ADMIN).one(), offered.id, nothing_stored=True)
    return {"library_id": document.id, "offer_id": offered.id}


def _drive(session: Session, serial: str) -> str:
    return session.query(Drive).filter_by(serial=serial).one().id


def _filed(session: Session, person: Person, owner: Partner | Donor, note: str) -> str:
    filed = Filed("convention", b"%PDF-1.7", "scan.pdf", note=note)
    return documents.file_document(session, person, owner, filed).id
