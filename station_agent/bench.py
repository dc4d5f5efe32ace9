"""The bench as the commands see it: which disks, how they are opened, what protects them, what their health is.

Two makes: this machine (kernel, ioctl, smartctl) and a simulated bench from a file. Nothing else in the application
knows the difference.
"""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from erasure.controllers import HIDDEN, hiding_controllers
from erasure.drive import BlockDevice
from erasure.interlocks import KernelExaminer
from erasure.inventory import whole_disks
from erasure.kernel_view import KernelView
from erasure.outcome import Reason
from erasure.transport.linux_block import LinuxOpener, LinuxReader
from erasure.transport.ports import PortOpener
from station_agent.errors import StoreBroken, UsageError
from station_agent.language import mark
from station_agent.links import Link, links_of
from station_agent.watch import udev_properties, udev_runs, with_properties

if TYPE_CHECKING:
    from diagnostics.agreement import Agreement
    from station_agent.health_readers import LiveHealth

Examiner = Callable[[BlockDevice], tuple[Reason, ...]]


def nothing_hides() -> tuple[str, ...]:
    """Name no controller."""
    return ()


def no_links(_device: BlockDevice) -> tuple[Link, ...]:
    """Know no way to a drive."""
    return ()


def no_second_reader(_device: BlockDevice, _document: dict[str, Any] | None) -> "Agreement | None":
    """Stand for the second reader where there is none."""
    return None


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a command needs of the hardware. `examine` and `opener` are picklable."""

    name: str
    simulated: bool
    enumerate_disks: Callable[[], tuple[BlockDevice, ...]]
    opener: PortOpener
    reader: PortOpener  # opens a drive only to look at it, also one in use
    examine: Examiner
    smart: Callable[[BlockDevice], dict[str, Any] | None]  # the smartctl document, None where there is none
    machine_root: Path | None
    allow_loop: bool = False
    asset: str = ""
    checks: tuple[dict[str, Any], ...] = ()
    notices: tuple[str, ...] = ()
    hiding: Callable[[], tuple[str, ...]] = nothing_hides  # controllers behind which a drive may be hidden, in words
    links: Callable[[BlockDevice], tuple[Link, ...]] = no_links  # the way to a drive, from its own port up
    document: dict[str, Any] = field(default_factory=dict)
    readers: Callable[[BlockDevice, dict[str, Any] | None], "Agreement | None"] = no_second_reader  # do the two agree?
    sleep: Callable[[], None] | None = None  # how a simulated bench is suspended; None: by the kernel of this machine


def open_bench(
    bench_file: Path | None, state: Path, *, allow_loop: bool, protected_serials: frozenset[str] = frozenset()
) -> Bench:
    """Give the simulated bench of a file, or this machine. Raises `UsageError`."""
    if bench_file is not None:
        return simulated_bench(bench_file, state / "bench")
    return kernel_bench(Path("/"), allow_loop=allow_loop, protected_serials=protected_serials)


def kernel_bench(root: Path, *, allow_loop: bool, protected_serials: frozenset[str]) -> Bench:
    """Give this machine. Without a udev daemon the kernel's own list is used, and a notice says so."""
    udev = udev_runs()

    @cache
    def health() -> "LiveHealth":
        from station_agent.health_readers import live_health  # noqa: PLC0415  not needed to be ready

        return live_health(root)

    def disks() -> tuple[BlockDevice, ...]:
        found = whole_disks(KernelView(root), loops=allow_loop)
        return with_properties(found, udev_properties()) if udev else found

    return Bench(
        name="",
        simulated=False,
        enumerate_disks=disks,
        opener=LinuxOpener(),
        reader=LinuxReader(KernelView(root)),
        examine=KernelExaminer(allow_loop, protected_serials, KernelView(root)),
        smart=lambda device: health().document(device),
        readers=lambda device, document: health().agreement(device, document),
        machine_root=root,
        links=lambda device: links_of(root, device.name),
        hiding=lambda: tuple(one.detail.removeprefix(f"{HIDDEN}: ") for one in hiding_controllers(KernelView(root))),
        allow_loop=allow_loop,
        notices=() if udev else (mark("No udev runs here: drives are read from the kernel's list every few seconds."),),
    )


def simulated_bench(path: Path, workdir: Path) -> Bench:
    """Give the bench of a file. Its drives live under `workdir` and stay between calls.

    Raises `UsageError`, and `StoreError` when they cannot be kept there.
    """
    from erasure.simulated import load_bench  # noqa: PLC0415  heavy, only where it is used

    try:
        bench = load_bench(path, workdir / path.stem)
        machine = bench.document.get("machine", {})
        machine_root = bench.fixture(str(machine["fixture"])) if machine.get("fixture") else None
    except OSError as error:
        raise UsageError(
            mark("The bench file {path} cannot be read: {detail}"), path=path, detail=error.strerror or error
        ) from error
    except (ValueError, tomllib.TOMLDecodeError) as error:
        raise UsageError(mark("The bench file {path} cannot be used: {detail}"), path=path, detail=error) from error
    try:
        for drive in bench.drives:
            bench.backing(drive.name)
    except OSError as error:
        raise StoreBroken(
            mark("The folder {folder} cannot keep the state of this bench: {detail}. Choose another with --state."),
            folder=workdir,
            detail=error.strerror or error,
        ) from error
    return Bench(
        name=bench.name,
        simulated=True,
        enumerate_disks=lambda: bench.devices,
        opener=bench.opener,
        reader=bench.opener,
        examine=bench.examiner,
        smart=lambda device: _recorded(bench.smartctl(device.name)),
        machine_root=machine_root,
        asset=str(machine.get("asset", "")),
        checks=tuple(bench.document.get("checks", ())),
        document=bench.document,
        sleep=bench.sleep,
    )


def _recorded(path: Path | None) -> dict[str, Any] | None:
    return None if path is None else dict(json.loads(path.read_text("utf-8")))
