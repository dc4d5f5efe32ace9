"""What the hub learned after a certificate went out: of the drive that it names, and only what speaks against it."""

import json
import zipfile
from typing import Any

import pytest

from certificates.verdicts import Verdict
from hub.issued.contradictions import contradictions
from hub.issued.service import lookup_public
from hub.lots import late_runs, merging
from hub.lots.drive_account import line_of
from hub.lots.sameness import DRIVE
from hub.models import IssuedDocument, Role
from hub.pack import pack
from hub.returns.service import Finding, take_return
from hub.samples import service as samples
from hub.samples.service import Read
from hub.waiting import contradicted
from tests.hub.exit_work import ExitWork
from tests.hub.sent import put

NEW = "NEW-0009"  # a drive of no list: a bench may name any lot for it


class Issued(ExitWork):
    """Device A-1 of lot LOT-1 with its drive of the list and NEW, both certified; LOT-2 is of another donor."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.make_ready()
        self.device("A-1", _two_bays)
        self.run = self.erase(NEW, "A-1")
        self.approve(self.run)
        world.lot("LOT-2", donor="CHU")
        self.later()

    def later(self) -> None:
        self.world.hub.clock.forward(minutes=5)

    def again(self, verdict: str = "FAILED", lot: str = "LOT-2", **more: Any) -> str:
        self.later()
        run = put(self.bench, **{"lot": lot, "asset": "", "serial": NEW, "verdict": verdict, **more})
        self.later()
        return run

    def told(self, run: str = "") -> list[str]:
        with self.world.hub.sessions()() as session:
            found = contradictions(session, [run or self.run]).get(run or self.run, ())
        words = {"left": [one.left for one in found], "again": [one.again for one in found]}
        words["destroyed"] = [one.destroyed for one in found]
        return [
            " ".join([one.what, *(name for name, moments in words.items() if moments[place] is not None)])
            for place, one in enumerate(found)
        ]

    def waits(self) -> int:
        with self.world.hub.sessions()() as session:
            return contradicted(session, self.lead)

    def come_back(self) -> None:
        self.device("A-1", take_return, Finding("battery", ""), came_back=True)
        self.later()


def _two_bays(session: Any, person: Any, device: Any) -> None:
    from hub.devices import triage

    triage.count_bays(session, person, device, 2, 0)


@pytest.fixture
def work(world: Any) -> Issued:
    return Issued(world)


@pytest.mark.parametrize(("lot", "asset"), [("LOT-2", ""), ("", ""), ("LOT-1", "A-1")])
@pytest.mark.parametrize("verdict", ["FAILED", "UNCONFIRMED"])
def test_a_later_run_that_failed_anywhere_speaks_against_the_certificate(
    work: Issued, lot: str, asset: str, verdict: str
) -> None:
    assert (work.told(), work.waits()) == ([], 0)
    work.again(verdict, lot, asset=asset)
    assert (work.told(), work.waits()) == ([verdict], 1)


@pytest.mark.parametrize("verdict", ["ERASED", "ERASED_WITH_EXCEPTIONS", "NOT_ERASED"])
def test_a_later_run_that_did_not_fail_says_nothing(work: Issued, verdict: str) -> None:
    work.again(verdict)
    assert (work.told(), work.waits()) == ([], 0)


def test_what_the_validator_knew_stands_in_the_decision_and_is_not_told_again(work: Issued) -> None:
    run = work.erase("WD-0002", "A-2")
    put(work.world.bench("another"), lot="LOT-1", asset="A-2", serial="WD-0002", verdict="FAILED")
    work.approve(run, "le câble était débranché")
    assert (work.told(run), work.waits()) == ([], 0)


def test_a_twin_by_its_serial_number_is_another_drive(work: Issued) -> None:
    work.again(model="Another Model 500", wwn="5000c500ffffff01")
    assert (work.told(), work.waits()) == ([], 0)


def test_the_drive_that_took_its_place_is_another_drive(work: Issued) -> None:
    work.again(lot="LOT-1", asset="A-1", serial="PUT-0010")
    assert work.told() == []


def test_drives_that_people_said_to_be_one_speak_for_each_other_until_that_is_undone(work: Issued) -> None:
    work.again(serial="", wwn="5000c500ffffff02")
    assert work.told() == []
    with work.world.hub.sessions().begin() as session:
        merge = merging.merge(session, work.lead, DRIVE, work.drive_id(NEW), work.drive_id(""), reason="l'étiquette")
    assert (work.told(), work.waits()) == (["FAILED"], 1)
    with work.world.hub.sessions().begin() as session:
        merging.unmerge(session, work.lead, merge.id, "deux disques")
    assert (work.told(), work.waits()) == ([], 0)


def test_given_again_by_another_donor_and_erased_again_is_no_contradiction(work: Issued) -> None:
    work.leave("A-1")
    work.again("FAILED")
    assert (work.told(), work.waits()) == (["FAILED left"], 1)
    last = work.again("ERASED")
    assert work.told() == ["FAILED left"], "nobody has approved it yet"
    work.approve(last)
    assert (work.told(), work.waits()) == ([], 0)


def test_erased_again_in_its_own_lot_is_told_as_settled(work: Issued) -> None:
    work.again("FAILED", "LOT-1", asset="A-1")
    work.approve(work.again("ERASED", "LOT-1", asset="A-1"))
    assert (work.told(), work.waits()) == (["FAILED again"], 0)


def test_destroyed_since_by_a_record_is_told_as_settled(work: Issued) -> None:
    work.again("FAILED", "LOT-1", asset="A-1")
    work.destroy(NEW)
    assert (work.told(), work.waits()) == (["FAILED destroyed"], 0)


def test_what_is_found_in_a_device_that_left_and_came_back_is_of_a_later_use(work: Issued) -> None:
    work.leave("A-1")
    work.later()
    work.come_back()
    work.again("FAILED", "LOT-1", asset="A-1")
    assert (work.told(), work.waits()) == ([], 0)
    work.again("FAILED", "")  # loose: nobody knows that it was in the device while that was away
    assert (work.told(), work.waits()) == (["FAILED left"], 1)


def test_an_exit_without_a_return_excuses_nothing_by_itself(work: Issued) -> None:
    work.leave("A-1")
    work.again("FAILED", "LOT-1", asset="A-1")
    assert (work.told(), work.waits()) == (["FAILED left"], 1)
    work.come_back()
    assert work.told() == ["FAILED left"], "it came back after that run was made"


def test_a_drive_that_was_taken_out_before_the_exit_did_not_leave_with_its_device(work: Issued) -> None:
    work.take_drive("A-1", NEW)
    work.later()
    work.leave("A-1")
    work.again("FAILED")
    assert work.told() == ["FAILED"]


def test_a_leads_answer_silences_one_run_and_speaks_again_when_taken_back(work: Issued) -> None:
    work.leave("A-1")
    run, drive_id = work.again(), work.drive_id(NEW)

    def answer(session: Any, person: Any, lot: Any) -> Any:
        line = line_of(session, person, lot, drive_id)
        assert line is not None
        return late_runs.answer(session, person, lot, line, run, note="redonné par le CHU")

    row = work.do(answer)
    assert (work.told(), work.waits()) == ([], 0)
    work.do(late_runs.take_back, row.id, "c'était un autre")
    assert (work.told(), work.waits()) == (["FAILED left"], 1)
    work.do(answer)
    work.again("UNCONFIRMED")
    assert work.told() == ["UNCONFIRMED left"]


def sampled(work: Issued) -> dict[str, int]:
    """Every drive with a certificate is drawn: the place of each by its serial."""
    (work.world.hub.settings.data_dir / "sample.toml").write_text(
        'id = "all"\nversion = 1\nper_mille = 1000\nleast = 1'
    )
    work.do(samples.draw)
    from hub.samples.reading import sample_of

    return {line.drive.serial: line.sampled.id for line in work.do(sample_of)}


def reread(work: Issued, result: str) -> Any:
    place = sampled(work)[NEW]
    row = work.do(samples.note, place, Read(result, "PhotoRec", "trois photos", NEW), who=work.lead)
    work.later()
    return row


@pytest.mark.parametrize("result", ["data", "unreadable"])
def test_a_reading_that_was_not_clean_speaks_against_the_certificate_until_taken_back(
    work: Issued, result: str
) -> None:
    row = reread(work, result)
    assert (work.told(), work.waits()) == ([result], 1)
    work.do(samples.take_back, row.id, "mauvais disque")
    assert (work.told(), work.waits()) == ([], 0)


def test_a_clean_reading_says_nothing_and_a_newer_run_settles_one_that_was_not(work: Issued) -> None:
    row = reread(work, "clean")
    assert (work.told(), work.waits()) == ([], 0)
    work.do(samples.take_back, row.id, "relu")
    work.do(samples.note, row.sampled_id, Read("data", "PhotoRec", "trois photos", NEW), who=work.lead)
    work.later()
    work.approve(work.again("ERASED", "LOT-1", asset="A-1", wall_src="floor"))
    assert (work.told(), work.waits()) == (["data again"], 0)


def test_the_certificate_stays_byte_for_byte_and_its_own_verdict_too(work: Issued) -> None:
    def bytes_of() -> list[tuple[str, bytes, bytes]]:
        with work.world.hub.sessions()() as session:
            return [(one.lang, one.pdf, one.bundle) for one in session.query(IssuedDocument).order_by("pdf_sha256")]

    before = bytes_of()
    work.again()
    assert bytes_of() == before
    with work.world.hub.readers()() as session:
        found = lookup_public(session, work.run)
    assert found is not None
    assert found.judgement is Verdict.VALID


def test_the_evidence_pack_of_the_donor_tells_it_and_names_no_other_house(work: Issued) -> None:
    donor = work.person(Role.DONOR, donor="CAF")

    def found_later() -> Any:
        with (
            work.world.hub.readers()() as session,
            pack(session, donor, work.lot(session), "fr") as file,
            zipfile.ZipFile(file) as kept,
        ):
            assert "found-later.json" in kept.read("README.txt").decode()
            return json.loads(kept.read("found-later.json"))

    assert found_later() == []
    work.again()
    (row,) = found_later()
    assert (row["found"], row["left"], row["again"]) == ("FAILED", None, None)
    assert set(row) == {"number", "found", "at", "left", "again", "destroyed"}
    assert "CHU" not in str(row)
    assert "LOT-2" not in str(row)
