"""The two readers of a live drive's health: smartctl asked once, pySMART beside it, and what their difference blocks.

A drive that did not answer in time is not asked again while this process lives: a child stuck in the kernel is left
alone, and so is the drive. eMMC is read from the kernel. What the readers differ in stops a drive before it is erased,
and a claim after it, until a person has read its label.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diagnostics.agreement import Agreement
from diagnostics.emmc import emmc_document
from diagnostics.errors import DiagnosticsError, NotResponding
from diagnostics.health import assess_document
from diagnostics.second_reader import agreement_on
from diagnostics.smartctl import members, read_as, read_drive
from erasure.drive import BlockDevice
from erasure.outcome import Reason, ReasonCode
from station_agent.language import mark, visible

Document = dict[str, Any]
DIFFER = mark(
    "smartctl and pySMART disagree about the {what} of drive {serial}: read its label. If it is this drive, a person "
    "says so with --label-read {serial}."
)
NO_HEALTH = frozenset({"loop", "virtio"})  # nothing behind them answers smartctl
FIELDS = {"model": "model", "serial": "serial", "size_bytes": "capacity"}


@dataclass(slots=True)
class LiveHealth:
    """Asks the drives of this machine. `silent` are those that did not answer, by path and sighting."""

    root: Path
    read: Callable[[str], Document]
    compare: Callable[[str, Document], Agreement]
    silent: set[tuple[str, int | None]] = field(default_factory=set)

    def document(self, device: BlockDevice) -> Document | None:
        """Give the health document of a drive; None when nothing can read it, `not_responding` when it hangs."""
        if device.identity.bus in NO_HEALTH:
            return None
        if device.name.startswith("mmcblk"):
            return emmc_document(self.root, device.name)
        if _sighting(device) in self.silent:
            return not_responding(device.path)
        try:
            return self.read(device.path)
        except NotResponding:
            self.silent.add(_sighting(device))
            return not_responding(device.path)
        except DiagnosticsError:
            return None

    def agreement(self, device: BlockDevice, document: Document | None) -> Agreement | None:
        """Compare with the second reader; None where the first one has nothing to compare."""
        if not document or document.get("not_responding") or "emmc_health" in document:
            return None
        return self.compare(device.path, document)


def live_health(root: Path) -> LiveHealth:
    """Give the readers of this machine."""
    return LiveHealth(root, lambda path: dict(read_drive(path).document), agreement_on)


def raid_members() -> tuple[Document, ...]:
    """Give the documents of the drives that smartctl finds behind RAID controllers; nothing where it cannot."""
    try:
        return tuple(dict(read_as(name, kind).document) for name, kind in members())
    except DiagnosticsError:
        return ()


@dataclass(frozen=True, slots=True)
class AskedDrive:
    """What one path gave: its document, those of the drives behind it where it is a volume, and what went wrong."""

    documents: tuple[Document, ...]
    readers: Agreement | None
    troubles: tuple[str, ...]


def ask(path: str, health: LiveHealth, members: Callable[[], tuple[Document, ...]] = raid_members) -> AskedDrive:
    """Ask the drive at `path` by both readers; behind the volume of a RAID controller ask its members too."""
    name = path.rpartition("/")[2]
    if name.startswith("mmcblk"):
        found = emmc_document(health.root, name)
        return AskedDrive((found or {},), None, ())
    try:
        document = health.read(path)
    except NotResponding as error:
        return AskedDrive((not_responding(path),), None, (str(error),))
    except DiagnosticsError as error:
        return AskedDrive(({},), None, (str(error),))
    troubles = tuple(filter(None, (errors_told(document),)))
    if any(reason.code == "identity.no-disk" for reason in assess_document(document).reasons):
        return AskedDrive((document, *members()), None, troubles)
    return AskedDrive((document,), health.compare(path, document), troubles)


def errors_told(document: Document | None) -> str:
    """Give what smartctl itself reports as an error, such as a device that it may not open; "" for none."""
    tool = (document or {}).get("smartctl")
    messages = tool.get("messages") if isinstance(tool, dict) else None
    rows = [row for row in messages or [] if isinstance(row, dict) and row.get("severity") == "error"]
    return "; ".join(str(row.get("string", "")) for row in rows)


def asked_once(smart: Callable[[BlockDevice], Document | None]) -> Callable[[BlockDevice], Document | None]:
    """Give a reader of health that asks each drive once and then tells what it heard: a sick drive takes a minute."""
    heard: dict[tuple[str, int | None], Document | None] = {}

    def once(device: BlockDevice) -> Document | None:
        sighting = _sighting(device)
        if sighting not in heard:
            heard[sighting] = smart(device)
        return heard[sighting]

    return once


def not_responding(path: str) -> Document:
    """Give the document of a drive that did not answer in time: health unknown, with the reason."""
    return {"device": {"name": path}, "not_responding": True}


def undecided(agreement: Agreement | None, serial: str, label_read: frozenset[str]) -> tuple[Reason, ...]:
    """Give the reason that holds a drive until a person has read its label."""
    if agreement is None or not agreement.blocks_certificate or serial in label_read:
        return ()
    return (Reason(ReasonCode.IDENTITY, difference_words(agreement, serial)),)


def difference_words(agreement: Agreement, serial: str) -> str:
    """Say in English what the readers differ in, as statements carry it."""
    named = [FIELDS[one.field] for one in agreement.differences if not one.explained]
    return DIFFER.format(what=", ".join(named), serial=visible(serial))


def _sighting(device: BlockDevice) -> tuple[str, int | None]:
    return device.path, device.diskseq
