"""The recorder writes down what went by and changes nothing; the replay answers that, and nothing else."""

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.announcement import harmless_only
from erasure.errors import NotAnnounced
from erasure.facts import read_facts
from erasure.simulated import Contents, load_bench
from erasure.simulated.bench import FIXTURES
from erasure.simulated.port import SimulatedOpener
from erasure.simulated.replay import load_transcript, replayed, replayed_commands
from erasure.transport.ports import CommandPorts, MmcCommand, NvmeCommand, ScsiReply
from erasure.transport.recorder import Recording, recorded, recorded_commands, transcript_text
from tests.erasure.spoken_drives import (
    BROKEN,
    DESIGNATORS,
    IDENTIFY,
    UNIT_SERIAL,
    SpokenMmc,
    identify_device,
    spoken_disk,
    spoken_nvme,
)

SANITIZE = bytes.fromhex("850720001200004272004500 6b40b400")  # BLOCK ERASE EXT
HEAD = '{"schema": "etabli.transcript/1", "ports": ["scsi"]}\n'
BENCHES = sorted((FIXTURES / "benches").glob("*.toml"))


def written(*wrapped: CommandPorts) -> tuple[Recording, list[CommandPorts]]:
    recording = Recording()
    return recording, [recorded_commands(ports, recording) for ports in wrapped]


def again(recording: Recording) -> CommandPorts:
    return replayed_commands(load_transcript(transcript_text(recording.lines)))


def identify(ports: CommandPorts, data_in: int = 512) -> ScsiReply:
    assert ports.scsi is not None
    return ports.scsi.command(IDENTIFY, timeout_ms=1000, data_in=data_in)


def test_the_recorder_hands_on_the_same_answer_and_writes_it_down() -> None:
    recording, [ports] = written(spoken_disk())
    assert identify(ports) == identify(spoken_disk())
    assert recording.lines[0] == {"schema": "etabli.transcript/1", "ports": ["scsi", "opal"]}
    assert recording.lines[1]["cdb"] == IDENTIFY.hex()
    assert bytes.fromhex(recording.lines[1]["reply"]["data"]) == identify_device()


def test_the_replay_of_every_kind_of_port_answers_what_was_recorded() -> None:
    recording, [disk] = written(spoken_disk())
    assert disk.opal is not None
    before = (identify(disk), disk.opal.status())
    after = again(recording)
    assert after.opal is not None
    assert (identify(after), after.opal.status()) == before
    recording, [drive] = written(spoken_nvme())
    assert drive.nvme is not None
    told = [drive.nvme.admin(NvmeCommand(6, 1, cdw10=n), timeout_ms=9, data_in=4096) for n in (0, 1, 3, 5)]
    assert drive.nvme.namespace_id() == 1
    copy = again(recording).nvme
    assert copy is not None
    assert [copy.admin(NvmeCommand(6, 1, cdw10=n), timeout_ms=9, data_in=4096) for n in (0, 1, 3, 5)] == told
    assert copy.namespace_id() == 1
    recording, [card] = written(CommandPorts(mmc=SpokenMmc()))
    assert card.mmc is not None
    reply = card.mmc.command(MmcCommand(8, 0, 0xB5), timeout_ms=9, data_in=512)
    same = again(recording).mmc
    assert same is not None
    assert same.command(MmcCommand(8, 0, 0xB5), timeout_ms=9, data_in=512) == reply


@pytest.mark.parametrize(("cdb", "data_in"), [(DESIGNATORS, 255), (IDENTIFY, 511), (IDENTIFY[:-1] + b"\1", 512)])
def test_a_command_that_was_not_recorded_is_refused_and_never_answered(cdb: bytes, data_in: int) -> None:
    recording, [ports] = written(spoken_disk())
    identify(ports)
    scsi = again(recording).scsi
    assert scsi is not None
    with pytest.raises(OSError, match="not in the transcript") as refused:
        scsi.command(cdb, timeout_ms=1000, data_in=data_in)
    assert refused.value.errno == errno.ENOTTY


def test_an_error_is_recorded_and_raised_again() -> None:
    recording, [ports] = written(CommandPorts(scsi=spoken_disk().scsi))
    assert ports.scsi is not None
    with pytest.raises(OSError, match="Input/output error"):
        ports.scsi.command(BROKEN, timeout_ms=1000, data_in=255)
    copy = again(recording).scsi
    assert copy is not None
    with pytest.raises(OSError, match="Input/output error") as error:
        copy.command(BROKEN, timeout_ms=1000, data_in=255)
    assert error.value.errno == errno.EIO


def test_answers_come_in_their_order_and_the_last_harmless_one_stays() -> None:
    recording, [first] = written(spoken_disk())
    assert first.scsi is not None
    first.scsi.command(UNIT_SERIAL, timeout_ms=1, data_in=255)
    changed = replace_data(recording.lines[-1], b"another")
    recording.lines.append(changed)
    scsi = again(recording).scsi
    assert scsi is not None
    seen = [scsi.command(UNIT_SERIAL, timeout_ms=1, data_in=255).data for _ in range(3)]
    assert seen[0] != b"another"
    assert seen[1:] == [b"another", b"another"]


def replace_data(line: dict[str, Any], data: bytes) -> dict[str, Any]:
    return {**line, "reply": {**line["reply"], "data": data.hex()}}


def test_a_destructive_command_is_answered_as_often_as_it_was_recorded() -> None:
    reply = {"status": 0, "host_status": 0, "driver_status": 0, "info": 0, "resid": 0, "duration_ms": 1}
    line = {"port": "scsi", "cdb": SANITIZE.hex(), "data_out": "", "data_in": 0}
    text = HEAD + json.dumps({**line, "reply": {**reply, "sense": "", "data": ""}}) + "\n"
    scsi = replayed_commands(load_transcript(text)).scsi
    assert scsi is not None
    assert scsi.command(SANITIZE, timeout_ms=1).status == 0
    with pytest.raises(OSError, match="not in the transcript"):
        scsi.command(SANITIZE, timeout_ms=1)


def test_what_the_guard_stops_is_neither_sent_nor_recorded() -> None:
    disk = spoken_disk()
    recording, [ports] = written(disk)
    guarded = harmless_only(ports).scsi
    assert guarded is not None
    with pytest.raises(NotAnnounced):
        guarded.command(SANITIZE, timeout_ms=1)
    assert recording.lines[1:] == []
    assert disk.scsi is not None
    assert disk.scsi.asked == []  # type: ignore[attr-defined]


def test_a_psid_is_never_written_down() -> None:
    recording, [ports] = written(spoken_disk())
    assert ports.opal is not None
    assert ports.opal.psid_revert(b"VERYSECRETPSIDVERYSECRETPSID0000") == 1
    assert "SECRET" not in transcript_text(recording.lines)
    assert b"SECRET".hex() not in transcript_text(recording.lines)


@pytest.mark.parametrize("bench", BENCHES, ids=lambda path: path.stem)
def test_a_recorded_simulated_drive_replays_to_the_same_facts(bench: Path, tmp_path: Path) -> None:
    loaded = load_bench(bench, tmp_path)
    for drive in loaded.drives:
        plain = replace(drive, contents=Contents.ZEROS, faults=())
        opener = SimulatedOpener((plain,), tmp_path / "drives")
        recording = Recording()
        with recorded(opener(plain.sighting()), recording) as port:
            heard = read_facts(port)
        with replayed(opener(plain.sighting()), load_transcript(transcript_text(recording.lines))) as port:
            assert read_facts(port) == heard, drive.name
            assert port.commands().scsi is None or heard.commands


@given(st.text())
def test_a_file_that_is_no_transcript_is_named_as_such(text: str) -> None:
    with pytest.raises(ValueError, match="transcript"):
        load_transcript(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("ff"),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"port": JSON | st.just("scsi")}, optional=dict.fromkeys(("reply", "errno", "call", "cdb"), JSON)
    )
)
def test_a_malformed_line_is_named_or_can_be_answered(line: dict[str, Any]) -> None:
    try:
        answers = load_transcript(HEAD + json.dumps(line))
    except ValueError as error:
        assert str(error).startswith("line 2 of the transcript")  # noqa: PT017
    else:
        assert "errno" in line or "call" in line
        assert len(answers.kept) == 1
