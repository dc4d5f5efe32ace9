"""`record`: a fixture of a drive that boots as the same drive, and that names nobody when it is scrubbed."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from erasure.drive import BlockDevice
from erasure.facts import differences, read_facts
from erasure.simulated import load_bench
from erasure.simulated.replay import read_transcript, replayed_commands
from erasure.transport.ports import BlockPort, CommandPorts
from erasure.transport.recorder import with_commands
from station_agent import recording
from station_agent.app import main
from station_agent.bench import Bench, simulated_bench
from station_agent.errors import RecordingFailed, UsageError
from station_agent.recording import keep, record_drive
from tests.erasure.spoken_drives import (
    DESIGNATORS,
    IDENTIFY,
    SERIAL,
    UNIT_SERIAL,
    WWN,
    identify_device,
    pairs_swapped,
    spoken_disk,
)

Run = Callable[..., tuple[int, str, str]]
BENCH = f"""
schema = "etabli.bench-file/1"
name = "test"

[[drives]]
name = "sda"
bus = "ata"
model = "DEMO HDD RECORDED"
serial = "{SERIAL}"
wwn = "{WWN}"
firmware = "82.0"
size_bytes = 1048576
smartctl = "health.json"
"""
HEALTH = {
    "device": {"name": "/dev/sda"},
    "model_name": "DEMO HDD RECORDED",
    "serial_number": SERIAL,
    "wwn": {"naa": 5, "oui": 0x14EE, "id": 0x25F3A9C71},
    "logical_unit_id": f"0x{WWN.upper()}",
}


@pytest.fixture
def bench_file(tmp_path: Path) -> Path:
    (tmp_path / "health.json").write_text(json.dumps(HEALTH), "utf-8")
    file = tmp_path / "bench.toml"
    file.write_text(BENCH, "utf-8")
    return file


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ETABLI_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ETABLI_LANG", "en")

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return int(end.value.code or 0), captured.out, captured.err

    return call


@pytest.fixture
def speaking(bench_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench whose drive answers commands, read by readers that send some."""
    bench = simulated_bench(bench_file, tmp_path / "work")

    def reader(device: BlockDevice) -> BlockPort:
        return with_commands(bench.opener(device), spoken_disk)

    def asking(port: BlockPort) -> Any:
        listen(port.commands())
        return read_facts(port)

    monkeypatch.setattr(recording, "read_facts", asking)
    return replace(bench, reader=reader)


def listen(ports: CommandPorts) -> list[Any]:
    """Ask what the readers of facts ask first."""
    assert ports.scsi is not None
    assert ports.opal is not None
    heard = [ports.scsi.command(cdb, timeout_ms=9, data_in=n) for cdb, n in ((IDENTIFY, 512), (UNIT_SERIAL, 255))]
    return [*heard, ports.scsi.command(DESIGNATORS, timeout_ms=9, data_in=255), ports.opal.status()]


def byte_strings(folder: Path) -> list[bytes]:
    """Every file, and everything that stands in one in hexadecimal."""
    found = [path.read_bytes() for path in folder.iterdir()]
    for line in (folder / "transcript.jsonl").read_text("utf-8").splitlines():
        document = json.loads(line)
        texts = [document.get("cdb", ""), document.get("data_out", "")]
        reply = document.get("reply")
        texts += [reply["data"], reply["sense"]] if isinstance(reply, dict) else []
        found += [bytes.fromhex(text) for text in texts]
    return found


def recognisable(data: bytes) -> bool:
    """Say whether the serial number or the world-wide name can be read in it in any way: not the scrubber's code."""
    names = [SERIAL.encode(), SERIAL.lower().encode(), SERIAL[::-1].encode(), bytes.fromhex(WWN)]
    names += [bytes.fromhex(WWN)[::-1], WWN.encode(), WWN.upper().encode(), str(0x25F3A9C71).encode()]
    names += [name.hex().encode() for name in names]
    views = (data, pairs_swapped(data), data[:1] + pairs_swapped(data[1:]))
    return any(name in view for name in names for view in views)


def test_no_form_of_the_serial_or_of_the_world_wide_name_is_left_in_any_file(speaking: Bench, tmp_path: Path) -> None:
    [device] = speaking.enumerate_disks()
    plain, clean = tmp_path / "plain", tmp_path / "clean"
    keep(plain, record_drive(speaking, device, None).files)
    keep(clean, record_drive(speaking, device, Random(1).randbytes).files)
    assert sorted(path.name for path in clean.iterdir()) == ["drive.toml", "smartctl.json", "transcript.jsonl"]
    assert sum(recognisable(data) for data in byte_strings(plain)) >= 6
    assert not any(recognisable(data) for data in byte_strings(clean))


def test_a_scrubbed_drive_is_the_same_drive_under_another_name(speaking: Bench, tmp_path: Path) -> None:
    [device] = speaking.enumerate_disks()
    keep(tmp_path / "clean", record_drive(speaking, device, Random(2).randbytes).files)
    drive = tomllib.loads((tmp_path / "clean/drive.toml").read_text("utf-8"))
    health = json.loads((tmp_path / "clean/smartctl.json").read_text("utf-8"))
    heard = listen(replayed_commands(read_transcript(tmp_path / "clean/transcript.jsonl")))
    identify = heard[0].data
    assert pairs_swapped(identify[20:40]).decode().strip() == drive["serial"] == health["serial_number"]
    assert pairs_swapped(identify[216:224]).hex() == drive["wwn"]
    assert health["logical_unit_id"].lower() == f"0x{drive['wwn']}"
    assert drive["serial"].startswith("DEMO-")
    assert len(drive["serial"]) == len(SERIAL)
    assert sum(identify) % 256 == 0
    assert identify[46:216] == identify_device()[46:216]
    assert heard[3] == 0x0D


def test_the_replay_of_an_unscrubbed_recording_answers_byte_for_byte(speaking: Bench, tmp_path: Path) -> None:
    [device] = speaking.enumerate_disks()
    keep(tmp_path / "plain", record_drive(speaking, device, None).files)
    assert listen(replayed_commands(read_transcript(tmp_path / "plain/transcript.jsonl"))) == listen(spoken_disk())


def test_nothing_is_written_when_a_name_would_be_left(speaking: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    [device] = speaking.enumerate_disks()
    monkeypatch.setattr("erasure.scrubbing.Scrubber.scrub_text", lambda self, text: text)
    with pytest.raises(RecordingFailed, match="nothing was written"):
        record_drive(speaking, device, Random(3).randbytes)


def test_a_drive_that_changes_its_serial_meanwhile_is_scrubbed_of_both(speaking: Bench) -> None:
    [device] = speaking.enumerate_disks()
    earlier = replace(device, identity=replace(device.identity, serial="WD-OTHER77Q1"))
    asked = replace(speaking, smart=lambda device: {"serial_number": device.identity.serial})
    files = record_drive(asked, earlier, Random(5).randbytes).files
    assert not any(recognisable(text.encode()) or "OTHER77Q1" in text for text in files.values())


@pytest.mark.world
def test_the_recorded_drive_boots_as_the_same_drive(run: Run, bench_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    status, out, err = run("record", "sda", folder, "--bench", bench_file, "--json")
    told = json.loads(out)
    assert (status, told["schema"], told["scrubbed"]) == (0, "etabli.record/1", False)
    assert told["files"] == ["drive.toml", "transcript.jsonl", "smartctl.json"]
    assert "--scrub" in err
    again = tmp_path / "again.toml"
    again.write_text('schema = "etabli.bench-file/1"\n[[drives]]\nname = "sda"\nfixture = "recorded"\n', "utf-8")
    first, second = load_bench(bench_file, tmp_path / "one"), load_bench(again, tmp_path / "two")
    with first.opener(first.devices[0]) as port, second.opener(second.devices[0]) as copy:
        assert differences(read_facts(port), read_facts(copy)) == ()
    assert second.smartctl("sda") == folder / "smartctl.json"


@pytest.mark.world
def test_recording_writes_nothing_to_the_drive(run: Run, bench_file: Path, tmp_path: Path) -> None:
    run("plan", "sda", "--bench", bench_file)
    image = next((tmp_path / "state").rglob("sda.img"))
    before = (image.read_bytes(), image.stat().st_mtime_ns)
    assert run("record", "sda", tmp_path / "new", "--scrub", "--bench", bench_file)[0] == 0
    assert (image.read_bytes(), image.stat().st_mtime_ns) == before


@pytest.mark.world
def test_a_folder_in_use_is_refused_and_left_as_it_is(run: Run, bench_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "drive.toml").write_text("mine", "utf-8")
    status, out, err = run("record", "sda", folder, "--bench", bench_file, "--lang", "fr")
    assert (status, out) == (2, "")
    assert "n'est pas vide" in err
    assert [path.read_text("utf-8") for path in folder.iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        keep(tmp_path / "file" / "below", {"drive.toml": ""})


def test_a_drive_that_leaves_while_it_is_recorded_is_a_sentence(speaking: Bench) -> None:
    [device] = speaking.enumerate_disks()

    def reader(asked: BlockDevice) -> BlockPort:
        raise OSError(19, "No such device")

    with pytest.raises(RecordingFailed, match="sim:sda cannot be recorded: No such device"):
        record_drive(replace(speaking, reader=reader), device, None)


def test_a_bus_that_no_fixture_knows_is_a_sentence(speaking: Bench) -> None:
    [device] = speaking.enumerate_disks()
    loop = replace(device, identity=replace(device.identity, bus="loop"))
    with pytest.raises(RecordingFailed, match="no fixture knows the bus loop"):
        record_drive(speaking, loop, None)


def test_a_name_too_short_to_be_found_cannot_be_scrubbed(speaking: Bench) -> None:
    [device] = speaking.enumerate_disks()
    short = replace(device, identity=replace(device.identity, serial="A1"))
    with pytest.raises(RecordingFailed, match="cannot be replaced"):
        record_drive(speaking, short, Random(4).randbytes)
