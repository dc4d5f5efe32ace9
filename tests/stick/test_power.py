"""The series of power cuts is surprised by what must not be: a statement lost, a drive ERASED that still holds data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stick import power
from tests.stick.orders import Records
from tests.stick.place import Place
from tests.stick.power import Series
from tests.stick.stick_file import DONOR
from tests.virtual_bench.bench import Surprise

NOBODY: Any = None


def stated(serial: str, verdict: str = "ERASED") -> dict[str, Any]:
    return {"subject": {"drive": {"serial": serial}}, "result": {"verdict": verdict}}


class Told:
    """What the stick keeps at each look."""

    def __init__(self) -> None:
        self.looks: list[Records] = []

    def __call__(self, _bench: object) -> Records:
        return self.looks.pop(0)

    def says(self, *statements: dict[str, Any], **last: str) -> None:
        self.looks.append(Records([*statements], last, {}))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    kept = Told()
    monkeypatch.setattr(power, "records", kept)
    monkeypatch.setattr(power, "DRIVE_MIB", 1)
    yield kept
    assert kept.looks == []


@pytest.fixture
def series(told: Told, tmp_path: Path) -> Series:
    return Series(Place(tmp_path, tmp_path, 1, 50, tmp_path, tmp_path), "bios", tmp_path / "stick.img", NOBODY)


def wipe(series: Series, number: int, left: bytes = b"") -> None:
    file = series.drives[number].file
    file.write_bytes(left.ljust(1 << 20, b"\0"))


def test_a_drive_that_is_called_erased_and_is_not_is_a_surprise(series: Series, told: Told) -> None:
    told.says(stated("SATA0001"))
    with pytest.raises(Surprise, match="sectors of the donor on SATA0001"):
        series.look(NOBODY)


def test_one_sector_that_was_left_is_a_surprise(series: Series, told: Told) -> None:
    wipe(series, 0, b"\0" * 512 * 7 + DONOR)
    told.says(stated("SATA0001"))
    with pytest.raises(Surprise, match="sectors of the donor on SATA0001"):
        series.look(NOBODY)


@pytest.mark.parametrize("now", [(), (stated("NVME0001", "ERASED"),)])
def test_a_statement_that_is_gone_or_changed_after_a_cut_is_a_surprise(
    series: Series, told: Told, now: tuple[dict[str, Any], ...]
) -> None:
    wipe(series, 0)
    wipe(series, 1)
    told.says(stated("SATA0001"))
    told.says(*now)
    series.look(NOBODY)
    with pytest.raises(Surprise, match="statements from before the cut"):
        series.look(NOBODY)


@pytest.mark.parametrize("verdict", ["FAILED", "NOT_ERASED", "UNCONFIRMED"])
def test_a_verdict_that_no_cut_leaves_is_a_surprise(series: Series, told: Told, verdict: str) -> None:
    told.says(stated("SATA0001", verdict))
    with pytest.raises(Surprise, match="only verdicts that a cut leaves"):
        series.look(NOBODY)


def test_what_is_wiped_is_no_more_missing_and_gives_way_to_drives_with_other_names(series: Series, told: Told) -> None:
    wipe(series, 0)
    told.says(stated("SATA0001"), run="CHECKPOINT")
    series.look(NOBODY)
    assert series.missing() == ["NVME0001"]
    assert series.told() == "SATA0001 ERASED, NVME0001 -; open: CHECKPOINT; 1 drives stated"
    series.change_drives()
    assert series.missing() == ["SATA0002", "NVME0002"]
