"""INV-11, S2-5: reports of other programs are stored first, matched by serial, and count only by a decision."""

from typing import Any

import pytest

from hub.accounted import LotClosing
from hub.errors import BadInput, Conflict, Forbidden, NotFound, TooLarge
from hub.foreign import WipeReportFile
from hub.imported import deciding, keeping
from hub.lots import explaining
from hub.lots.account import Explained
from hub.models import AuditEntry, Role
from tests.hub.foreign_reports import blancco, nwipe_log, nwipe_pdf, serial_entry
from tests.hub.lot_work import LotWork

WHY = "rapport de l'atelier partenaire"


@pytest.fixture
def work(world: Any) -> LotWork:
    found = LotWork(world)
    found.receive()
    return found


def give(work: LotWork, data: bytes, *, of_lot: bool = True, who: Any = None) -> int:
    with work.world.hub.sessions().begin() as session:
        row = keeping.keep(session, who or work.technician, work.lot(session) if of_lot else None, data)
        number = row.id
    with work.world.hub.sessions().begin() as session:
        keeping.read(session, session.get(WipeReportFile, number))
    return number


def lines(work: LotWork, report: int) -> tuple[keeping.ReportLine, ...]:
    with work.world.hub.sessions()() as session:
        return keeping.lines_of(session, work.lead, keeping.report_for(session, work.lead, report))


def accept(work: LotWork, report: int, at: int = 0, who: Any = None, **changed: Any) -> Any:
    line = lines(work, report)[at]
    drive = line.drives[0].id if line.drives else "none"
    named = {"drive_id": drive, "reason": WHY, "timely": False, **changed}
    with work.world.hub.sessions().begin() as session:
        return deciding.accept(session, who or work.lead, report, line.line.id, **named)


def test_s2_5_a_report_enters_the_account_by_a_validators_word_as_a_class_of_its_own(work: LotWork) -> None:
    report = give(work, nwipe_log())
    assert [one.drives[0].serial for one in lines(work, report)] == ["WD-0001", "WD-0002"]
    assert set(work.standings().values()) == {"open"}
    with pytest.raises(Forbidden):
        accept(work, report, who=work.technician)
    record = accept(work, report)
    assert work.standings() == {"WD-0001": "imported", "WD-0002": "open"}
    assert record.reference.startswith("nwipe 0.36, LOG, signature not checked, SHA-256 ")
    assert record.note == WHY
    assert Explained.IMPORTED not in {Explained.ERASED_PURGE, Explained.ERASED_CLEAR, Explained.EXCEPTIONS}
    work.do(explaining.withdraw, record.id, "mauvais disque")
    assert set(work.standings().values()) == {"open"}
    accept(work, report)
    assert work.standings()["WD-0001"] == "imported"


def test_imported_evidence_prints_with_its_source_and_never_among_the_erased(work: LotWork) -> None:
    accept(work, give(work, nwipe_pdf()))
    work.approve(work.erase("WD-0002", "A-2"))
    for asset in ("A-1", "A-2"):
        work.sort(asset)
    assert work.blocks() == []
    work.close()
    with work.world.hub.sessions()() as session:
        document = session.query(LotClosing).one().document
    assert '"imported":1' in document.replace(" ", "")
    assert '"erased-clear":1' in document.replace(" ", "")
    assert "nwipe 0.36, PDF, signature not checked" in document


@pytest.mark.parametrize(
    "data",
    [
        nwipe_log(status="-FAILED-"),
        nwipe_log(status="        "),
        nwipe_pdf({"*Bytes Erased:": "0, (0.0%)", "Serial:": "WD-0002"}),
        blancco({"serial": serial_entry("WD-0002"), "state": "Successful with warnings"}),
    ],
)
def test_what_is_no_whole_success_cannot_be_let_in(work: LotWork, data: bytes) -> None:
    report = give(work, data)
    with pytest.raises(Conflict, match="does not say"):
        accept(work, report, at=len(lines(work, report)) - 1)
    assert work.standings()["WD-0002"] == "open"


def test_inv_11_an_unreadable_report_is_kept_and_queued(work: LotWork) -> None:
    report = give(work, b"\x00\x01 no report")
    with work.world.hub.sessions()() as session:
        row = keeping.report_for(session, work.lead, report)
        assert (row.content, row.state, row.trouble) == (b"\x00\x01 no report", "unreadable", "text")
    assert lines(work, report) == ()


def test_inv_12_the_same_bytes_are_the_report_that_is_there(work: LotWork) -> None:
    first, second = give(work, nwipe_log()), give(work, nwipe_log())
    general = give(work, nwipe_log(), of_lot=False)
    assert first == second != general
    assert len(lines(work, first)) == 2
    with work.world.hub.sessions()() as session:
        assert session.query(AuditEntry).filter_by(action="report.keep").count() == 2


def test_unmatched_lines_wait_until_a_drive_is_known_and_fillers_never_match(work: LotWork) -> None:
    report = give(work, nwipe_log(serial="WD-7777"), of_lot=False)
    assert [len(one.drives) for one in lines(work, report)] == [1, 0]
    work.erase("wd-7777", "A-1")
    assert [len(one.drives) for one in lines(work, report)] == [1, 1]
    with pytest.raises(NotFound):
        accept(work, give(work, nwipe_log(serial="0000")), at=1)


def test_a_report_of_a_lot_names_drives_of_that_lot_only(work: LotWork) -> None:
    work.world.lot("LOT-2", "CHU")
    with work.world.hub.sessions().begin() as session:
        from hub.lots.service import import_list
        from hub.models import Lot

        other = session.query(Lot).filter_by(code="LOT-2").one()
        import_list(session, other, "drive serial\nWD-9999\n", work.lead)
    assert [len(one.drives) for one in lines(work, give(work, nwipe_log(serial="WD-9999")))] == [1, 0]
    assert [len(one.drives) for one in lines(work, give(work, nwipe_log(serial="WD-9999"), of_lot=False))] == [1, 1]


def test_inv_7_a_wipe_from_before_the_lot_needs_somebody_who_stands_for_it(work: LotWork) -> None:
    early = blancco({"serial": serial_entry("WD-0001"), "start": "2019-01-01 10:00:00"})
    untold = blancco({"serial": serial_entry("WD-0002"), "start": "yesterday"}).replace(b"2026-11-21 09:00:00", b"then")
    for data, serial in ((early, "WD-0001"), (untold, "WD-0002")):
        report = give(work, data)
        with pytest.raises(BadInput, match="own clock"):
            accept(work, report)
        accept(work, report, timely=True)
        assert work.standings()[serial] == "imported"


def test_a_run_of_ours_takes_the_place_of_a_report_and_a_later_failure_contradicts_it(work: LotWork) -> None:
    report = give(work, nwipe_log())
    accept(work, report)
    accept(work, report, at=1)
    work.world.hub.clock.forward(hours=1)
    work.approve(work.erase("WD-0001", "A-1"))
    work.erase("WD-0002", "A-2", verdict="FAILED")
    assert work.standings() == {"WD-0001": "erased-clear", "WD-0002": "open"}
    assert work.whys()["WD-0002"] == "contradicted"
    with pytest.raises(Conflict):
        accept(work, give(work, nwipe_pdf()))


def test_a_decision_has_a_reason_is_taken_once_and_cannot_come_by_another_way(work: LotWork) -> None:
    report = give(work, nwipe_log())
    for reason in ("", "   ", "\u200b"):
        with pytest.raises(BadInput, match="reason"):
            accept(work, report, reason=reason)
    with pytest.raises(NotFound):
        accept(work, report, drive_id=work.drive_id("WD-0002"))
    with pytest.raises(BadInput):
        work.say("WD-0001", "imported", note="by hand")
    accept(work, report)
    with pytest.raises(Conflict):
        accept(work, report)
    with work.world.hub.sessions().begin() as session:
        line = lines(work, report)[1].line.id
        deciding.set_aside(session, work.lead, report, line, "autre disque")
    assert [one.decision.word for one in lines(work, report) if one.decision] == ["accepted", "set-aside"]


def test_a_donor_sees_no_report_and_sizes_have_an_end(work: LotWork) -> None:
    report, donor = give(work, nwipe_log()), work.person(Role.DONOR, donor="CAF")
    with work.world.hub.sessions()() as session:
        assert keeping.reports(session, donor) == ()
        for act in (
            lambda: keeping.report_for(session, donor, report),
            lambda: keeping.line_for(session, donor, report, 1),
            lambda: keeping.keep(session, donor, None, b"x"),
        ):
            with pytest.raises((NotFound, Forbidden)):
                act()
        with pytest.raises(TooLarge):
            keeping.keep(session, work.lead, None, b"x" * (keeping.MOST_BYTES + 1))
        with pytest.raises(BadInput):
            keeping.keep(session, work.lead, None, b"")
