"""The account of a lot takes a short way for drives of which hardly anything is known: it must tell what the rules do.

The rows are drawn by seed and written as they would stand; what the rules say of each drive is gathered here one drive
after the other, without any of the account's own queries.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from certificates.statement import TIMELESS
from hub.accounted import DriveRecord
from hub.answered import LateRunAnswer, SameThing
from hub.issued.contradictions import contradictions
from hub.lots.account import READ_ELSEWHERE, REREAD, Record, Run, Standing, _judge, judge_alone
from hub.lots.drive_account import account_of, since
from hub.lots.sameness import grouped
from hub.models import Device, Drive, Erasure, LedgerEntry, Lot
from hub.sampled import SampledDrive, SampleDraw, SampleReading
from tests.hub.lot_work import LotWork

DRIVES = 150
VERDICTS = ("ERASED",) * 6 + ("ERASED_WITH_EXCEPTIONS", "FAILED", "UNCONFIRMED", "NOT_ERASED")
HOURS = (-60, -30, -20, -1, 0, 1, 5, 40, 90)
START = datetime(2026, 11, 20, tzinfo=UTC)


class Population:
    """Drives of LOT-1, another lot and none, with runs, records, readings, answers and merges, all by one seed."""

    def __init__(self, session: Session, work: LotWork, seed: int) -> None:
        self.session, self.chance, self.work = session, random.Random(seed), work
        self.lot, self.other = work.lot(session), session.query(Lot).filter_by(code="LOT-2").one()
        self.position, self.start = 10_000, work.world.hub.clock()
        self.lot.received = self.start
        who = {"by": work.lead.id, "by_name": work.lead.name}
        self.who = who
        draw = SampleDraw(lot_id=self.lot.id, policy="p", policy_version=1, policy_sha256="0", seed="0", population=[],
                          at=self.start, **who)  # fmt: skip
        session.add(draw)
        session.flush()
        drives = [self.drive() for _ in range(DRIVES)]
        for drive in drives:
            self.happen(drive, drives, draw)
        session.flush()

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def noted(self) -> dict[str, Any]:
        return {"at": self.moment(), "withdrawn": self.moment() if self.maybe(0.2) else None, **self.who}

    def moment(self) -> Any:
        return self.start + timedelta(hours=self.chance.choice(HOURS), seconds=self.chance.choice((-1, 0, 1)))

    def drive(self) -> Drive:
        device = None
        if self.maybe(0.7):
            received = self.moment() if self.maybe(0.5) else None
            device = Device(lot_id=self.lot.id, kind="laptop", received=received, source="list", known_from=0,
                            created=self.start)  # fmt: skip
            self.session.add(device)
            self.session.flush()
        lot, declared = self.chance.choice([(self.lot, None)] * 5 + [(self.other, self.lot), (None, self.lot)])
        row = Drive(
            serial=f"D-{self.chance.random()}", lot_id=lot.id if lot else None, known_from=0, created=self.start,
            device_id=device.id if device else None, declared_lot_id=declared.id if declared else None,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        return row

    def happen(self, drive: Drive, drives: list[Drive], draw: SampleDraw) -> None:
        if self.maybe(0.1):
            self.fail_elsewhere(drive)
            return
        lots = [self.lot] * self.chance.choice([0, 1, 1, 1, 1, 2, 3]) + [self.other] * self.maybe(0.1)
        runs = [self.run(drive, lot.id) for lot in lots]
        runs += [self.run(drive, None)] if self.maybe(0.1) else []
        if self.maybe(0.15):
            how = self.chance.choice(["destroyed", "absent", "returned", "lost", "earlier-run", "imported"])
            self.session.add(DriveRecord(drive_id=drive.id, lot_id=self.lot.id, how=how, **self.noted()))
        if runs and self.maybe(0.1):
            drawn = SampledDrive(draw_id=draw.id, lot_id=self.lot.id, drive_id=drive.id, run_id=runs[0].statement_id)
            self.session.add(drawn)
            self.session.flush()
            self.session.add(SampleReading(
                sampled_id=drawn.id, lot_id=self.lot.id, drive_id=drive.id, tool="t", found="",
                result=self.chance.choice(["clean", "data", "unreadable"]), **self.noted(),
            ))  # fmt: skip
        if runs and self.maybe(0.2):
            answered = self.chance.choice(runs).statement_id
            self.session.add(LateRunAnswer(
                lot_id=self.lot.id, drive_id=drive.id, statement_id=answered, reason="given-again", **self.noted(),
            ))  # fmt: skip
        if self.maybe(0.06):
            pair = {"one_id": drive.id, "other_id": self.chance.choice(drives).id}
            self.session.add(
                SameThing(kind=self.chance.choice(["drive", "device"]), reason="r", **pair, **self.noted())
            )

    def fail_elsewhere(self, drive: Drive) -> None:
        """One good run here and a failure elsewhere, before the approval or after it: nothing else is known."""
        received = self.start + timedelta(hours=max(HOURS) + 1)
        self.run(drive, self.lot.id, "APPROVED", verdict="ERASED", level="CLEAR", began=None, received=received,
                 certificate_id=drive.serial)  # fmt: skip
        self.run(drive, self.chance.choice([self.other.id, None]), verdict="FAILED")

    def run(self, drive: Drive, lot_id: str | None, word: str | None = None, **sure: Any) -> Erasure:
        self.position += 10
        word = word or self.chance.choice(["APPROVED"] * 5 + ["AWAITING", "REJECTED"])
        key = f"{self.position:064d}"
        began = self.moment() if self.chance.choice(["hub", "hub", "rtc", *TIMELESS]) not in TIMELESS else None
        decision = None
        if word != "AWAITING":
            decision = f"d{self.position:063d}"
            self.session.add(LedgerEntry(
                position=self.position + self.chance.choice((1, 25)), id=decision, kind="validation", kid="k",
                seq=self.position, prev="", envelope=b"", received=self.start,
            ))  # fmt: skip
        drawn = {
            "verdict": self.chance.choice(VERDICTS), "level": self.chance.choice(["PURGE", "CLEAR", "CLEAR", "NONE"]),
            "began": began, "received": self.moment(),
            "certificate_id": str(self.position) if word == "APPROVED" and self.maybe(0.9) else None,
        }  # fmt: skip
        row = Erasure(
            statement_id=key, position=self.position, drive_id=drive.id, lot_id=lot_id, kid="k", payload={},
            method="m", ended="", decision=word, validation_id=decision, **(drawn | sure),
        )  # fmt: skip
        self.session.add(row)
        return row


Told = tuple[str, str, str, int]


def by_the_rules(session: Session, lot: Lot) -> dict[str, tuple[Told, bool]]:
    """The class, the reason, the run and the record of each drive, gathered drive by drive.

    With each: whether one run is all that this lot knows of it, and what is known elsewhere tells otherwise.
    """
    pairs = session.query(SameThing).filter_by(kind="drive", withdrawn=None)
    same = grouped((one.one_id, one.other_id) for one in pairs)
    mine = select(Drive).where(or_(Drive.lot_id == lot.id, Drive.declared_lot_id == lot.id))
    return {drive.id: _told(session, lot, drive, same.get(drive.id, frozenset())) for drive in session.scalars(mine)}


def _told(session: Session, lot: Lot, drive: Drive, same: frozenset[str]) -> tuple[Told, bool]:
    held = {"drive_id": drive.id, "lot_id": lot.id, "withdrawn": None}
    answered = {one.statement_id for one in session.query(LateRunAnswer).filter_by(**held)}
    decided = {one.id: one.position for one in session.query(LedgerEntry)} if "d" not in session.info else {}
    decided = session.info.setdefault("d", decided)
    own, unplaced, elsewhere = list[Run](), list[Run](), list[Run]()
    for row in session.query(Erasure).filter(Erasure.drive_id.in_({drive.id} | same)).order_by(Erasure.position):
        run = Run(
            row.statement_id, row.position, row.verdict, row.level, row.received, row.began, row.decision,
            decided.get(row.validation_id or "", 0), row.certificate_id is not None and row.decision == "APPROVED",
            row.drive_id,
        )  # fmt: skip
        its_own = row.drive_id == drive.id
        if its_own and row.lot_id == lot.id:
            own.append(run)
        else:
            away = unplaced if its_own and row.lot_id is None else elsewhere
            away.append(run._replace(answered=row.statement_id in answered))
    records = [Record(one.id, one.how, one.at) for one in session.query(DriveRecord).filter_by(**held).order_by("id")]
    read = session.query(SampleReading).filter_by(**held).filter(SampleReading.result != "clean").order_by("id")
    records += [Record(-one.id, REREAD, one.at) for one in read]
    unclean = session.query(SampleReading).filter_by(withdrawn=None).filter(SampleReading.result != "clean")
    abroad = [Record(-1, READ_ELSEWHERE, one.at) for one in unclean.filter(SampleReading.drive_id.in_(same))]
    found = _judge(own, [*records, *abroad], since(drive, lot), unplaced, elsewhere)
    alone = len(own) == 1 and not records and judge_alone(own[0], since(drive, lot)) != found
    return _said(found), alone


def _said(standing: Standing) -> Told:
    run, record = standing.run, standing.record
    return standing.explained, standing.why, run.statement_id if run else "", record.id if record else 0


@pytest.mark.parametrize("seed", range(2))
def test_an_account_tells_of_every_drive_what_the_rules_say(world: Any, seed: int) -> None:
    work = LotWork(world)
    world.lot("LOT-2", donor="CHU")
    with world.hub.sessions()() as session:
        Population(session, work, seed)
        lot = work.lot(session)
        ruled = by_the_rules(session, lot)
        wanted = {key: said for key, (said, _) in ruled.items()}
        lines = account_of(session, work.lead, lot)
        told = {line.drive.id: _said(line.standing) for line in lines}
        assert {key: told[key] for key in wanted} == wanted
        assert len({row[0] for row in wanted.values()}) >= 6, "the population is poorer than it was"
        assert len({row[1] for row in wanted.values()}) >= 6, "the population is poorer than it was"
        assert sum(alone for _, alone in ruled.values()) >= 5, "hardly a drive that the short way would tell falsely"
        alone = {line.runs[0].statement_id for line in lines if line.alone}
        spoken = contradictions(session, {run.statement_id for line in lines for run in line.runs})
        assert len(alone) > 20
        assert len(spoken) > 10
        assert alone & spoken.keys() == set(), "what stands alone has nothing beside its certificate"
        session.rollback()


class Two:
    """A drive of LOT-1 that was erased and certified, of which nothing else is known, and one of another lot."""

    def __init__(self, session: Session, work: LotWork) -> None:
        self.session, self.lot, self.now = session, work.lot(session), work.world.hub.clock()
        self.other = session.query(Lot).filter_by(code="LOT-2").one()
        self.noted = {"at": self.now + timedelta(hours=2), "by": work.lead.id, "by_name": work.lead.name}
        self.one, self.far = (
            Drive(serial=f"D-{lot.code}", lot_id=lot.id, known_from=0, created=self.now)
            for lot in (self.lot, self.other)
        )
        session.add_all([self.one, self.far])
        session.flush()
        self.run(self.one, self.lot.id, 1, "ERASED", certificate_id="c", decision="APPROVED")

    def run(self, drive: Drive, lot_id: str | None, position: int, verdict: str = "FAILED", **more: Any) -> None:
        self.session.add(Erasure(
            statement_id=f"{position:064d}", position=position, drive_id=drive.id, lot_id=lot_id, kid="k", payload={},
            verdict=verdict, level="PURGE", method="m", ended="", began=self.now + timedelta(hours=position),
            received=self.now + timedelta(hours=position), **{"decision": "AWAITING", **more},
        ))  # fmt: skip
        self.session.flush()

    def read(self, drive: Drive) -> None:
        draw = SampleDraw(lot_id=self.other.id, policy="p", policy_version=1, policy_sha256="0", seed="0",
                          population=[], **self.noted)  # fmt: skip
        self.session.add(draw)
        self.session.flush()
        drawn = SampledDrive(draw_id=draw.id, lot_id=self.other.id, drive_id=drive.id, run_id="r")
        self.session.add(drawn)
        self.session.flush()
        self.session.add(SampleReading(sampled_id=drawn.id, lot_id=self.other.id, drive_id=drive.id, tool="t",
                                       found="", result="data", **self.noted))  # fmt: skip
        self.session.flush()

    def join(self, one: Drive, other: Drive) -> None:
        self.run(self.far, self.other.id, 3)
        self.session.add(SameThing(kind="drive", one_id=one.id, other_id=other.id, reason="r", **self.noted))
        self.session.flush()


ELSEWHERE: dict[str, Callable[[Two], None]] = {
    "failed in no lot": lambda two: two.run(two.one, None, 3),
    "failed in another lot": lambda two: two.run(two.one, two.other.id, 3),
    "one with a drive that failed": lambda two: two.join(two.one, two.far),
    "named second in a merge": lambda two: two.join(two.far, two.one),
    "read in another lot": lambda two: two.read(two.one),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_each_thing_that_is_known_of_a_drive_elsewhere_speaks_against_it_by_itself(world: Any, what: str) -> None:
    work = LotWork(world)
    world.lot("LOT-2", donor="CHU")
    with world.hub.sessions()() as session:
        two = Two(session, work)

        def told() -> str:
            lines = account_of(session, work.lead, two.lot)
            return next(line.standing.explained for line in lines if line.drive.id == two.one.id)

        assert told() == "erased-purge"
        ELSEWHERE[what](two)
        assert told() == "open"
        session.rollback()


def test_the_database_itself_counts_the_runs_that_name_a_drive(world: Any) -> None:
    work = LotWork(world)
    world.lot("LOT-2", donor="CHU")
    with world.hub.sessions()() as session:
        two = Two(session, work)

        def counted() -> tuple[int, int]:
            said = dict(tuple(row) for row in session.execute(select(Drive.serial, Drive.runs)))
            return said[two.one.serial], said[two.far.serial]

        assert counted() == (1, 0)
        two.run(two.far, None, 3)
        assert counted() == (1, 1)
        session.execute(update(Erasure).where(Erasure.position == 1).values(drive_id=two.far.id))
        assert counted() == (0, 2)
        session.execute(delete(Erasure).where(Erasure.drive_id == two.far.id))
        assert counted() == (0, 0)
        session.rollback()


def test_a_run_whose_key_was_in_other_hands_does_not_stand_alone(world: Any) -> None:
    work = LotWork(world)
    world.lot("LOT-2", donor="CHU")
    with world.hub.sessions()() as session:
        two = Two(session, work)

        def alone() -> bool:
            lines = account_of(session, work.lead, two.lot)
            return next(line.alone for line in lines if line.drive.id == two.one.id)

        assert alone()
        session.execute(update(Erasure).values(disputed=True))
        assert not alone()
        session.rollback()


def test_a_drive_with_one_run_is_judged_as_one_among_several() -> None:
    start = START
    moments = (start - timedelta(days=1, seconds=1), start - timedelta(days=1), start - timedelta(seconds=1), start)
    decisions, levels = ("APPROVED", "AWAITING", "REJECTED"), ("PURGE", "CLEAR", "NONE")
    verdicts = sorted(set(VERDICTS))
    every = product(verdicts, levels, moments, (None, *moments), decisions, (0, 1, 9), (True, False))
    for verdict, level, received, began, decision, decided, certified in every:
        run = Run("s", 1, verdict, level, received, began, decision, decided, certified)
        assert judge_alone(run, start) == _judge((run,), (), start, (), ())
