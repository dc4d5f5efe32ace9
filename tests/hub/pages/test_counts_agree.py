"""What the start page of a donor, the list of lots, the lot, its files and its report count: the same drives."""

import csv
import io
import json
import random
import re
import zipfile
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from hub.binders.requests import contents_of
from hub.errors import Conflict, HubError
from hub.issued.contradictions import contradictions, unanswered
from hub.lots import merging
from hub.lots.drive_account import account_of
from hub.lots.sameness import DRIVE
from hub.models import Drive, Erasure, Lot, Role
from hub.pack import pack
from hub.samples import service as samples
from hub.samples.reading import sample_of
from hub.samples.service import Read
from hub.validation.service import approve, reject
from tests.asgi import TestClient
from tests.hub.conftest import PASSWORD, URL
from tests.hub.exit_work import ExitWork
from tests.hub.sent import put

VERDICTS = ("ERASED", "ERASED", "ERASED_WITH_EXCEPTIONS", "FAILED", "UNCONFIRMED", "NOT_ERASED")
ERASED = ("erased-purge", "erased-clear")
BADGE = "erased, certificate issued"
TILE = r'<span class="figure">(\d+)</span>(?:(?!figure).)*?drives erased, with a certificate'
NEW, UNREAD = "NEW-0003", ""  # a drive that tells its bench no serial number
OPEN_TILE = r'<span class="figure">(\d+)</span>(?:(?!figure).)*?drives still to be explained'


class Walk(ExitWork):
    """Two lots of one donor with three machines, and whatever is done to them; the donor looks on."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        world.lot("LOT-2")
        world.person(Role.DONOR, donor="CAF", email="marie@caf.test")
        self.donor = TestClient(world.client.app, follow_redirects=False, base_url=URL)
        self.donor.cookies.set("etabli-lang", "en")
        answer = self.donor.post("/sign-in", data={"email": "marie@caf.test", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        self.waiting: list[str] = []

    def later(self) -> None:
        self.world.hub.clock.forward(minutes=5)

    def erasing(self, serial: str, verdict: str, lot: str, **more: Any) -> None:
        asset = {"WD-0001": "A-1", "WD-0002": "A-2"}.get(serial, "") if lot == "LOT-1" else ""
        told = {"lot": lot, "asset": asset, "serial": serial, "verdict": verdict, **more}
        self.waiting.append(put(self.bench, **(told if serial else {**told, "wwn": "5000c500ffffff02"})))
        self.later()

    def decide(self, *, well: bool) -> None:
        with self.world.hub.sessions().begin() as session:
            for run in self.waiting:
                if session.get_one(Erasure, run).lot_id is not None:
                    try:
                        (approve if well else reject)(session, self.lead, run, "vu", self.world.hub.clock())
                    except HubError:
                        session.rollback()
                        return
        self.waiting.clear()
        self.later()

    def sample(self, result: str, *codes: str) -> None:
        for code in codes or ("LOT-1", "LOT-2"):
            with self.world.hub.sessions().begin() as session:
                lot = session.query(Lot).filter_by(code=code).one()
                with suppress(Conflict):  # nothing is left to draw
                    samples.draw(session, self.lead, lot)
                for one in sample_of(session, self.lead, lot):
                    if one.reading is None:
                        read = Read(result, "PhotoRec 7.2", "lu", one.drive.serial)
                        samples.note(session, self.technician, lot, one.sampled.id, read)
        self.later()

    def merge(self, one: str, other: str) -> None:
        with self.world.hub.sessions().begin() as session:
            ids = [session.query(Drive).filter_by(serial=serial).one().id for serial in (one, other)]
            try:  # what benches saw under two good serial numbers stays two
                merging.merge(session, self.lead, DRIVE, ids[0], ids[1], reason="l'étiquette")
            except Conflict:
                return

    def classes(self, code: str) -> dict[str, str]:
        """What the account says of each drive, by drive; and that no certificate behind a class is in doubt."""
        with self.world.hub.sessions()() as session:
            lines = account_of(session, self.lead, session.query(Lot).filter_by(code=code).one())
            runs = {line.run.statement_id: line for line in lines if line.run and line.standing.explained in ERASED}
            doubted = {run: found for run, found in contradictions(session, runs).items() if unanswered(found)}
        assert not doubted, [(runs[run].drive.serial, found) for run, found in doubted.items()]
        return {line.drive.id: line.standing.explained.value for line in lines}

    def early(self, code: str) -> int:
        with self.world.hub.sessions()() as session:
            lines = account_of(session, self.lead, session.query(Lot).filter_by(code=code).one())
            return sum(line.standing.why == "earlier" for line in lines)

    def text(self, path: str) -> str:
        answer = self.donor.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def figure(self, page: str, pattern: str) -> int:
        found = re.search(pattern, page, re.DOTALL)
        assert found is not None
        return int(found[1])

    def compare(self) -> None:
        accounts = {code: self.classes(code) for code in ("LOT-1", "LOT-2")}
        erased = {one for drives in accounts.values() for one, word in drives.items() if word in ERASED}
        assert self.figure(self.text("/"), TILE) == len(erased)
        for code, drives in accounts.items():
            self.compare_lot(code, Counter(drives.values()))

    def compare_lot(self, code: str, told: Counter[str]) -> None:
        page, erased = self.text(f"/lots/{code}"), sum(told[word] for word in ERASED)
        assert (self.figure(page, TILE), self.figure(page, OPEN_TILE)) == (erased, told["open"])
        assert page.split('id="devices"')[1].count(BADGE) <= erased
        certified = re.findall(rf"/lots/{code}\".*?(\d+) of \d+ with a certificate", self.text("/lots"), re.DOTALL)
        if certified:  # a certificate of a run from before the lot is one, though it explains nothing
            assert int(certified[0]) <= erased + told["exceptions"] + self.early(code)
        rows = csv.DictReader(io.StringIO(self.text(f"/lots/{code}/drives.csv").lstrip("\ufeff")), delimiter=";")
        assert Counter(row["class"] for row in rows) == +told
        with self.world.hub.readers()() as session:  # as a page does: the log may have to be signed beside it
            lot = session.query(Lot).filter_by(code=code).one()
            with pack(session, self.lead, lot, "fr") as file, zipfile.ZipFile(file) as made:
                label = json.loads(made.read("label.json"))
            groups = Counter(one["group"] for one in contents_of(session, self.lead, lot))
        assert Counter(label["drives_now"]) == +told
        assert {word: groups[word] for word in ERASED} == {word: told[word] for word in ERASED}


@pytest.mark.parametrize("seed", range(2))
def test_whatever_was_done_every_page_and_file_counts_the_same_drives(fresh_world: Any, seed: int) -> None:
    walk, chance = Walk(fresh_world()), random.Random(seed)
    serials = ("WD-0001", NEW, UNREAD)
    for serial in serials:
        walk.erasing(serial, "ERASED", "LOT-1")
    for step in range(8):
        serial, lot = chance.choice(serials), chance.choice(("LOT-1", "LOT-1", "LOT-2", ""))
        act = chance.choice(("erase", "erase", "before", "approve", "approve", "reject", "sample", "merge"))
        if act == "erase":
            walk.erasing(serial, chance.choice(VERDICTS), lot)
        elif act == "before":
            walk.erasing(serial, "ERASED", lot, started="2026-01-02T08:00:00Z", wall_src="system")
        elif act == "sample":
            walk.sample(chance.choice(("clean", "data", "unreadable")), chance.choice(("LOT-1", "LOT-2")))
        elif act == "merge":
            walk.merge(*chance.sample(serials, 2))
        else:
            walk.decide(well=act == "approve")
        if step % 2:
            walk.compare()


@pytest.fixture
def walk(fresh_world: Any) -> Walk:
    """A certified drive of no list, for which a bench may name any lot."""
    made = Walk(fresh_world())
    made.erasing(NEW, "ERASED", "LOT-1")
    made.decide(well=True)
    return made


def test_a_drive_that_was_read_again_in_another_lot_and_not_clean_is_erased_in_neither(walk: Walk) -> None:
    walk.erasing(NEW, "ERASED", "LOT-2")
    walk.decide(well=True)
    walk.sample("data", "LOT-2")
    walk.compare()
    assert walk.figure(walk.text("/"), TILE) == 0


@pytest.mark.parametrize("lot", ["LOT-1", "LOT-2"])
def test_a_drive_that_is_one_with_another_that_was_not_clean_is_not_erased(walk: Walk, lot: str) -> None:
    walk.sample("clean")
    walk.erasing(UNREAD, "ERASED", lot)
    walk.decide(well=True)
    walk.sample("data")
    walk.merge(NEW, UNREAD)
    walk.compare()
    assert walk.figure(walk.text("/"), TILE) == 0


def test_exceptions_are_counted_as_certified_and_never_as_erased(walk: Walk) -> None:
    walk.erasing("WD-0002", "ERASED_WITH_EXCEPTIONS", "LOT-1")
    walk.decide(well=True)
    walk.compare()
    assert walk.figure(walk.text("/"), TILE) == 1


def test_a_certificate_that_was_issued_elsewhere_does_not_erase_a_drive_here(walk: Walk) -> None:
    walk.erasing("WD-0002", "ERASED", "LOT-2")
    walk.decide(well=True)
    walk.compare()


def test_a_run_from_before_the_lot_is_not_erased_in_it(walk: Walk) -> None:
    walk.erasing("WD-0002", "ERASED", "LOT-1", started="2026-01-02T08:00:00Z", wall_src="system")
    walk.decide(well=True)
    walk.compare()
    assert walk.figure(walk.text("/"), TILE) == 1


def test_the_list_of_lots_counts_no_certificate_of_a_run_from_before_its_lot(walk: Walk) -> None:
    walk.erasing("WD-0002", "ERASED", "LOT-1", started="2026-01-02T08:00:00Z", wall_src="system")
    walk.decide(well=True)
    assert walk.early("LOT-1") == 1, "the account calls it open"
    found = re.findall(r"/lots/LOT-1\".*?(\d+) of (\d+) with a certificate", walk.text("/lots"), re.DOTALL)
    assert found == [("1", found[0][1])]
