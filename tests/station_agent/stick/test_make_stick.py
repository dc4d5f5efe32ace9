"""`etabli-station make-stick` refuses every disk but a free stick whose serial number a person typed."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import BlockDevice, DriveIdentity, IdentityGrade
from erasure.outcome import Reason, ReasonCode
from station_agent.commands import make_stick
from station_agent.commands.make_stick import choose_stick, put, require_serial
from station_agent.errors import ConfirmationError
from station_agent.language import voice
from station_agent.stick.failure import StickError
from station_agent.stick.writing import MIB, RECORDS_MIB, image_of

SIZE = 5 * MIB


@dataclass
class Bench:
    """Drives that change between two looks, and why they may not be touched."""

    looks: list[tuple[BlockDevice, ...]]
    reasons: list[tuple[Reason, ...]] = field(default_factory=list)
    allow_loop: bool = False

    def enumerate_disks(self) -> tuple[BlockDevice, ...]:
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def examine(self, _device: BlockDevice) -> tuple[Reason, ...]:
        return self.reasons.pop(0) if self.reasons else ()


@dataclass
class Call:
    """A call whose lines are kept."""

    voice: Any = field(default_factory=lambda: voice("en", {}))
    as_json: bool = False
    lines: list[str] = field(default_factory=list)

    def write(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture
def stick(make_stick_device: Callable[..., BlockDevice]) -> BlockDevice:
    return make_stick_device()


@pytest.fixture
def make_stick_device(tmp_path: Path) -> Callable[..., BlockDevice]:
    path = tmp_path / "sdx"
    path.write_bytes(bytes(SIZE + 3 * MIB))

    def make(bus: str = "usb", serial: str = "STICK-1", size: int = SIZE + RECORDS_MIB * MIB) -> BlockDevice:
        identity = DriveIdentity("Stick of a test", serial, "", "1.0", bus, "", "udev", IdentityGrade.C)
        number = path.stat().st_rdev
        return BlockDevice(str(path), "sdx", os.major(number), os.minor(number), 7, size, identity)

    return make


@pytest.fixture
def image(tmp_path: Path) -> Any:
    path = tmp_path / "etabli.iso"
    path.write_bytes(b"image" * (SIZE // 5))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".json").write_text(json.dumps({"bytes": path.stat().st_size, "sha256": digest}))
    return image_of(path)


def test_a_free_stick_is_shown_with_its_serial_and_taken(stick: BlockDevice, image: Any) -> None:
    call: Any = Call()
    bench: Any = Bench([(stick,)])
    assert choose_stick(call, bench, stick.path, image) == stick
    assert "STICK-1" in call.lines[0]


@pytest.mark.parametrize("bus", ["ata", "nvme", "scsi", "sas", "virtio", ""])
def test_a_disk_inside_the_machine_is_refused_however_free_it_is(
    make_stick_device: Callable[..., BlockDevice], image: Any, bus: str
) -> None:
    disk = make_stick_device(bus=bus)
    call, bench = Call(), Bench([(disk,)])
    with pytest.raises(StickError, match="no USB stick"):
        choose_stick(call, bench, disk.path, image)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [ReasonCode.IN_USE, ReasonCode.BOOT_MEDIUM, ReasonCode.IDENTITY])
def test_whatever_the_interlocks_name_is_refused(stick: BlockDevice, image: Any, code: ReasonCode) -> None:
    bench: Any = Bench([(stick,)], [(Reason(code, "mounted on /srv (sdx1)"),)])
    with pytest.raises(StickError, match="in use or protected"):
        choose_stick(Call(), bench, stick.path, image)  # type: ignore[arg-type]


def test_a_stick_without_room_for_records_is_refused(make_stick_device: Callable[..., BlockDevice], image: Any) -> None:
    small = make_stick_device(size=image.size + RECORDS_MIB * MIB - 1)
    bench: Any = Bench([(small,)])
    with pytest.raises(StickError, match="needs"):
        choose_stick(Call(), bench, small.path, image)  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["", "STICK", "stick-1", "STICK-1 "])
def test_only_the_whole_serial_number_is_a_confirmation(stick: BlockDevice, typed: str) -> None:
    require_serial(stick, "STICK-1")
    with pytest.raises(ConfirmationError, match="will be lost"):
        require_serial(stick, typed)


@pytest.mark.parametrize("serial", ["", "   "])
def test_a_stick_without_a_serial_number_cannot_be_confirmed(
    make_stick_device: Callable[..., BlockDevice], serial: str
) -> None:
    with pytest.raises(StickError, match="no serial number"):
        require_serial(make_stick_device(serial=serial), serial)


def test_the_stick_that_was_confirmed_is_written_and_compared(stick: BlockDevice, image: Any) -> None:
    bench: Any = Bench([(stick,)])
    small = replace(stick, size_bytes=Path(stick.path).stat().st_size)
    bench.looks = [(small,)]
    put(Call(), bench, small, image)  # type: ignore[arg-type]
    assert Path(stick.path).read_bytes()[: image.size] == image.path.read_bytes()


@pytest.mark.parametrize(
    "change", [{"diskseq": 8}, {"size_bytes": 5}, {"major": 99}, {"path": "/dev/gone"}, {"identity": None}]
)
def test_another_stick_at_the_same_place_is_not_touched(stick: BlockDevice, image: Any, change: dict[str, Any]) -> None:
    if "identity" in change:
        change = {"identity": replace(stick.identity, serial="STICK-2")}
    bench: Any = Bench([(replace(stick, **change),)])
    with pytest.raises(StickError, match="not the same stick"):
        put(Call(), bench, stick, image)  # type: ignore[arg-type]
    assert not any(Path(stick.path).read_bytes())


def test_a_stick_that_was_mounted_meanwhile_is_not_touched(stick: BlockDevice, image: Any) -> None:
    bench: Any = Bench([(stick,)], [(Reason(ReasonCode.IN_USE, "mounted on /srv (sdx1)"),)])
    with pytest.raises(StickError, match="not the same stick"):
        put(Call(), bench, stick, image)  # type: ignore[arg-type]
    assert not any(Path(stick.path).read_bytes())


def test_every_step_has_words() -> None:
    assert set(make_stick.STEPS) == {"check", "write", "compare"}
