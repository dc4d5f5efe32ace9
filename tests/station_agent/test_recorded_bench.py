"""A recording boots a bench: `disks` and `plan` see the recorded drive, and `erase` refuses it without a trace."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.clearance import Confirmation, authorize
from erasure.facts import read_facts
from erasure.outcome import ReasonCode, VerdictWord
from erasure.plan import ErasurePlan, plan
from erasure.policy import load_policy
from erasure.run import run as run_on
from erasure.simulated import SimulatedBlockDrive, load_bench
from tests.erasure.simulated_bench import PERSON, RUN_ID, FakeClock, MemoryJournal
from tests.last_document import last_document

Run = Callable[..., tuple[int, str, str]]
LIVE = 'schema = "etabli.bench-file/1"\nname = "live"\n[[drives]]\nname = "sda"\nfixture = "drives/{}"\n'
REPLAY = 'schema = "etabli.bench-file/1"\nname = "replay"\n[[drives]]\nname = "sda"\nfixture = "recording"\n'
DRIVES = (
    "sas-ssd-sanitize",
    "ata-hdd-hpa",
    "ata-ssd-frozen",
    "nvme-sanitize-all",
    "usb-sata-sat",
    "emmc-boot-partitions",
)
TOLD = ("model", "firmware", "bus", "size_bytes", "health", "erasable", "methods", "security", "sizes")


def recorded(run: Run, folder: Path, name: str = "sas-ssd-sanitize") -> Path:
    """Record a drive, scrubbed, and give a bench file beside the recording."""
    (folder / "live.toml").write_text(LIVE.format(name), encoding="utf-8")
    status, _, complaint = run("record", "sda", folder / "recording", "--scrub", "--bench", folder / "live.toml")
    assert (status, complaint) == (0, "")
    (folder / "replay.toml").write_text(REPLAY, encoding="utf-8")
    return folder / "replay.toml"


def told(run: Run, command: tuple[str, ...], file: Path) -> dict[str, Any]:
    _, out, _ = run(*command, "--bench", file, "--json")
    [drive] = last_document(out)["drives"]
    return dict(drive)


@pytest.mark.world
@pytest.mark.parametrize("name", DRIVES)
def test_a_scrubbed_recording_shows_the_drive_and_its_plan(run: Run, tmp_path: Path, name: str) -> None:
    replay, live = recorded(run, tmp_path, name), tmp_path / "live.toml"
    shown, real = told(run, ("disks",), replay), told(run, ("disks",), live)
    assert {key: shown.get(key) for key in TOLD} == {key: real.get(key) for key in TOLD}
    assert shown["serial"] != real["serial"]
    planned, wanted = (told(run, ("plan", "sda"), file) for file in (replay, live))
    assert {key for key in planned if planned[key] != wanted[key]} <= {"serial", "wwn", "confirm"}


@pytest.mark.world
def test_erase_refuses_a_recording_and_states_nothing(run: Run, tmp_path: Path) -> None:
    replay = recorded(run, tmp_path)
    serial = told(run, ("disks",), replay)["serial"]
    status, out, complaint = run("erase", "sda", "--confirm", serial, "--bench", replay)
    assert (status, out) == (30, "")
    assert "Nothing was erased: sim:sda is a recording." in complaint
    _, out, _ = run("outbox", "--json")
    assert sum(json.loads(out)["counts"].values()) == 0


@pytest.mark.world
def test_the_engine_refuses_a_recording_too(run: Run, tmp_path: Path) -> None:
    bench = load_bench(recorded(run, tmp_path), tmp_path / "work")
    journal = MemoryJournal()
    with SimulatedBlockDrive(bench.drives[0], bench.backing("sda"), FakeClock()) as port:
        facts = read_facts(port)
        planned = plan(facts, (), load_policy("purge-preferred"))
        assert isinstance(planned, ErasurePlan)
        report = run_on(
            port,
            authorize(facts, planned, (), Confirmation(PERSON, facts.device.identity.serial)),
            journal,
            run_id=RUN_ID,
            clock=FakeClock(),
            random_bytes=bytes,
            report=lambda event: None,
        )
        with pytest.raises(PermissionError):
            port.pwrite(memoryview(bytes(512)), 0)
    assert (report.verdict, report.reasons[0].code) == (VerdictWord.NOT_ERASED, ReasonCode.UNSUPPORTED)
    assert journal.entries == []


@pytest.mark.world
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('transcript = "lost.jsonl"\n', "lost.jsonl"),
        ('transcript = "drive.toml"\n', "line 1 of the transcript"),
        ("[drives.scsi]\n", "a recording answers for the drive"),
        ('[[drives.faults]]\nkind = "bad-flush"\n', "a recording answers for the drive"),
    ],
)
def test_a_recording_that_cannot_answer_is_a_wrong_call(run: Run, tmp_path: Path, line: str, words: str) -> None:
    replay = recorded(run, tmp_path)
    replay.write_text(REPLAY + line, encoding="utf-8")
    status, out, complaint = run("disks", "--bench", replay)
    assert (status, out) == (2, "")
    assert words in complaint
