"""Journal, statement, outbox and chain head move together, or not at all."""

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from certificates.errors import SigningRefused
from certificates.keys import SigningKey
from erasure.errors import JournalError
from erasure.journal import EntryKind, JournalEntry
from erasure.report import ErasureReport
from station_agent.errors import ChainLocked, KeyLost
from station_agent.reconcile import abandon, open_run_of, reconcile, shares_a_run
from station_agent.run_context import RunContext
from station_agent.run_record import runs_of
from station_agent.signing import GENESIS
from station_agent.station import Station

RUN = "a" * 32
Make = Callable[..., Any]


def payload_of(envelope: bytes) -> dict[str, Any]:
    return dict(json.loads(b64decode(json.loads(envelope)["payload"])))


def begin(station: Station, make_context: Make, run_id: str = RUN) -> RunContext:
    context: RunContext = make_context()
    station.journal.open_run(run_id, context)
    station.journal.record(JournalEntry(run_id, EntryKind.INTENT, {"key": "00" * 32}))
    return context


def test_an_entry_is_on_disk_when_record_returns(
    station: Station, make_context: Make, open_bench_at: Make, tmp_path: Path
) -> None:
    begin(station, make_context)
    station.journal.record(JournalEntry(RUN, EntryKind.CHECKPOINT, {"offset": 4096, "bad": []}))
    station.close()
    again = open_bench_at(tmp_path / "state")
    assert [entry.kind for entry in again.journal.entries(RUN)] == [EntryKind.INTENT, EntryKind.CHECKPOINT]


def test_an_entry_that_cannot_be_kept_is_a_journal_error(station: Station) -> None:
    with pytest.raises(JournalError):
        station.journal.record(JournalEntry("f" * 32, EntryKind.INTENT, {}))


def test_closing_writes_verdict_statement_outbox_row_and_head(
    station: Station, make_report: Make, make_context: Make
) -> None:
    context = begin(station, make_context)
    signed = station.journal.close_run(make_report(), context)
    assert station.journal.entries(RUN)[-1].kind is EntryKind.CLOSED
    assert [row.id for row in station.outbox.rows()] == [signed.id]
    assert (station.chain.head().seq, station.chain.head().id) == (1, signed.id)
    assert station.journal.open_runs() == ()
    assert payload_of(signed.envelope)["result"]["verdict"] == "ERASED"


def test_a_statement_that_cannot_be_signed_leaves_the_run_open(
    station: Station, make_report: Make, make_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = begin(station, make_context)

    def refuse(self: SigningKey, payload: dict[str, Any]) -> None:
        raise SigningRefused("the key is away")

    monkeypatch.setattr(SigningKey, "sign_statement", refuse)
    with pytest.raises(SigningRefused):
        station.journal.close_run(make_report(), context)
    assert [run.run_id for run in station.journal.open_runs()] == [RUN]
    assert EntryKind.CLOSED not in [entry.kind for entry in station.journal.entries(RUN)]
    assert station.outbox.rows() == ()


def test_statements_are_chained_by_seq_and_prev(station: Station, state_runs: Make) -> None:
    first, second, third = state_runs(station, 3)
    payloads = [payload_of(waiting.envelope) for waiting in station.outbox.waiting(station.chain.kid, 10)]
    assert [payload["seq"] for payload in payloads] == [1, 2, 3]
    assert [payload["prev"] for payload in payloads] == [GENESIS, first, second]
    assert station.chain.head().id == third


def test_closing_twice_gives_the_same_statement(station: Station, make_report: Make, make_context: Make) -> None:
    context = begin(station, make_context)
    first = station.journal.close_run(make_report(), context)
    assert station.journal.close_run(make_report(duration_ms=77), context) == first
    assert len(station.outbox.rows()) == 1


def test_the_transcript_is_kept_under_the_hash_that_was_signed(
    station: Station, make_report: Make, make_context: Make
) -> None:
    signed = station.journal.close_run(make_report(), begin(station, make_context))
    kept = station.store.rows("SELECT sha256 FROM evidence")[0]["sha256"]
    assert payload_of(signed.envelope)["evidence_sha256"] == kept


def test_a_locked_chain_signs_nothing_more(station: Station, make_report: Make, make_context: Make) -> None:
    context = begin(station, make_context)
    station.chain.lock("hub: statement 9, stick: 3")
    with pytest.raises(ChainLocked, match="statement 9"):
        station.journal.close_run(make_report(), context)
    assert len(station.journal.open_runs()) == 1


def test_a_run_without_intent_is_forgotten_because_nothing_was_done(station: Station, make_context: Make) -> None:
    station.journal.open_run(RUN, make_context())
    assert reconcile(station.journal) == ()
    assert station.journal.open_runs() == ()


def test_a_run_with_intent_is_interrupted_and_found_by_its_drive(station: Station, make_context: Make) -> None:
    context = begin(station, make_context)
    (run,) = reconcile(station.journal)
    assert open_run_of(context.facts.device, (run,)) == run


@pytest.mark.parametrize("change", [{"serial": "OTHER"}, {"model": "OTHER"}, {"wwn": "1"}, {"serial": " "}])
def test_another_drive_never_takes_up_an_interrupted_run(
    station: Station, make_context: Make, make_facts: Make, change: dict[str, str]
) -> None:
    begin(station, make_context)
    assert open_run_of(make_facts(**change).device, reconcile(station.journal)) is None


@pytest.mark.parametrize(
    ("change", "beside"),
    [({"wwn": "1"}, True), ({"wwn": "1", "size": 4096}, True), ({"serial": "OTHER"}, False), ({"serial": " "}, False)],
)
def test_another_namespace_of_a_drive_is_beside_its_open_run(
    station: Station, make_context: Make, make_facts: Make, change: dict[str, Any], *, beside: bool
) -> None:
    begin(station, make_context)
    assert shares_a_run(make_facts(**change).device, reconcile(station.journal)) == beside


WHOLE = "BENCH SATA DISK OF QEMU"
NAMES = {"cut": {"model": WHOLE[:15]}, "own": {"model": WHOLE, "source": "identify"}}


@pytest.mark.parametrize(("before", "now"), [("cut", "own"), ("own", "cut"), ("own", "own"), ("cut", "cut")])
def test_a_run_is_found_by_the_cut_name_of_its_drive_and_by_its_own(
    station: Station, make_context: Make, make_facts: Make, before: str, now: str
) -> None:
    facts = make_facts(bus="ata", **NAMES[before])
    station.journal.open_run(RUN, make_context(facts=facts))
    station.journal.record(JournalEntry(RUN, EntryKind.INTENT, {}))
    (run,) = reconcile(station.journal)
    assert open_run_of(make_facts(bus="ata", **NAMES[now]).device, (run,)) == run
    assert runs_of(station.store, make_facts(bus="ata", **NAMES[now]).device.identity) == (RUN,)


@pytest.mark.parametrize(
    "other",
    [
        {"model": "BENCH SATA DISX AND MORE"},
        {"model": WHOLE, "serial": "OTHER"},
        {"model": WHOLE, "wwn": "1"},
        {"model": WHOLE, "bus": "usb"},
    ],
)
def test_a_cut_name_never_fits_another_drive(
    station: Station, make_context: Make, make_facts: Make, other: dict[str, str]
) -> None:
    station.journal.open_run(RUN, make_context(facts=make_facts(bus="ata", **NAMES["cut"])))
    station.journal.record(JournalEntry(RUN, EntryKind.INTENT, {}))
    named = make_facts(**{"bus": "ata", "source": "identify", **other})
    assert open_run_of(named.device, reconcile(station.journal)) is None


def test_another_capacity_never_takes_up_an_interrupted_run(
    station: Station, make_context: Make, make_facts: Make
) -> None:
    begin(station, make_context)
    assert open_run_of(make_facts(size=1024).device, reconcile(station.journal)) is None


def test_a_blank_serial_matches_nothing_not_even_itself(station: Station, make_context: Make, make_facts: Make) -> None:
    blank = make_facts(serial="")
    station.journal.open_run(RUN, make_context(facts=blank))
    station.journal.record(JournalEntry(RUN, EntryKind.INTENT, {}))
    assert open_run_of(blank.device, reconcile(station.journal)) is None


def test_a_run_that_is_given_up_is_stated_as_failed_without_its_key(
    station: Station, make_context: Make, clock: Any
) -> None:
    begin(station, make_context)
    station.journal.record(JournalEntry(RUN, EntryKind.CHECKPOINT, {"offset": 8192, "bad": [[3, 2]]}))
    (run,) = reconcile(station.journal)
    payload = payload_of(abandon(station.journal, run, clock).envelope)
    assert payload["result"]["verdict"] == "FAILED"
    assert payload["result"]["reasons"][0]["code"] == "OPERATOR"
    assert payload["bad"]["write"] == [[3, 2]]
    assert payload["phases"][0]["bytes"] == 8192
    assert b"00" * 32 not in bytes(station.store.rows("SELECT transcript FROM evidence")[0]["transcript"])
    assert reconcile(station.journal) == ()


def test_the_context_of_a_run_survives_its_journey_through_the_file(make_context: Make, make_facts: Make) -> None:
    context = make_context(machine={"serial": "M"}, lot="LOT É")
    assert RunContext.from_document(json.loads(json.dumps(context.to_document()))) == context


def test_a_production_key_states_no_simulated_drive(
    tmp_path: Path, open_bench_at: Make, make_report: Make, make_context: Make
) -> None:
    real = open_bench_at(tmp_path / "real", demo=False)
    context = begin(real, make_context)
    with pytest.raises(SigningRefused):
        real.journal.close_run(make_report(), context)
    report: ErasureReport = make_report()
    assert real.journal.close_run(replace(report, simulated=False), context).seq == 1


def test_the_key_file_is_kept_and_readable_by_its_owner_only(tmp_path: Path, open_bench_at: Make) -> None:
    first = open_bench_at(tmp_path / "state")
    kid = first.chain.kid
    first.close()
    assert (tmp_path / "state" / "station.key").stat().st_mode & 0o777 == 0o600
    assert open_bench_at(tmp_path / "state").chain.kid == kid


def test_a_bench_that_lost_its_key_gets_no_other_one_in_silence(
    tmp_path: Path, open_bench_at: Make, state_runs: Make
) -> None:
    first = open_bench_at(tmp_path)
    state_runs(first, 1)
    first.close()
    (tmp_path / "station.key").unlink()
    with pytest.raises(KeyLost, match=r"station\.key"):
        open_bench_at(tmp_path)
    assert not (tmp_path / "station.key").exists()


def test_of_a_row_of_checkpoints_only_the_last_is_kept(station: Station, make_context: Make) -> None:
    begin(station, make_context)
    for offset in (512, 1024, 1536):
        station.journal.record(
            JournalEntry(RUN, EntryKind.CHECKPOINT, {"phase": "write", "offset": offset, "bad": [[0, 1]]})
        )
    (run,) = station.journal.open_runs()
    assert [entry.kind for entry in run.entries] == [EntryKind.INTENT, EntryKind.CHECKPOINT]
    assert run.offset == 1536


def test_a_run_that_is_given_up_states_what_its_verification_found(station: Station, make_context: Make) -> None:
    begin(station, make_context)
    for kind, data in (
        (EntryKind.WRITTEN, {"phase": "write", "offset": 32768, "bad": [[1, 1]], "failures": []}),
        (EntryKind.FOUND, {"unreadable": [[5, 2]], "mismatch": []}),
        (EntryKind.FOUND, {"unreadable": [], "mismatch": [[9, 1]]}),
    ):
        station.journal.record(JournalEntry(RUN, kind, data))
    (run,) = station.journal.open_runs()
    stated = payload_of(abandon(station.journal, run, station.clock).envelope)["bad"]
    assert (stated["write"], stated["read"], stated["mismatch"]) == ([[1, 1]], [[5, 2]], [[9, 1]])


DESTRUCTIVE = set(EntryKind) - {EntryKind.FOUND, EntryKind.VERIFIED, EntryKind.CLOSED}


@pytest.mark.parametrize("kind", sorted(DESTRUCTIVE))
def test_whatever_may_have_reached_the_drive_keeps_its_run_open(
    station: Station, make_context: Make, kind: EntryKind
) -> None:
    station.journal.open_run(RUN, make_context())
    station.journal.record(JournalEntry(RUN, kind, {}))
    assert [run.run_id for run in reconcile(station.journal)] == [RUN]


def test_an_erase_by_the_drive_itself_that_is_given_up_is_unconfirmed(
    station: Station, make_context: Make, clock: Any
) -> None:
    begin(station, make_context)
    station.journal.record(JournalEntry(RUN, EntryKind.COMMANDED, {"method": "ata.sanitize.block", "command": "b4h"}))
    (run,) = reconcile(station.journal)
    payload = payload_of(abandon(station.journal, run, clock).envelope)
    assert payload["result"]["verdict"] == "UNCONFIRMED"
    assert [reason["code"] for reason in payload["result"]["reasons"]] == ["STATUS_UNREADABLE"]


@pytest.mark.parametrize(
    ("asked", "sizes"),
    [
        ({"method": "scsi.restore", "command": "55 10"}, {65536: True, 131072: True, 1024: False}),
        ({"method": "ata.restore", "command": "37", "native_bytes": 65536}, {65536: True, 131072: False}),
        ({"method": "scsi.sanitize.block", "command": "48"}, {65536: False}),
    ],
)
def test_a_bench_that_died_while_a_drive_grew_knows_it_again(
    station: Station, make_context: Make, make_facts: Make, asked: dict[str, Any], sizes: dict[int, bool]
) -> None:
    begin(station, make_context)
    station.journal.record(JournalEntry(RUN, EntryKind.COMMANDED, asked))
    (run,) = reconcile(station.journal)
    assert {size: open_run_of(make_facts(size=size).device, (run,)) == run for size in sizes} == sizes


def test_a_drive_that_shows_its_hidden_area_again_is_the_same_drive(
    station: Station, make_context: Make, make_facts: Make
) -> None:
    begin(station, make_context)
    grown = make_facts(size=65536).device
    assert open_run_of(grown, reconcile(station.journal)) is None
    station.journal.record(JournalEntry(RUN, EntryKind.POWER_CYCLE, {"native_bytes": 65536, "boot_id": "b"}))
    (run,) = reconcile(station.journal)
    assert open_run_of(grown, (run,)) == run
    assert open_run_of(make_facts(size=131072).device, (run,)) is None
    assert run.waits_for_power
    station.journal.record(JournalEntry(RUN, EntryKind.RESUMED, {}))
    assert not reconcile(station.journal)[0].waits_for_power
