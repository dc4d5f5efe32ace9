"""Suspending the machine for a few seconds, so that the drives come back without the freeze of the firmware.

Only S3 ("deep") takes the power from the drives; s2idle does not, and is never used. Nothing is suspended while a run
is open or a drive erases itself. What was to be thawed is durable before (drives reference, section 5). A simulated
bench sleeps by itself: its drives lose their power and get it back, and this machine is not suspended for it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from erasure.drive import BlockDevice, DriveFacts
from erasure.errors import DeviceError
from erasure.measuring import read_measured
from erasure.sanitizing import SanitizeState
from erasure.unmeasured import may_be_settled
from station_agent.bench import Bench
from station_agent.errors import StationError
from station_agent.language import mark, visible
from station_agent.run_context import same_drive
from station_agent.store import Store
from station_agent.system import Finished

MEM_SLEEP: Final = "sys/power/mem_sleep"
ASLEEP_S: Final = 5
PATIENCE_S: Final = 120.0
COMES_BACK_S: Final = 15  # how long drives may take to be there again
NOTE: Final = "unfreeze"


class Runner(Protocol):
    """Starts one program and waits for its end (`station_agent.system.run`)."""

    def __call__(self, argv: Sequence[str], *, timeout_s: float) -> Finished:
        """Give how it ended. Raises `ProcessFailed`."""
        ...


class Change(StrEnum):
    """What the suspension did to one drive."""

    THAWED = "thawed"
    STILL_FROZEN = "still-frozen"
    LOCKED = "locked"  # thawed, but a password holds now
    GONE = "gone"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Woken:
    """One drive that was frozen, and what it is now. `device` is its sighting after waking, None when it is gone."""

    before: BlockDevice
    device: BlockDevice | None
    change: Change


class CannotSuspend(StationError):
    """This machine, or what it does now, forbids a suspension."""

    code = "cannot-suspend"
    exit_status = 30


def require_deep(root: Path) -> None:
    """Raise `CannotSuspend` unless the kernel offers S3 under `root`."""
    try:
        offered = (root / MEM_SLEEP).read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        offered = []
    if "deep" not in [word.strip("[]") for word in offered]:
        raise CannotSuspend(
            mark(
                "This machine offers no S3 sleep ({offered}): the drives would keep their power. Pull the drive's "
                "power and plug it again while the machine runs, use another port, or look for the freeze in the BIOS "
                "menu."
            ),
            offered=" ".join(offered) or "-",
        )


def require_sleep(bench: Bench, root: Path) -> None:
    """Raise `CannotSuspend` unless this bench can take the power from its drives."""
    if bench.sleep is None:
        require_deep(root)


def frozen_drives(bench: Bench) -> tuple[DriveFacts, ...]:
    """Read every drive; give those that are frozen. Raises `CannotSuspend` when one of them erases itself."""
    found = [facts for facts in (facts_now(bench, device) for device in bench.enumerate_disks()) if facts]
    for facts in found:
        if facts.sanitize is not None and facts.sanitize.state is SanitizeState.RUNNING:
            raise CannotSuspend(
                mark("The drive {serial} erases itself now: wait for its end."),
                serial=visible(facts.device.identity.serial),
            )
    return tuple(facts for facts in found if facts.ata is not None and facts.ata.security.frozen)


def suspend(
    store: Store, bench: Bench, frozen: Sequence[DriveFacts], *, root: Path, run: Runner, wait: Callable[[float], None]
) -> tuple[Woken, ...]:
    """Note durably what is frozen, sleep, wake, and say what each drive is now.

    Raises `CannotSuspend`, `StoreError`, `ProcessFailed`; nothing was suspended then.
    """
    require_sleep(bench, root)
    noted = [asdict(facts.device.identity) | {"size_bytes": facts.size_bytes} for facts in frozen]
    store.note(NOTE, json.dumps({"state": "asleep", "drives": noted}))
    fall_asleep(bench, root, run)
    devices = come_back(bench, frozen, wait)
    woken = tuple(seen_again(bench, facts, devices) for facts in frozen)
    store.note(NOTE, json.dumps({"state": "awake", "drives": [woken_document(one) for one in woken]}))
    return woken


def fall_asleep(bench: Bench, root: Path, run: Runner) -> None:
    """Sleep, and be awake again. Raises `CannotSuspend`, `ProcessFailed`."""
    if bench.sleep is not None:
        bench.sleep()
        return
    select_deep(root)
    run(("rtcwake", "-m", "mem", "-s", str(ASLEEP_S)), timeout_s=PATIENCE_S).require()


def select_deep(root: Path) -> None:
    """Choose S3 for the next sleep. Raises `CannotSuspend` when the kernel does not take it."""
    try:
        (root / MEM_SLEEP).write_text("deep", "ascii")
    except OSError as error:
        raise CannotSuspend(mark("S3 sleep cannot be chosen: {detail}."), detail=error.strerror or error) from error


def come_back(bench: Bench, frozen: Sequence[DriveFacts], wait: Callable[[float], None]) -> tuple[BlockDevice, ...]:
    """Enumerate until every drive is there again, for at most 15 s."""
    for _ in range(COMES_BACK_S):
        devices = bench.enumerate_disks()
        if all(again(facts, devices) for facts in frozen):
            return devices
        wait(1.0)
    return bench.enumerate_disks()


def again(facts: DriveFacts, devices: Sequence[BlockDevice]) -> BlockDevice | None:
    """Find the very drive among those that are there now: by model, serial, WWN and capacity, never by its node."""
    known = facts.device.identity
    same = [one for one in devices if same_drive(known, facts.size_bytes, one.identity, one.size_bytes)]
    return same[0] if len(same) == 1 else None


def seen_again(bench: Bench, before: DriveFacts, devices: Sequence[BlockDevice]) -> Woken:
    """Read the security state of one drive anew."""
    device = again(before, devices)
    if device is None:
        return Woken(before.device, None, Change.GONE)
    facts = facts_now(bench, device)
    if facts is None or facts.ata is None:
        return Woken(before.device, device, Change.UNREADABLE)
    security = facts.ata.security
    change = Change.STILL_FROZEN if security.frozen else Change.LOCKED if security.locked else Change.THAWED
    return Woken(before.device, device, change)


def facts_now(bench: Bench, device: BlockDevice) -> DriveFacts | None:
    """Read one drive; None when it is protected or does not answer."""
    if any(not may_be_settled(device, reason) for reason in bench.examine(device)):
        return None
    try:
        with bench.opener(device) as port:
            return read_measured(port)
    except (DeviceError, OSError):
        return None


def woken_document(one: Woken) -> dict[str, Any]:
    """Plain JSON types."""
    identity = one.before.identity
    return {
        "path": None if one.device is None else one.device.path,
        "path_before": one.before.path,
        "model": identity.model,
        "serial": identity.serial,
        "change": str(one.change),
    }
