"""Taking back and replacing: what was found of a drive since is never silenced, and two leads at once do it once."""

import json
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hub.derive.reading import rebuild
from hub.devices.service import timeline
from hub.errors import Conflict, Forbidden, HubError
from hub.lots import merging
from hub.lots.donation import drive_rows
from hub.lots.drive_account import line_of
from hub.lots.sameness import DRIVE
from hub.lots.service import import_list
from hub.models import Certificate, Device, Person, Role
from hub.pack import pack
from hub.recalled import CertificateRecall, Superseded
from hub.validation import recalling
from hub.waiting import recalls_asked_for, waiting
from tests.hub.sent import put
from tests.hub.test_contradictions import NEW, Issued

NOTE = "le nom du donateur était faux"


class Recalled(Issued):
    """As there, and a second bench and a second lead."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.other = self.person(Role.LEAD, "sacha@hub.test")
        self.beside = world.bench("another")

    def fail_elsewhere(self, **named: Any) -> None:
        self.later()
        put(self.beside, **{"lot": "LOT-1", "asset": "A-1", "serial": NEW, "verdict": "FAILED", **named})
        self.later()

    def numbers(self) -> list[str]:
        with self.world.hub.sessions()() as session:
            query = session.query(Certificate).filter_by(erasure_id=self.run).order_by(Certificate.number)
            return [one.number for one in query]

    def certificate(self) -> str:
        with self.world.hub.sessions()() as session:
            query = session.query(Certificate).filter_by(erasure_id=self.run).order_by(Certificate.number.desc())
            found: str = query.first().id  # type: ignore[union-attr]
            return found

    def ask(self, why: str, who: Person | None = None) -> CertificateRecall:
        certificate, now = self.certificate(), self.world.hub.clock()
        with self.world.hub.sessions().begin() as session:
            return recalling.ask(session, who or self.lead, certificate, now, why=why, note=NOTE)

    def agree(self) -> CertificateRecall:
        certificate, now = self.certificate(), self.world.hub.clock()
        with self.world.hub.sessions().begin() as session:
            return recalling.agree(session, self.other, certificate, now)

    def explained(self) -> str:
        drive_id = self.drive_id(NEW)
        with self.world.hub.sessions()() as session:
            line = line_of(session, self.lead, self.lot(session), drive_id)
            assert line is not None
            return line.standing.explained.value

    def device_of_certificate(self) -> str | None:
        with self.world.hub.sessions()() as session:
            return session.query(Certificate).filter_by(erasure_id=self.run).one().device_id

    def two_people(self) -> None:
        hub = self.world.hub
        object.__setattr__(hub, "settings", replace(hub.settings, two_people=True))


@pytest.fixture
def work(world: Any) -> Recalled:
    return Recalled(world)


def found_on_another(work: Recalled) -> None:
    """A drive that people said to be the same one failed."""
    work.fail_elsewhere(serial="", wwn="5000c500ffffff02", lot="LOT-2", asset="")
    one, other = work.drive_id(NEW), work.drive_id("")
    with work.world.hub.sessions().begin() as session:
        merging.merge(session, work.lead, DRIVE, one, other, reason="l'étiquette")


@pytest.mark.parametrize("find", [Recalled.fail_elsewhere, found_on_another])
@pytest.mark.parametrize("why", ["corrected", "reissued"])
def test_a_certificate_is_not_replaced_where_something_was_found_since(
    work: Recalled, find: Callable[[Recalled], None], why: str
) -> None:
    find(work)
    assert work.told() == ["FAILED"]
    with pytest.raises(Conflict, match="take the certificate back"):
        work.ask(why)
    assert (work.told(), work.explained(), len(work.numbers())) == (["FAILED"], "open", 1)
    work.ask("contradicted")
    assert (work.explained(), len(work.numbers())) == ("open", 1)


def test_nor_where_it_was_found_after_somebody_asked(work: Recalled) -> None:
    work.two_people()
    work.ask("corrected")
    work.fail_elsewhere()
    with pytest.raises(Conflict, match="take the certificate back"):
        work.agree()
    assert (work.told(), work.explained(), len(work.numbers())) == (["FAILED"], "open", 1)


def test_a_drive_that_came_back_and_failed_is_not_called_erased_by_a_new_paper(work: Recalled) -> None:
    work.leave("A-1")
    work.come_back()
    work.fail_elsewhere()
    assert (work.told(), work.explained()) == ([], "open"), "the account is stricter than what is told of certificates"
    with pytest.raises(Conflict, match="take the certificate back"):
        work.ask("corrected")
    assert work.explained() == "open"


def test_what_is_settled_hinders_nobody(work: Recalled) -> None:
    work.fail_elsewhere()
    work.approve(work.again("ERASED", "LOT-1", asset="A-1"))
    assert work.told() == ["FAILED again"]
    assert work.ask("corrected").agreed is not None
    assert len(work.numbers()) == 2


def test_what_failed_on_a_drive_that_is_the_same_one_is_a_doubt_about_its_run(work: Recalled) -> None:
    found_on_another(work)
    certificate = work.certificate()
    with work.world.hub.sessions()() as session:
        found = recalling.doubts_of(session, session.get_one(Certificate, certificate))
    assert found == ("a later run of this drive ended as FAILED",)


def test_whoever_replaces_is_told_what_the_word_answers(work: Recalled) -> None:
    work.fail_elsewhere(verdict="NOT_ERASED")
    certificate = work.certificate()
    with work.world.hub.sessions()() as session:
        found = recalling.doubts_of(session, session.get_one(Certificate, certificate))
    assert found == ("a later run of this drive ended as NOT_ERASED",)


def both(work: Recalled, *acts: Callable[[Session], object]) -> list[str]:
    """What came of two acts at one moment; on SQLite the one waits at the door of the other."""
    came, gate = list[str](), threading.Barrier(len(acts))

    def one(act: Callable[[Session], object]) -> None:
        try:
            with work.world.hub.sessions().begin() as session:
                if session.get_bind().dialect.name == "postgresql":
                    session.connection()
                gate.wait(timeout=30)
                act(session)
            came.append("done")
        except HubError as error:
            came.append(error.code)

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(came)


def test_two_leads_who_replace_at_once_make_one_new_certificate(work: Recalled) -> None:
    old, now = work.certificate(), work.world.hub.clock()
    acts = [
        lambda session, who=who: recalling.ask(session, who, old, now, why="corrected", note=NOTE)
        for who in (work.lead, work.other)
    ]
    assert both(work, *acts) == ["conflict", "done"]
    with work.world.hub.sessions()() as session:
        assert session.query(Superseded).count() == 1
    assert len(work.numbers()) == 2


def test_a_request_is_agreed_to_or_withdrawn_and_never_both(work: Recalled) -> None:
    work.two_people()
    work.ask("withdrawn")
    asked, now = work.certificate(), work.world.hub.clock()
    came = both(
        work,
        lambda session: recalling.agree(session, work.other, asked, now),
        lambda session: recalling.withdraw(session, work.lead, asked, now),
    )
    assert len(came) == 2
    assert "done" in came
    assert came != ["done", "done"]
    with work.world.hub.sessions()() as session:
        row = session.query(CertificateRecall).one()
        assert bool(row.agreed) is not bool(row.withdrawn)
        assert session.query(Superseded).count() == bool(row.agreed)


def test_a_second_lead_finds_the_request_among_what_waits(work: Recalled) -> None:
    work.two_people()
    asked = work.ask("corrected")
    with work.world.hub.sessions()() as session:
        found = recalls_asked_for(session, work.other)
        assert [(one.id, paper.number) for one, paper in found] == [(asked.id, "ETB-2026-000002")]
        assert {one.kind: one.count for one in waiting(session, work.other)}["recalls"] == 1
        with pytest.raises(Forbidden):
            recalls_asked_for(session, work.technician)
    work.agree()
    with work.world.hub.sessions()() as session:
        assert recalls_asked_for(session, work.other) == ()


def test_a_device_that_is_known_later_is_that_of_its_taken_back_certificate_too(work: Recalled) -> None:
    work.run = work.erase("WD-0009")
    work.approve(work.run)
    work.ask("withdrawn")
    assert work.device_of_certificate() is None
    with work.world.hub.sessions().begin() as session:
        import_list(session, work.lot(session), "asset;drive serial\nA-9;WD-0009\n", work.lead)
    device = work.device_of_certificate()
    assert device is not None
    with work.world.hub.sessions().begin() as session:
        rebuild(session)
    assert work.device_of_certificate() == device


def test_what_the_donor_takes_home_names_what_was_taken_back(work: Recalled) -> None:
    old = work.certificate()
    work.ask("withdrawn")
    rows = {row["serial"]: row for row in work.do(drive_rows)}
    assert (rows[NEW]["certificate"], rows[NEW]["certificate_not_counted"]) == ("", old)
    with (
        work.world.hub.readers()() as session,
        pack(session, work.lead, work.lot(session), "fr") as file,
        zipfile.ZipFile(file) as kept,
    ):
        told, names = json.loads(kept.read("found-later.json")), kept.namelist()
    assert [(one["number"], one["found"]) for one in told] == [("ETB-2026-000002", "taken-back")]
    assert not [name for name in names if "ETB-2026-000002" in name]


def test_the_story_of_a_device_goes_on_after_its_certificate_was_taken_back(work: Recalled) -> None:
    work.ask("withdrawn")
    with work.world.hub.sessions()() as session:
        device = session.query(Device).filter_by(asset="A-1").one()
        kinds = [one.kind for one in timeline(session, device) if one.word == "ETB-2026-000002"]
    assert kinds == ["overtaken", "recalled"]
