"""Every hardware fixture, recorded and scrubbed, is read as the same drive: only its names are others."""

from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any

import pytest

from erasure.facts import read_facts
from erasure.simulated.bench import FIXTURES
from erasure.simulated.replay import load_transcript, replayed
from station_agent.bench import simulated_bench
from station_agent.recording import record_drive

DRIVES = sorted(path.name for path in (FIXTURES / "drives").iterdir() if (path / "drive.toml").exists())
NAMES = frozenset({"serial", "wwn", "subnqn", "nguid", "eui64", "raw"})  # and the bytes in which they stand
MOVING = frozenset({"progress", "detail"})  # of a sanitize that goes on between two readings
BENCH = 'schema = "etabli.bench-file/1"\n[[drives]]\nname = "sda"\nfixture = "drives/{0}"\ncontents = "zeros"\n'


def without_names(value: Any) -> Any:
    """Give decoded facts as plain values, without the members that name one drive."""
    if isinstance(value, tuple):
        return tuple(without_names(item) for item in value)
    if not hasattr(value, "__dataclass_fields__"):
        return value
    return {
        member.name: without_names(getattr(value, member.name))
        for member in fields(value)
        if member.name not in NAMES | MOVING
    }


@pytest.mark.parametrize("name", DRIVES)
def test_a_scrubbed_recording_is_read_as_the_same_drive(name: str, tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(BENCH.format(name), "utf-8")
    bench = simulated_bench(file, tmp_path / "work")
    device = bench.enumerate_disks()[0]
    made = record_drive(bench, device, Random(name).randbytes)
    serial = device.identity.serial
    assert not any(serial in text or serial.encode().hex() in text for text in made.files.values())
    with bench.reader(device) as port:
        plain = read_facts(port)
        again = read_facts(replayed(port, load_transcript(made.files["transcript.jsonl"])))
    assert plain.commands == again.commands == made.ways
    for part in ("ata", "nvme", "scsi", "mmc", "opal", "hidden"):
        assert without_names(getattr(again, part)) == without_names(getattr(plain, part))
