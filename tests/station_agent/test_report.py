"""The report of a run lets an auditor replay it: what was kept is shown, and what was not checked is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erasure.journal import EntryKind, JournalEntry
from erasure.outcome import Level, Verification
from erasure.transcript import facts_document
from station_agent.errors import UsageError
from station_agent.language import voice
from station_agent.run_course import MOST, course_lines, shown
from station_agent.run_record import RunRecord, record_of, runs_of
from station_agent.run_report import report_lines
from station_agent.station import Station

RUN = "a" * 32
KEY = "5a" * 32
EN, FR = voice("en", {}), voice("fr", {})
Make = Callable[..., Any]
STATUS = "85 07 20 00 00 00 00 00 00 00 00 00 00 40 b4 00"
BLOCK_ERASE = "85 07 20 00 12 00 00 42 72 00 45 00 6b 40 b4 00"
RUNS = "7201001d0000000e090c0100400000f8002400004050"
ASKED = {"port": "scsi", "cdb": STATUS}
ANSWERED = {"status": 2, "host_status": 0, "driver_status": 8, "info": 1, "resid": 0, "sense": RUNS, "data": ""}
ITEMS = (
    {
        "what": "PLANTED",
        "data": {"method": "ata.sanitize.block", "planted": 64, "lost": 1, "fingerprints": [[0, 1, "x"]]},
    },
    {"what": "COMMANDED", "data": {"method": "ata.sanitize.block", "command": BLOCK_ERASE}},
    {"what": "command", "data": {"asked": ASKED, "answered": ANSWERED, "ms": 12, "times": 7}},
    {"what": "OBSERVED", "data": {"method": "ata.sanitize.block", "state": "running", "detail": "655"}},
    {"what": "from-a-later-version", "data": {"moon": "full"}},
)


@pytest.fixture
def closed(station: Station, make_report: Make, make_context: Make, make_facts: Make) -> RunRecord:
    others = [
        {"method": "ata.sanitize.crypto", "code": "UNSUPPORTED", "detail": "the drive announces no crypto scramble"}
    ]
    context = make_context(method="ata.sanitize.block", others=others)
    station.journal.open_run(RUN, context)
    station.journal.record(JournalEntry(RUN, EntryKind.INTENT, {"key": KEY, "method": "ata.sanitize.block"}))
    station.journal.record(JournalEntry(RUN, EntryKind.COMMANDED, {"method": "ata.sanitize.block", "command": "b4h"}))
    evidence = ({"what": "facts", "data": facts_document(make_facts())}, *ITEMS)
    seen = Verification("canaries", "canaries", "b" * 64, "", 65, 0, 0)
    done = make_report(evidence=evidence, verification=seen, level=Level.PURGE)
    done = replace(done, method_requested="ata.sanitize.block", method_achieved="ata.sanitize.block")
    station.journal.close_run(done, context)
    return record_of(station.store, RUN)


def test_everything_that_was_kept_is_shown_in_order(closed: RunRecord) -> None:
    told = "\n".join(report_lines(EN, closed))
    for words in (
        "ata.sanitize.crypto: the drive announces no crypto scramble",
        "64 marks written and read back, 1 old contents noted, 1 marks lost",
        "at 12 ms, 7 times: ATA SANITIZE STATUS EXT",
        f"cdb={STATUS} port=scsi",
        "-> STATUS 50h ERROR 00h COUNT 4000h LBA 0000000024f8h: running",
        "ATA SANITIZE BLOCK ERASE EXT",
        "ata.sanitize.block: running 655",
        "from-a-later-version",
        "moon = full",
        "65 places with a mark or a noted old content looked at again: 0 still as before, 0 unreadable",
        "Rule: not one mark",
        "HPA none, DCO none, AMA none",
        "on 65 marks and old contents that are gone",
    ):
        assert words in told
    places = [told.index(words) for words in ("facts read before", "marks on the drive", "announced", "sent", "seen")]
    assert places == sorted(places)


def test_an_announced_command_carries_the_time_of_its_journal_entry(closed: RunRecord) -> None:
    (line,) = [line for line in course_lines(EN, closed.timed()) if "announced" in line]
    assert "2026-11-21T10:00:00Z" in line


def test_what_was_not_checked_has_its_own_heading(closed: RunRecord) -> None:
    lines = report_lines(EN, closed)
    after = lines[lines.index("Not checked") + 1 : lines.index("Verdict")]
    assert any("no mark and no old content" in line for line in after)


def test_the_key_of_a_run_is_in_no_form_of_its_report(closed: RunRecord) -> None:
    assert KEY not in json.dumps(closed.to_document())
    assert KEY not in "\n".join(report_lines(EN, closed))
    assert closed.journal[0]["data"]["key_sha256"]


def test_every_heading_is_said_in_french(closed: RunRecord) -> None:
    told = "\n".join(report_lines(FR, closed))
    assert "Non contrôlé" in told
    assert "Not checked" not in told


def test_french_words_are_letters_and_hostile_ones_are_not(closed: RunRecord) -> None:
    item = {"what": "PLANTED", "data": {"planted": 1, "lost": 0, "fingerprints": [], "method": "\x1b[31mrouge"}}
    told = "\n".join([*report_lines(FR, closed), *course_lines(FR, (("", item),))])
    assert "marques écrites et relues" in told
    assert "method = \\x1B[31mrouge" in told
    assert "\x1b" not in told
    assert "\\xC3" not in told


def test_an_open_run_is_reported_without_a_verdict(station: Station, make_context: Make) -> None:
    station.journal.open_run(RUN, make_context())
    station.journal.record(JournalEntry(RUN, EntryKind.INTENT, {"key": KEY}))
    record = record_of(station.store, RUN)
    assert (record.open, record.statement) == (True, None)
    assert "the drive counts as not erased" in "\n".join(report_lines(EN, record))


def test_evidence_that_was_changed_is_not_shown_as_what_was_signed(station: Station, closed: RunRecord) -> None:
    assert closed.evidence_found
    with station.store.transaction() as connection:
        connection.execute("UPDATE evidence SET transcript = ?", (b"[]",))
    record = record_of(station.store, RUN)
    assert not record.evidence_found
    assert "what is shown is the journal" in "\n".join(report_lines(EN, record))


def test_runs_are_found_by_their_drive_and_by_no_other(station: Station, closed: RunRecord) -> None:
    known = closed.context.facts.device.identity
    assert runs_of(station.store, known) == (closed.run_id,)
    assert runs_of(station.store, replace(known, model="OTHER")) == ()
    assert runs_of(station.store, replace(known, serial="OTHER")) == ()
    with pytest.raises(UsageError, match="no run"):
        record_of(station.store, "b" * 32)


def test_a_long_value_is_cut_with_a_visible_mark() -> None:
    assert shown(EN, "x" * (MOST + 7)).endswith(" [.. 7]")


@pytest.mark.parametrize("what", ["PLANTED", "command", "facts", "VERIFIED", "SMART", "CHECKPOINT"])
def test_an_item_with_other_members_is_shown_plainly(what: str) -> None:
    lines = course_lines(EN, (("", {"what": what, "data": {"odd": "value"}}),))
    assert any("odd = value" in line for line in lines)
