"""What the hub protects while a daemon runs is protected from the next look on; an unreadable list protects all."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from erasure.drive import BlockDevice, DriveFacts
from erasure.interlocks import KernelExaminer
from erasure.kernel_view import KernelView
from erasure.outcome import Reason, ReasonCode
from station_agent.assignments import FILE, keep_assignments
from station_agent.bench import kernel_bench
from station_agent.protected_drives import UNREADABLE, ProtectedNow, protecting

OTHER = Reason(ReasonCode.IN_USE, "mounted")


def in_use(_device: BlockDevice) -> tuple[Reason, ...]:
    return (OTHER,)


def keep(folder: Path, *serials: str) -> None:
    keep_assignments(folder, {"policies": [], "lots": [], "protected_serials": list(serials)})


@pytest.fixture
def device(make_facts: Callable[..., DriveFacts]) -> BlockDevice:
    return make_facts().device


def test_the_list_of_the_moment_counts(tmp_path: Path, device: BlockDevice) -> None:
    examine = pickle.loads(pickle.dumps(ProtectedNow(in_use, tmp_path)))
    assert examine(device) == (OTHER,)
    keep(tmp_path, device.identity.serial.lower())
    assert [one.code for one in examine(device)] == [ReasonCode.IN_USE, ReasonCode.NOT_IN_LOT]
    keep(tmp_path, "ANOTHER")
    assert examine(device) == (OTHER,)
    (tmp_path / FILE).write_text("{")
    assert examine(device) == (OTHER, UNREADABLE)


def test_the_list_of_the_start_does_not_stay(tmp_path: Path) -> None:
    bench = kernel_bench(tmp_path, allow_loop=False, protected_serials=frozenset({"KEEP-ME"}))
    assert protecting(bench, tmp_path).examine == ProtectedNow(
        KernelExaminer(False, frozenset(), KernelView(tmp_path)), tmp_path
    )
