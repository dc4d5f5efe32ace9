"""The partition of the records: made once, on the stick only; what is there already is never made again."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from station_agent.stick.failure import StickError
from station_agent.stick.records import LEAST_MIB, MIB, open_records
from station_agent.system import Finished

IMAGE = "7f6f842b-eac5-576a-99a0-fee65329ceac"
IMAGE_END = 8192  # sectors
SECTOR_0 = b"boot code and the mark of old firmware".ljust(512, b"\x80")


@dataclass
class Kernel:
    """A stick as a file, its partitions as the programs of the system would change them."""

    stick: Path
    names: list[str] = field(default_factory=lambda: ["ISO9660", "Appended2"])
    formatted: bool = False
    mounted: str = ""
    table: str = IMAGE
    check_status: int = 0
    room: bool = True
    writable: bool = True
    listed: str = ""  # what sfdisk says of the partitions, where it is not the image alone
    cut_after: str = ""  # the program after which the power goes
    done: list[str] = field(default_factory=list)

    def __call__(self, argv: Sequence[str], *, timeout_s: float, given: str | None = None) -> Finished:
        words = tuple(argv)
        self.done.append(" ".join(words))
        status, out = getattr(self, f"_{words[0].replace('.', '_')}", self._nothing)(words, given)
        if self.cut_after and self.cut_after in self.done[-1]:
            raise KeyboardInterrupt
        return Finished(words, status, out, "")

    def _nothing(self, _words: tuple[str, ...], _given: str | None) -> tuple[int, str]:
        return 0, ""

    def _lsblk(self, _words: tuple[str, ...], _given: str | None) -> tuple[int, str]:
        disk = {"path": str(self.stick), "type": "disk", "ptuuid": self.table, "ro": not self.writable}
        parts = [self._part(number, name) for number, name in enumerate(self.names, 1)]
        return 0, json.dumps({"blockdevices": [disk, *parts]})

    def _part(self, number: int, name: str) -> dict[str, Any]:
        ours = number == 3
        fstype = "ext4" if ours and self.formatted else None
        mounts = [self.mounted] if ours and self.mounted else [None]
        path = f"{self.stick}{number}"
        row = {"path": path, "type": "part", "pkname": self.stick.name, "partlabel": name, "mountpoints": mounts}
        return row | {"fstype": fstype, "ptuuid": self.table, "ro": False}

    def _sfdisk(self, words: tuple[str, ...], _given: str | None) -> tuple[int, str]:
        if "--json" in words:
            return 0, self.listed or json.dumps(
                {"partitiontable": {"partitions": [{"start": 64, "size": IMAGE_END - 64}]}}
            )
        with self.stick.open("r+b") as file:
            file.write(b"sfdisk was here".ljust(512))
        if "--append" in words:
            if not self.room:
                return 1, "no room"
            self.names.append("ETABLI_NEW")
        if "--part-label" in words:
            self.names[int(words[-2]) - 1] = words[-1]
        return 0, ""

    def _mkfs_ext4(self, words: tuple[str, ...], _given: str | None) -> tuple[int, str]:
        assert words[-1] == f"{self.stick}3"
        self.formatted = True
        return 0, ""

    def _e2fsck(self, _words: tuple[str, ...], _given: str | None) -> tuple[int, str]:
        return self.check_status, "wrong"

    def _mount(self, words: tuple[str, ...], _given: str | None) -> tuple[int, str]:
        self.mounted = words[-1]
        return 0, ""

    def count(self, program: str) -> int:
        return sum(line.startswith(program) for line in self.done)


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    stick = tmp_path / "sdx"
    stick.write_bytes(SECTOR_0)
    os.truncate(stick, (IMAGE_END * 512) + LEAST_MIB * MIB)
    return Kernel(stick)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "records"


def test_the_first_start_makes_the_partition_and_mounts_it_for_root_alone(kernel: Kernel, place: Path) -> None:
    open_records(kernel, IMAGE, place)
    assert (kernel.names[2], kernel.formatted, kernel.mounted) == ("ETABLI_STATE", True, str(place))
    assert place.stat().st_mode & 0o777 == 0o700


def test_the_partition_of_a_hub_is_made_in_the_same_way_under_its_own_name(kernel: Kernel, place: Path) -> None:
    open_records(kernel, IMAGE, place, label="ETABLI_HUB")
    assert (kernel.names[2], kernel.formatted, kernel.mounted) == ("ETABLI_HUB", True, str(place))
    assert f"mkfs.ext4 -q -F -L ETABLI_HUB -m 1 {kernel.stick}3" in kernel.done
    open_records(kernel, IMAGE, place, label="ETABLI_HUB")
    assert kernel.count("mkfs") == 1


def test_sector_0_of_the_stick_stays_as_the_image_has_it(kernel: Kernel, place: Path) -> None:
    open_records(kernel, IMAGE, place)
    assert kernel.stick.read_bytes()[:512] == SECTOR_0


def test_later_starts_check_and_mount_and_make_nothing(kernel: Kernel, place: Path) -> None:
    kernel.names.append("ETABLI_STATE")
    kernel.formatted = True
    open_records(kernel, IMAGE, place)
    assert (kernel.count("mkfs"), kernel.count("sfdisk"), kernel.count("wipefs")) == (0, 0, 0)
    assert kernel.done[1] == f"e2fsck -p {kernel.stick}3"


@pytest.mark.parametrize("moment", ["--append", "wipefs", "mkfs.ext4", "sync"])
def test_a_power_cut_while_it_is_made_lets_the_next_start_finish_it(kernel: Kernel, place: Path, moment: str) -> None:
    kernel.cut_after = moment
    with pytest.raises(KeyboardInterrupt):
        open_records(kernel, IMAGE, place)
    kernel.cut_after = ""
    open_records(kernel, IMAGE, place)
    assert kernel.names == ["ISO9660", "Appended2", "ETABLI_STATE"]
    assert kernel.mounted == str(place)


def test_a_partition_of_records_whose_file_system_is_gone_is_never_made_again(kernel: Kernel, place: Path) -> None:
    kernel.names.append("ETABLI_STATE")
    with pytest.raises(StickError, match="cannot be read"):
        open_records(kernel, IMAGE, place)
    assert (kernel.count("mkfs"), kernel.count("wipefs"), kernel.mounted) == (0, 0, "")


@pytest.mark.parametrize("status", [2, 4, 8, 12])
def test_records_that_cannot_be_repaired_by_their_journal_alone_are_left_as_they_are(
    kernel: Kernel, place: Path, status: int
) -> None:
    kernel.names.append("ETABLI_STATE")
    kernel.formatted, kernel.check_status = True, status
    with pytest.raises(StickError, match="Nothing was changed"):
        open_records(kernel, IMAGE, place)
    assert kernel.mounted == ""


def test_records_that_the_journal_repaired_are_mounted(kernel: Kernel, place: Path) -> None:
    kernel.names.append("ETABLI_STATE")
    kernel.formatted, kernel.check_status = True, 1
    open_records(kernel, IMAGE, place)
    assert kernel.mounted == str(place)


def test_a_stick_without_room_says_so(kernel: Kernel, place: Path) -> None:
    kernel.room = False
    with pytest.raises(StickError, match="no room for records"):
        open_records(kernel, IMAGE, place)


def test_a_write_protected_stick_is_told_by_name_before_anything_is_tried(kernel: Kernel, place: Path) -> None:
    kernel.writable = False
    with pytest.raises(StickError, match="write-protected"):
        open_records(kernel, IMAGE, place)
    assert kernel.count("lsblk") == len(kernel.done)


def test_no_program_touches_anything_when_the_stick_is_another_image(kernel: Kernel, place: Path) -> None:
    kernel.table = "01f3ac8d-2567-5a5e-a0bc-872d815cb994"
    with pytest.raises(StickError, match="is not found"):
        open_records(kernel, IMAGE, place)
    assert kernel.count("lsblk") == len(kernel.done)


def test_a_stick_with_too_little_room_is_refused_before_anything_is_written(kernel: Kernel, place: Path) -> None:
    os.truncate(kernel.stick, kernel.stick.stat().st_size - 1)
    before = kernel.stick.read_bytes()
    with pytest.raises(StickError, match=f"at least {LEAST_MIB} MiB more"):
        open_records(kernel, IMAGE, place)
    assert kernel.stick.read_bytes() == before
    assert {line.split()[0] for line in kernel.done} == {"lsblk", "sfdisk"}
    assert [line for line in kernel.done if line.startswith("sfdisk")] == [f"sfdisk --json {kernel.stick}"]


@pytest.mark.parametrize(
    "listed", ["[", "{}", '{"partitiontable": {"partitions": []}}', '{"partitiontable": [1]}', "7"]
)
def test_a_table_that_cannot_be_read_is_left_alone(kernel: Kernel, place: Path, listed: str) -> None:
    kernel.listed = listed
    with pytest.raises(StickError):
        open_records(kernel, IMAGE, place)
    assert (kernel.names, kernel.formatted) == (["ISO9660", "Appended2"], False)
