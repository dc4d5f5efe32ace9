"""What a person is told of one drive before anything happens: every method, every size, every state, in plain words."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erasure.applicability import Inapplicable
from erasure.ata.facts import AtaFacts, AtaSecurity
from erasure.drive import DriveFacts, OpalFacts
from erasure.hidden import AreaState, HiddenAreas
from erasure.journal import EntryKind, JournalEntry
from erasure.methods import METHODS
from erasure.outcome import Level, Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import load_policy
from erasure.sanitizing import SanitizeReport, SanitizeState
from station_agent.drive_sheet import sheet_document
from station_agent.drive_words import (
    OTHER_KINDS,
    method_lines,
    next_lines,
    refusal_lines,
    shortened,
    state_lines,
    step_lines,
    warning_lines,
)
from station_agent.journal import OpenRun
from station_agent.language import voice
from station_agent.planning import Surveyed

Make = Callable[..., Any]
EN, FR = voice("en", {}), voice("fr", {})
NO_CLIPS = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, 32768)
OPEN = AtaSecurity(
    supported=True, enabled=False, locked=False, frozen=False, count_expired=False, enhanced=True, maximum=False,
    normal_minutes=2, enhanced_minutes=2, master_id=0xFFFE,
)  # fmt: skip


def ata(report: SanitizeReport, **security: bool) -> AtaFacts:
    return AtaFacts(
        "DEMO HDD", "DEMO-0001", "1.0", "5000000000000001", 64, 512, 512, 7200, replace(OPEN, **security),
        sanitize_crypto=False, sanitize_block=True, sanitize_overwrite=False, sanitize_antifreeze=False,
        encrypts_all=None, sanitize_overrides_lock=None, trusted_computing=None, registers_readable=True,
        sanitize=report, hidden=NO_CLIPS, restorable=False,
    )  # fmt: skip


def drive(facts: DriveFacts, run: OpenRun | None = None) -> Surveyed:
    return Surveyed(facts.device, None, plan(facts, (), load_policy("overwrite")), run)


def on_ata(facts: DriveFacts) -> DriveFacts:
    """The same drive, on a port that takes ATA commands."""
    identity = replace(facts.device.identity, bus="ata")
    return replace(facts, device=replace(facts.device, identity=identity), commands=("scsi",))


def told(facts: DriveFacts, run: OpenRun | None = None) -> str:
    seen = drive(facts, run)
    return "\n".join([*state_lines(EN, seen), *next_lines(EN, seen)])


@pytest.fixture
def facts(make_facts: Make) -> DriveFacts:
    made: DriveFacts = make_facts()
    return replace(made, ata=ata(SanitizeReport(SanitizeState.IDLE)))


@pytest.fixture
def commanded(make_context: Make) -> OpenRun:
    entries = (JournalEntry("a" * 32, EntryKind.INTENT), JournalEntry("a" * 32, EntryKind.COMMANDED))
    return OpenRun("a" * 32, "2026-11-21T09:00:00Z", make_context(), entries)


def test_every_method_is_listed_once_for_a_planned_a_refused_and_an_unopened_drive(facts: DriveFacts) -> None:
    shut = Reason(ReasonCode.READ_ONLY, "sda is read-only")
    for outcome in (plan(facts, (), load_policy("overwrite")), plan(facts, (shut,), load_policy("overwrite"))):
        listed = sheet_document(Surveyed(facts.device, None, outcome))["methods"]
        assert [row["id"] for row in listed] == [row.id for row in METHODS]
        assert all(row["planned"] or row["reason"]["detail"] for row in listed)
    unopened = sheet_document(Surveyed(facts.device, None, Refusal(None, (Reason(ReasonCode.IN_USE, "sdb1"),))))
    assert {row["reason"]["detail"] for row in unopened["methods"]} == {"not examined"}
    assert (unopened["examined"], unopened["hidden"]) == (False, None)


@pytest.mark.parametrize(
    ("speech", "words"), [(EN, "not examined, the drive was not opened"), (FR, "non examiné, le disque")]
)
def test_a_drive_that_was_not_opened_is_not_examined(facts: DriveFacts, speech: Any, words: str) -> None:
    (line,) = method_lines(speech, Surveyed(facts.device, None, Refusal(None, (Reason(ReasonCode.IN_USE, "x"),))))
    assert words in line
    assert "nvme.sanitize.block/crypto/overwrite" in line


def test_methods_with_one_reason_share_one_line(facts: DriveFacts) -> None:
    reason = Reason(ReasonCode.UNSUPPORTED, "the drive announces no block erase")
    rows = (*(Inapplicable(row.id, reason) for row in METHODS if row.id != "overwrite.zeros"),)
    lines = method_lines(EN, Surveyed(facts.device, None, Refusal(facts, (reason,), rows)))
    assert len(lines) == 2
    assert lines[0].endswith(": the drive announces no block erase")


def test_ids_that_begin_alike_are_written_once() -> None:
    names = ["ata.sanitize.block", "ata.sanitize.crypto", "overwrite.zeros"]
    assert shortened(names) == "ata.sanitize.block/crypto, overwrite.zeros"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SanitizeReport(SanitizeState.SUCCEEDED), "it is not ours and proves nothing here"),
        (SanitizeReport(SanitizeState.FAILED), "one that failed was found"),
        (SanitizeReport(SanitizeState.FROZEN), "frozen; switch the drive off and on"),
        (SanitizeReport(SanitizeState.UNKNOWN), "no readable answer"),
        (SanitizeReport(SanitizeState.RUNNING, "block", 32768), "one runs on this drive (block 50 %); it is not ours"),
        (SanitizeReport(SanitizeState.RUNNING), "(? %)"),
    ],
)
def test_the_sanitize_state_that_was_found_is_told(facts: DriveFacts, state: SanitizeReport, words: str) -> None:
    assert words in told(replace(facts, ata=ata(state)))


def test_a_sanitize_of_an_open_run_is_told_as_ours(facts: DriveFacts, commanded: OpenRun) -> None:
    running = replace(facts, ata=ata(SanitizeReport(SanitizeState.RUNNING, "block", 65536)))
    assert "the one that this bench started runs (block 100 %)" in told(running, commanded)
    assert "the drive was told to erase itself (overwrite.keystream)" in told(running, commanded)
    document = sheet_document(drive(running, commanded))
    assert (document["sanitize"]["ours"], document["sanitize"]["percent"]) == (True, 100)
    assert document["open_run"]["state"] == "INTERRUPTED"


def test_an_idle_drive_without_clips_says_nothing_that_is_not_needed(facts: DriveFacts) -> None:
    assert told(facts) == ""


@pytest.mark.parametrize(
    ("security", "words"),
    [
        ({"frozen": True}, "`etabli-station unfreeze`"),
        ({"locked": True}, "`etabli-station unlock sim:sda --confirm DEMO-0001`"),
        ({"enabled": True}, "a password is set"),
        ({"count_expired": True}, "no more password attempts"),
    ],
)
def test_each_state_of_security_comes_with_its_remedy(facts: DriveFacts, security: dict[str, bool], words: str) -> None:
    assert words in told(replace(facts, ata=ata(SanitizeReport(SanitizeState.IDLE), **security)))


def test_a_locked_opal_drive_asks_for_the_psid(facts: DriveFacts) -> None:
    assert "--psid PSID" in told(replace(facts, opal=OpalFacts(True, True, True, 0)))


def test_the_ledger_names_every_size_and_unknown_is_not_none(facts: DriveFacts) -> None:
    clip = HiddenAreas(AreaState.PRESENT, AreaState.UNKNOWN, AreaState.NONE, 10**12, 2 * 10**12, 32768, "DCO is frozen")
    line = told(replace(facts, hidden=clip))
    assert "HPA present, DCO unknown, AMA none" in line
    assert "native 1 TB, DCO 2 TB, the drive itself says 32.8 kB" in line
    assert line.endswith("(DCO is frozen)")


def test_what_comes_first_is_said_in_order(facts: DriveFacts) -> None:
    planned = plan(facts, (), load_policy("overwrite"))
    assert isinstance(planned, ErasurePlan)
    lines = step_lines(EN, replace(planned, restore=True, before=("opal.psid-revert", "ata.sanitize.crypto")))
    assert ["hidden areas" in lines[0], "opal.psid-revert" in lines[1], "ata.sanitize.crypto" in lines[2]] == [True] * 3
    (followed,) = step_lines(EN, replace(planned, adopt=True))
    assert "nothing is started" in followed
    assert planned.level is Level.CLEAR


def test_what_decides_a_refusal_is_not_that_methods_are_for_other_kinds_of_drives(facts: DriveFacts) -> None:
    locked = replace(on_ata(facts), ata=ata(SanitizeReport(SanitizeState.IDLE), locked=True))
    seen = Surveyed(facts.device, None, plan(locked, (), load_policy("purge-preferred")))
    lines = refusal_lines(EN, seen)
    assert lines == [
        "  - the drive is locked with a password",
        "  - reads and writes are refused until the drive is unlocked",
    ]
    assert method_lines(EN, seen)[-1] == "  - other families (nvme, scsi, emmc, opal): not for this kind of drive"


def test_a_drive_on_which_nothing_works_says_so_in_one_line(facts: DriveFacts) -> None:
    seen = Surveyed(facts.device, None, plan(replace(facts, ata=None), (), load_policy("purge-required")))
    assert refusal_lines(EN, seen) == ["  - no method of the policy works on this drive"]
    assert any("`--policy purge-preferred`" in line for line in next_lines(EN, seen))


def test_what_protects_a_drive_always_decides(facts: DriveFacts) -> None:
    mounted = Reason(ReasonCode.IN_USE, "mounted on /srv (sda1)")
    seen = Surveyed(facts.device, None, plan(facts, (mounted,), load_policy("purge-preferred")))
    assert refusal_lines(EN, seen) == ["  - it is in use (mounted on /srv (sda1))"]
    assert next_lines(EN, seen)[0].startswith("  > Unmount or detach")


def test_an_open_run_whose_drive_was_not_told_to_erase_itself_yet_is_no_share_written(
    facts: DriveFacts, make_context: Make
) -> None:
    context = replace(make_context(), method="nvme.sanitize.block")
    planted = JournalEntry("a" * 32, EntryKind.PLANTED, {})
    run = OpenRun("a" * 32, "2026-11-21T09:00:00Z", context, (planted,))
    lines = state_lines(EN, Surveyed(facts.device, None, plan(facts, (), load_policy("overwrite")), run))
    assert lines[0].startswith("  open run: begun, the drive was not told to erase itself yet (nvme.sanitize.block)")


def test_an_erase_that_needs_consent_and_would_earn_more_is_offered_with_its_risk(facts: DriveFacts) -> None:
    able = on_ata(replace(facts, ata=replace(ata(SanitizeReport(SanitizeState.IDLE)), sanitize_block=False)))
    seen = Surveyed(able.device, None, plan(able, (), load_policy("purge-preferred")))
    (line,) = next_lines(EN, seen)
    assert "`--allow ata.security.enhanced`" in line
    assert "stays locked until `etabli-station unlock`" in line


def test_the_words_of_other_kinds_are_those_of_the_engine(facts: DriveFacts, make_facts: Make) -> None:
    plain = plan(make_facts(), (), load_policy("purge-required"))
    told = {other.reason.detail for other in plain.inapplicable}
    assert told & set(OTHER_KINDS) == told - {"policy purge-required requires Purge, this earns Clear"}


def test_what_is_known_of_a_model_is_shown_with_its_source(facts: DriveFacts) -> None:
    planned = plan(facts, (), load_policy("overwrite"))
    assert isinstance(planned, ErasurePlan)
    device = replace(facts.device, identity=replace(facts.device.identity, model="SAMSUNG MZVLV256", bus="nvme"))
    seen = Surveyed(device, None, replace(planned, method="nvme.sanitize.block"))
    (line,) = warning_lines(EN, seen)
    assert "suspend and wake" in line
    assert line.endswith("(https://github.com/linux-nvme/nvme-cli/issues/84)")
    assert sheet_document(seen)["warnings"][0]["effect"] == "host-blocked"
