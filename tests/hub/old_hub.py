"""A hub as the release of 0012 left it: filled by the services, then carried over row by row into the tables of 0012.

The services of today write what the services of then wrote; tables that came later get nothing. What no act below
reaches is filled by the type of its columns, so that no table of 0012 is empty.
"""

from sqlalchemy.orm import Session

from hub.accounted import DriveRecord
from hub.binders.requests import ask
from hub.devices import triage, tying
from hub.exits import donor_types, leaving, papers
from hub.exits.leaving import Goods, Head
from hub.exported import choosing
from hub.figures import half_years, social
from hub.figures.periods import period_between
from hub.grades import overriding, policies
from hub.grades import service as grades
from hub.imported.keeping import keep, read
from hub.lots import closing, counts, life
from hub.lots.counts import Counted
from hub.lots.service import create_lot
from hub.models import Alarm, Device, Drive, IntakeProblem, LedgerEntry, Lot, Person, QuarantinedStatement
from hub.partners import checklists, documents, evaluating, onboarding, register, trial_lots
from hub.partners.documents import Filed
from hub.people import badges, half_sessions, invitations, second_factor, service, throttle
from hub.repairs import places
from hub.repairs import service as repairs
from hub.returns import service as returns
from hub.stations import bench_policies, messages, pre_approvals, protection
from hub.stations.service import new_token
from hub.validation.service import approve, reject
from tests.hub.foreign_reports import nwipe_log
from tests.hub.grade_reports import full_report
from tests.hub.pages.workshop import Workshop

HOSTILE = "Zoë « 東京 » <b>'\"; DROP TABLE lot;-- %s {0} ﷽"
RULES = pre_approvals.Rules("maison", any_drive=True, exceptions=False, countdown_s=60, hours=8)


class OldHub:
    """What the people of `shop` did until the day of the upgrade; each method is one part of their work."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.runs: dict[str, str] = {}
        self.tokens: dict[str, str] = {}  # of the browsers that are signed in

    def fill(self) -> dict[str, str]:
        """Do everything; returns the ids of the statements by serial."""
        self.runs = self.shop.work()
        seen = self.shop.bench.diagnosis("7XK2LQ2", asset="ETB-0002")
        self.shop.bench.give(self.shop.hub, {**seen, "report": full_report()})
        self.shop.ask_to_join("Banc 2")
        for part in (
            self._lots,
            self._decisions,
            self._things,
            self._exits,
            self._partners,
            self._people,
            self._benches,
            self._odd,
        ):
            with self.shop.session() as session, session.begin():
                part(session, self.shop.person(session, "lead"))
        with self.shop.session() as session, session.begin():
            lead = self.shop.person(session, "lead")
            ask(session, lead, self._lot(session, "MAIRIE-01"), "fr")
            closing.close(session, lead, self._lot(session, "USINE-01"), "tout est vu")
        self.shop.app.state.binders.work_off()
        return self.runs

    def _lot(self, session: Session, code: str) -> Lot:
        return session.query(Lot).filter_by(code=code).one()

    def _device(self, session: Session, asset: str) -> Device:
        return session.query(Device).filter_by(asset=asset).one()

    def _lots(self, session: Session, lead: Person) -> None:
        """A lot in every state that a lot goes through."""
        for code in ("MAIRIE-01", "USINE-01"):
            lot = self._lot(session, code)
            life.move(session, lead, lot, "received", day="2026-03-01")
        create_lot(session, "DIT-01", "Mairie de Brest", HOSTILE, lead)
        for code, steps in {
            "PRIS-01": ("collected",),
            "RECU-01": ("collected", "received"),
            "COURS-01": ("received", "processing"),
            "ANNULE-01": ("cancelled",),
        }.items():
            lot = create_lot(session, code, "Usine du Port", "", lead)
            for step in steps:
                life.move(session, lead, lot, step, note=f"note of {code}")
        counts.count(session, lead, self._lot(session, "MAIRIE-01"), Counted("received", "laptop", 5))
        counts.count(session, lead, self._lot(session, "USINE-01"), Counted("received", "desktop", 1))

    def _decisions(self, session: Session, lead: Person) -> None:
        for serial in ("WD-0001", "TO-9001"):
            approve(session, lead, self.runs[serial], "vu", self.shop.clock())
        reject(session, lead, self.runs["KX-0003"], "illisible", self.shop.clock())
        drive = session.query(Drive).filter_by(serial="XX-7777").one()
        lot = self._lot(session, "MAIRIE-01")
        tying.tie(session, lead, drive.id, lot, note="trouvé")
        ledger = session.query(LedgerEntry).filter_by(kind="diagnostics").order_by(LedgerEntry.position).first()
        assert ledger is not None
        overriding.override(session, lead, ledger.id, "C", reason=overriding.OTHER, note="vu de près")

    def _things(self, session: Session, lead: Person) -> None:
        for asset, word in (("ETB-0001", "reuse"), ("ETB-0003", "weee"), ("USN-0001", "reuse")):
            triage.dispose(session, lead, self._device(session, asset), word)
            triage.count_bays(session, lead, self._device(session, asset), 1, 0)
        device = self._device(session, "ETB-0002")
        said = triage.dispose(session, lead, device, "parts", HOSTILE)
        triage.withdraw(session, lead, device, said.id, "erreur de ligne")
        repairs.miss(session, lead, device, "battery", "gonflée")
        part = repairs.add_part(session, lead, "battery", "new", what="6 cellules", serial="B-1")
        repairs.repair(session, lead, device, repairs.Work("battery", part.id))
        places.put_device(session, lead, device, "Étagère 4")
        choosing.choose(session, lead, "drives", ["lot", "class"])
        choosing.keep_mapping(session, lead, choosing.EXAMPLE.read_bytes())
        read(session, keep(session, lead, None, nwipe_log()))

    def _exits(self, session: Session, lead: Person) -> None:
        donor_types.set_type(session, lead, self._lot(session, "USINE-01").donor_id, "company")
        gift = leaving.begin(session, lead, Head("gift", receiver="Association A"))
        leaving.send(session, lead, gift, Goods(("USN-0001",)))
        waste = leaving.begin(session, lead, Head("weee", receiver="Recyclage du Port", producer="Éco-organisme X"))
        papers.weigh(session, lead, waste, "2", 1600)
        papers.note_slip(session, lead, waste, "BSD-1", day="2026-03-02", treatment="R4")
        found = returns.Finding("screen", "2026-03-02", "trait", "remplacé")
        returns.note_defect(session, lead, self._device(session, "USN-0001"), found)
        returns.take_return(session, lead, self._device(session, "USN-0001"), found, came_back=False)

    def _partners(self, session: Session, lead: Person) -> None:
        network = register.add_network(session, lead, "Filière Nord", "Bretagne")
        partner = register.add_partner(session, lead, HOSTILE, "refurbisher", network.id)
        register.set_level(session, lead, partner, 2, "vu")
        register.add_contact(session, lead, partner, register.Reached("technical", "Ana", "a@b.example"))
        documents.file_document(session, lead, partner, Filed("nda", b"%PDF-1.7 \x00\xff", "nda.pdf"))
        answers = {line.id: "yes" for line in checklists.shipped().lines["administrative"]}
        evaluating.evaluate(session, lead, partner, "administrative", answers)
        onboarding.judge(session, lead, partner, 1)
        trial_lots.give(session, lead, self._lot(session, "DIT-01"), partner, test=True)
        social.type_in(session, lead, period_between("2025-07-01", "2025-12-31"), social.SOCIAL[0], 120)
        half_years.freeze(session, lead, "2025-S2")

    def _people(self, session: Session, lead: Person) -> None:
        now = self.shop.clock()
        invitations.invite(session, self.shop.person(session, "donor"), lead)
        second_factor.begin(session, self.shop.person(session, "admin"))
        throttle.record_failure(session, "nobody@atelier.example", "192.0.2.7", now)
        half_sessions.open_half(session, lead)
        for who in ("lead", "donor", "admin"):
            self.tokens[who] = service.open_session(session, self.shop.person(session, who), "Firefox")
        badges.keep_badge(session, lead.email, "c" * 64)
        new_token(session, lead)

    def _benches(self, session: Session, lead: Person) -> None:
        admin = self.shop.person(session, "admin")
        protection.protect(session, admin, "KEEP-1", "serveur")
        messages.write_message(session, lead, "Fermé lundi", "info", 3)
        bench_policies.publish_policy(session, "maison", {"version": 1})
        pre_approvals.pre_approve(session, lead, self._lot(session, "MAIRIE-01"), RULES)
        grades.apply_policy(session, lead, policies.keep_shipped(session, "grade"))

    def _odd(self, session: Session, lead: Person) -> None:
        now = self.shop.clock()
        kid = self.shop.bench.key.kid
        session.add(
            QuarantinedStatement(id="a" * 64, kid=kid, seq=2, reason="fork", envelope=b"\x00\xff{", received=now)
        )
        session.add(Alarm(kind="fork", station_id=None, detail=HOSTILE, created=now))
        session.add_all(self._lost(session, lead, serial) for serial in ("ST-0004", "SA-0005"))
        session.add(IntakeProblem(statement_id="b" * 64, detail="KeyError", created=now))

    def _lost(self, session: Session, lead: Person, serial: str) -> DriveRecord:
        """A drive that is lost; the service of today would issue the paper that came with 0018."""
        drive = session.query(Drive).filter_by(serial=serial).one()
        told = {"serial": serial, "day": "2026-03-01", "reference": "INC-7", "note": HOSTILE, "reason": ""}
        row = DriveRecord(drive_id=drive.id, lot_id=drive.lot_id, how="lost", operator="", witness="", **told)
        row.at, row.by, row.by_name = self.shop.clock(), lead.id, lead.name
        return row
