"""Readings of the sample that speak against a certificate: the list of the lead and the account of the lot agree."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.clock import wall
from hub.errors import HubError
from hub.lots.account import ERASED, LEVELS, Explained, Why, newer
from hub.lots.drive_account import AccountLine, account_of
from hub.models import Erasure, Lot
from hub.sampled import SampleReading
from hub.samples import service
from hub.samples.policy import OWN
from hub.samples.reading import CLEAN, refuting, sample_of
from hub.samples.service import Read
from hub.validation.service import approve, reject
from tests.hub.lot_work import LotWork
from tests.hub.sent import put

EVERY = 'id = "every"\nversion = 1\nper_mille = 1000\nleast = 1\n'
GONE = (Explained.DESTROYED, Explained.RETURNED, Explained.LOST)
ERASED_HERE = (Explained.ERASED_PURGE, Explained.ERASED_CLEAR)
SERIALS = ("WD-0001", "WD-0002")
VERDICTS = ("ERASED", "ERASED", "ERASED", "ERASED_WITH_EXCEPTIONS", "FAILED")


class Waits(LotWork):
    """A lot of two drives, another lot, and whatever is done to them."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        world.lot("LOT-2")
        self.receive()
        self.waiting: list[str] = []
        (world.hub.settings.data_dir / OWN).write_text(EVERY)  # whom a draw takes hangs on the nonces of a bench

    def pass_time(self) -> None:
        self.world.hub.clock.forward(minutes=5)

    def run(self, serial: str, verdict: str = "ERASED", minutes: int = 0, **more: Any) -> None:
        """A run that began so many minutes ago by the clock of its bench."""
        began = self.world.hub.clock() - timedelta(minutes=minutes)
        asset = {"WD-0001": "A-1", "WD-0002": "A-2"}[serial] if "lot" not in more else ""
        told = {"lot": "LOT-1", "asset": asset, "serial": serial, "verdict": verdict, "started": wall(began), **more}
        self.waiting.append(put(self.bench, **told))
        self.pass_time()

    def decide(self, *, well: bool = True) -> None:
        for run in self.waiting:
            with suppress(HubError), self.world.hub.sessions().begin() as session:
                if session.get_one(Erasure, run).lot_id is not None:
                    (approve if well else reject)(session, self.lead, run, "vu", self.world.hub.clock())
        self.waiting.clear()
        self.pass_time()

    def sample(self, result: str = "data") -> None:
        with suppress(HubError):
            self.do(service.draw)
        for one in self.do(sample_of):
            if one.reading is None:
                read = Read(result, "PhotoRec 7.2", "lu", one.drive.serial)
                self.do(service.note, one.sampled.id, read, who=self.technician)
        self.pass_time()

    def gone(self, serial: str, how: str) -> None:
        with suppress(HubError):
            if how == "destroyed":
                self.destroy(serial)
            else:
                self.say(serial, how, day="2026-11-20", reference="reçu n° 4", witness="Anne Le Bris", note="constaté")
        self.pass_time()

    def listed(self) -> set[int]:
        with self.world.hub.sessions()() as session:
            return {reading.id for reading, _drive, _lot in refuting(session, self.lead, 50)}

    def speaking(self) -> set[int]:
        """What the account of the lot lets speak: readings without a newer run, of drives that are not gone."""
        with self.world.hub.sessions()() as session:
            lines = {line.drive.id: line for line in account_of(session, self.lead, self.lot(session))}
            found = session.query(SampleReading).filter(
                SampleReading.withdrawn.is_(None), SampleReading.result != CLEAN
            )
            told = {one.id: lines[one.drive_id] for one in found if not answered(lines[one.drive_id], one.at)}
        assert not [line for line in told.values() if line.standing.explained in ERASED_HERE]
        reread = {line.drive.id for line in lines.values() if line.standing.why is Why.REREAD}
        assert reread <= {line.drive.id for line in told.values()}
        return {number for number, line in told.items() if line.standing.explained not in GONE}

    def compare(self) -> None:
        assert self.listed() == self.speaking()


def answered(line: AccountLine, at: datetime) -> bool:
    good = [run for run in line.runs if run.verdict == ERASED and run.level in LEVELS and run.certificate_id]
    return any(run.decision == "APPROVED" and newer(run, at) for run in good)


def refuted(world: Any) -> Waits:
    """A drive that was erased and approved, and then read again: there was data."""
    made = Waits(world)
    made.run("WD-0001")
    made.decide()
    made.sample()
    assert made.listed() == made.speaking() == {1}
    return made


@pytest.fixture
def waits(fresh_world: Any) -> Waits:
    return refuted(fresh_world())


ACTS = (
    *("run", "run", "run", "old", "timeless", "abroad"),
    *("yes", "yes", "yes", "no", "data", "data", "clean", "gone"),
)


def test_whatever_was_done_the_lead_is_told_of_what_the_account_lets_speak(waits: Waits) -> None:
    work, chance = waits, random.Random(13)
    seen = {frozenset(work.listed())}
    for _ in range(24):
        act, serial = chance.choice(ACTS), chance.choice(SERIALS)
        if act in {"yes", "no"}:
            work.decide(well=act == "yes")
        elif act in {"data", "clean"}:
            work.sample(act)
        elif act == "gone":
            work.gone(serial, chance.choice(("destroyed", "returned", "lost")))
        elif act == "abroad":
            work.run(serial, lot="LOT-2")
        else:
            more = {"wall_src": "unset"} if act == "timeless" else {}
            work.run(serial, chance.choice(VERDICTS), 60 if act == "old" else 0, **more)
        work.compare()
        seen.add(frozenset(work.listed()))
    assert len(seen) > 2, "hardly anything happened"


def test_a_run_that_began_before_the_reading_answers_nothing_and_one_that_began_with_it_does(waits: Waits) -> None:
    waits.run("WD-0001", minutes=30)
    waits.decide()
    assert waits.listed() == waits.speaking() == {1}
    waits.run("WD-0001")
    waits.decide()
    assert waits.listed() == waits.speaking() == set()


@pytest.mark.parametrize(("began", "waiting"), [(30, {1}), (31, set())])
def test_the_moment_counts_to_the_part_of_a_second(world: Any, began: int, waiting: set[int]) -> None:
    waits = refuted(world)
    read = datetime(2026, 11, 21, 10, 30, 30, 500_000, tzinfo=UTC)
    with waits.world.hub.sessions().begin() as session:
        session.get_one(SampleReading, 1).at = read
    waits.world.hub.clock.now = read + timedelta(minutes=1)
    waits.run("WD-0001", started=wall(read.replace(second=began)))
    waits.decide()
    assert waits.listed() == waits.speaking() == waiting


def test_a_bench_without_a_clock_is_believed_as_the_account_does(waits: Waits) -> None:
    waits.run("WD-0001", minutes=30, wall_src="unset")
    waits.decide()
    assert waits.listed() == waits.speaking() == set()


def test_a_run_in_another_lot_explains_nothing_here(waits: Waits) -> None:
    waits.run("WD-0001", lot="LOT-2")
    waits.decide()
    assert waits.listed() == waits.speaking() == {1}


@pytest.mark.parametrize("how", ["destroyed", "returned", "lost"])
def test_a_drive_that_is_gone_waits_no_more_unless_a_bench_saw_it_since(waits: Waits, how: str) -> None:
    waits.gone("WD-0001", how)
    assert waits.listed() == waits.speaking() == set()
    waits.run("WD-0001", "NOT_ERASED")
    assert waits.listed() == waits.speaking() == {1}


@pytest.mark.parametrize("how", ["destroyed", "returned", "lost"])
def test_a_drive_that_was_read_after_it_was_said_to_be_gone_is_not_gone(fresh_world: Any, how: str) -> None:
    work = Waits(fresh_world())
    work.run("WD-0001")
    work.decide()
    work.gone("WD-0001", how)
    work.sample("unreadable")
    assert work.whys()["WD-0001"] == "seen-after"
    assert work.listed() == work.speaking() == {1}


@pytest.mark.parametrize(("how", "why"), [("destroyed", "seen-after"), ("lost", "seen-after"), ("returned", "")])
def test_a_drive_that_failed_and_was_read_in_another_lot_after_it_was_gone_is_not_gone(
    fresh_world: Any, how: str, why: str
) -> None:
    work = Waits(fresh_world())
    for lot, verdict in (("LOT-1", "FAILED"), ("LOT-2", "ERASED")):
        work.waiting.append(put(work.bench, lot=lot, asset="", serial="NEW-0003", verdict=verdict))
        work.pass_time()
    work.decide()
    work.gone("NEW-0003", how)
    assert work.standings()["NEW-0003"] == how
    with work.world.hub.sessions().begin() as session:
        lot = session.query(Lot).filter_by(code="LOT-2").one()
        service.draw(session, work.lead, lot)
        for one in sample_of(session, work.lead, lot):
            read = Read("data", "PhotoRec 7.2", "lu", one.drive.serial)
            service.note(session, work.technician, lot, one.sampled.id, read)
    assert work.whys()["NEW-0003"] == why
