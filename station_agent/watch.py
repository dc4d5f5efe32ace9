"""Which whole disks are there, and what changes: udev events, a rescan every 30 s, and the kernel's own list as truth.

Rules of the diagnostics reference, section 2.1: the monitor starts before the enumeration; disks are told apart by
DEVPATH and DISKSEQ, so that a re-used `/dev/sdb` is a new disk; `poll()` giving None means nothing; an OSError of the
socket means "rescan". The enumerator is injected. Where no udevd runs, the rescan alone is used, and this is said.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from erasure.drive import BlockDevice

RESCAN_S: Final = 30.0
UDEV_SOCKET: Final = Path("/run/udev/control")
Enumerate = Callable[[], tuple[BlockDevice, ...]]
Sight = Callable[[str], BlockDevice | None]
DiskKey = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Uevent:
    """One event of udev, copied at once: on `remove` only these properties remain."""

    action: str
    devpath: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Appeared:
    """A disk that was not there before (or another one under the same name)."""

    device: BlockDevice


@dataclass(frozen=True, slots=True)
class Gone:
    """A disk that is not there any more."""

    device: BlockDevice


Change = Appeared | Gone


class EventSource(Protocol):
    """Where events come from."""

    def start(self) -> None:
        """Begin to listen; called before the first enumeration."""
        ...

    def wait(self, timeout_s: float) -> tuple[Uevent, ...]:
        """Give events as soon as there are any, within `timeout_s` seconds. Raises OSError when some were lost."""
        ...


class UdevSource:
    """Events of udev by pyudev; no Device object leaves this class."""

    def __init__(self) -> None:
        import pyudev  # noqa: PLC0415  heavy, only where it is used

        self._monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        self._monitor.filter_by("block", "disk")

    def start(self) -> None:
        """Begin to listen."""
        self._monitor.start()

    def wait(self, timeout_s: float) -> tuple[Uevent, ...]:
        """Give what came; None from the library means nothing."""
        events = []
        device = self._monitor.poll(timeout_s)
        while device is not None:
            events.append(copied(device))
            device = self._monitor.poll(0)
        return tuple(events)


class NoUdev:
    """Where no udevd runs: no events, only the rescan."""

    def __init__(self, sleep: Callable[[float], object]) -> None:
        self._sleep = sleep

    def start(self) -> None:
        """Nothing to start."""

    def wait(self, timeout_s: float) -> tuple[Uevent, ...]:
        """Wait."""
        self._sleep(timeout_s)
        return ()


def copied(device: Any) -> Uevent:
    """Copy what is needed of a pyudev Device, once, here."""
    properties = {str(name): str(device.properties[name]) for name in device.properties}
    return Uevent(str(device.action or ""), str(device.device_path), properties)


def udev_runs(socket: Path = UDEV_SOCKET) -> bool:
    """Say whether a udev daemon listens here."""
    return socket.exists()


def udev_properties() -> dict[str, dict[str, str]]:
    """Give the properties that udev has of every whole disk, by kernel name. Empty where no udev database is."""
    import pyudev  # noqa: PLC0415  heavy, only where it is used

    found = {}
    for device in pyudev.Context().list_devices(subsystem="block", DEVTYPE="disk"):
        found[str(device.sys_name)] = {str(name): str(device.properties[name]) for name in device.properties}
    return found


def with_properties(devices: tuple[BlockDevice, ...], known: dict[str, dict[str, str]]) -> tuple[BlockDevice, ...]:
    """Merge udev's properties into the kernel's list, where DISKSEQ does not contradict: an old record is left out."""
    return tuple(_merged(device, known.get(device.name)) for device in devices)


def _merged(device: BlockDevice, properties: dict[str, str] | None) -> BlockDevice:
    if properties is None:
        return device
    told = properties.get("DISKSEQ", "")
    if device.diskseq is not None and told.isdigit() and int(told) != device.diskseq:
        return device
    return replace(device, properties=properties)


class Watch:
    """Keeps the list of disks; `changes` gives what appeared and went since the last call."""

    def __init__(
        self, source: EventSource, enumerate_disks: Enumerate, *, clock: Callable[[], float], rescan_s: float = RESCAN_S
    ) -> None:
        self._source = source
        self._rescan_s = rescan_s
        self._enumerate = enumerate_disks
        self._clock = clock
        self._known: dict[DiskKey, BlockDevice] = {}
        self._last_scan = 0.0
        self._due = False
        self._left: tuple[Change, ...] = ()  # not told yet

    @property
    def devices(self) -> tuple[BlockDevice, ...]:
        """The disks that are there, in the order in which they were seen."""
        return tuple(self._known.values())

    def start(self) -> tuple[Change, ...]:
        """Listen first, then enumerate: no disk falls between."""
        self._source.start()
        return self._rescan()

    def changes(self, timeout_s: float) -> tuple[Change, ...]:
        """Wait for events at most `timeout_s` seconds; rescan after events, lost events, and every 30 s."""
        try:
            events = self._source.wait(timeout_s)
        except OSError:
            events, self._due = (), True
        self._due = self._due or bool(events)
        self._left += self._forget(events)
        due = self._due or self._clock() - self._last_scan >= self._rescan_s
        seen = self._rescan() if due else ()  # where this fails, it is done again at the next call, and nothing is lost
        left, self._left = self._left, ()
        return left + seen

    def _forget(self, events: tuple[Uevent, ...]) -> tuple[Change, ...]:
        """Take removed disks off the list at once, by their own DISKSEQ: sysfs has forgotten them already."""
        gone: list[Change] = []
        for event in events:
            if event.action == "remove":
                gone += [Gone(self._known.pop(key)) for key in self._named_by(event)]
        return tuple(gone)

    def _named_by(self, event: Uevent) -> list[DiskKey]:
        name = event.devpath.rsplit("/", 1)[-1]
        told = event.properties.get("DISKSEQ", "")
        seq = int(told) if told.isdigit() else None
        return [key for key in self._known if key[0] == name and (seq is None or key[1] is None or key[1] == seq)]

    def _rescan(self) -> tuple[Change, ...]:
        found = {(device.name, device.diskseq): device for device in self._enumerate()}
        self._last_scan, self._due = self._clock(), False
        known = {key: device for key, device in self._known.items() if key in found and not swapped(device, found[key])}
        gone: list[Change] = [Gone(device) for key, device in self._known.items() if key not in known]
        new: list[Change] = [Appeared(device) for key, device in found.items() if key not in known]
        self._known = found
        return (*gone, *new)


def swapped(before: BlockDevice, now: BlockDevice) -> bool:
    """Say whether another disk has taken a name: only asked where the kernel counts no sequence numbers.

    A disk that shows nothing for a while, as some do while they erase themselves, is still the same one.
    """
    if now.diskseq is not None:
        return False
    shown = ((one.serial, one.wwn, one.model) for one in (before.identity, now.identity))
    return any(was and is_now and was != is_now for was, is_now in zip(*shown, strict=True))
