"""Which drives, under which plan, confirmed by whom: everything that comes before the first destructive byte."""

import os
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from diagnostics.agreement import Agreement
from erasure.clearance import Confirmation
from erasure.drive import BlockDevice, DriveFacts
from erasure.errors import DeviceBusy, DeviceError
from erasure.hidden import AreaState, HiddenAreas
from erasure.measuring import read_measured
from erasure.methods import method_named
from erasure.methods.protocol import MethodKind
from erasure.naming import OWN_WORD, naming_faults
from erasure.outcome import Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal, is_running, plan
from erasure.policy import Policy
from erasure.unmeasured import may_be_settled, settles, size_zero
from station_agent.asked import NOTHING_ASKED, Asked
from station_agent.assemble import compare_readings
from station_agent.bench import Bench
from station_agent.closed_runs import ClosedRun, closed_run_of
from station_agent.errors import ConfirmationError, IdentityDisagreement, UsageError
from station_agent.health_readers import undecided
from station_agent.journal import OpenRun
from station_agent.language import mark, visible
from station_agent.reconcile import open_run_of
from station_agent.run_context import SecondReading
from station_agent.smart_delta import Numbers, numbers

NOTHING_TYPED: Final = 2
WRONG_TYPED: Final = 30
DOUBLED: Final = Reason(ReasonCode.IDENTITY, "two drives show this serial number")


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One drive, what a second reader calls it, and the plan or the refusal."""

    device: BlockDevice
    second: SecondReading | None
    outcome: ErasurePlan | Refusal
    open_run: OpenRun | None = None
    smart: Numbers = field(default_factory=dict)  # counters before anything happens
    namespaces: tuple[BlockDevice, ...] = ()  # other disks on the same medium
    elsewhere: OpenRun | None = None  # of another disk on the same medium
    readers: Agreement | None = None  # whether the two readers of its health name the same drive
    label_read: bool = False  # a person has named it from its label
    together: str = ""  # path of the disk in whose run this one is erased too: they are one drive
    closed_run: ClosedRun | None = None  # of this bench, which sent the last sanitize that the drive tells of

    @property
    def serial(self) -> str:
        """What a person types to confirm."""
        return self.device.identity.serial


def choose(devices: Sequence[BlockDevice], names: Sequence[str]) -> tuple[BlockDevice, ...]:
    """Find the named drives (`sda`, `/dev/sda`, `sim:sda`, a link to one). Raises `UsageError`.

    A path that leads to something else is answered by what it is: a partition, a loop that was not allowed.
    """
    known = {name: device for device in devices for name in (device.path, device.name)}
    chosen: list[BlockDevice] = []
    for name in names:
        device = known.get(name) or (known.get(os.path.realpath(name)) if name.startswith("/") else None)
        if device is None:
            raise _no_drive(name, devices)
        if device in chosen:
            raise UsageError(mark("The drive {name} was named twice."), name=visible(name))
        chosen.append(device)
    return tuple(chosen)


def _no_drive(name: str, devices: Sequence[BlockDevice]) -> UsageError:
    """Say what stands in the place of a drive that is not offered here."""
    plain = os.path.realpath(name).removeprefix("/dev/") if name.startswith("/dev/") else name
    disk = next((device for device in devices if re.fullmatch(re.escape(device.name) + r"p?[0-9]+", plain)), None)
    if disk is not None:
        return UsageError(
            mark("{name} is a partition. Only whole drives are erased: name {disk}."),
            name=visible(name),
            disk=disk.path,
        )
    if re.fullmatch(r"loop[0-9]+", plain):
        return UsageError(
            mark("{name} is a loop device and not offered here: add --allow-loop for a drill."), name=visible(name)
        )
    return UsageError(
        mark("There is no drive {name} here. Drives: {known}."),
        name=visible(name) or '""',
        known=", ".join(device.name for device in devices) or "-",
    )


def survey(
    bench: Bench, devices: Sequence[BlockDevice], policy: Policy, asked: Asked = NOTHING_ASKED
) -> tuple[Surveyed, ...]:
    """Give the plan or the refusal of every drive; nothing is touched. A serial that two disks show is refused.

    Behind a USB bridge the drive's own serial counts, when it can be read: two drives under one bridge serial are two.
    The namespaces of one NVMe drive are one drive, erased in one run where the method reaches all of them.
    A drive with an open run goes on with the method that its run was begun with, unless a person names one.
    """
    here = Survey(bench, policy, asked, bench.enumerate_disks())
    return compared([_survey_one(here, device) for device in devices])


def compared(found: Sequence[Surveyed]) -> tuple[Surveyed, ...]:
    """Refuse drives that share a serial, and say which are erased in one run; they may have been surveyed apart."""
    return one_run_each([_one_of_two(drive) if _named_twice(drive, found) else drive for drive in found])


def one_run_each(found: Sequence[Surveyed]) -> tuple[Surveyed, ...]:
    """Say of each namespace whether the run of another one that was named reaches it; an open run goes first."""
    leads: list[Surveyed] = []
    for drive in sorted(found, key=lambda one: one.open_run is None):
        if reaches_all(drive) and drive.elsewhere is None and not any(_same_medium(lead, drive) for lead in leads):
            leads.append(drive)
    return tuple(_led(drive, leads) for drive in found)


def reaches_all(drive: Surveyed) -> bool:
    """Say whether the plan of this disk erases every namespace of its drive."""
    plan = drive.outcome
    return isinstance(plan, ErasurePlan) and any(map(_by_the_drive, (*plan.before, plan.method)))


def told_together(drive: Surveyed, run: OpenRun) -> bool:
    """Say whether the plan of this disk or the run of another namespace reaches both: then they cannot be two runs."""
    return reaches_all(drive) or _by_the_drive(run.context.method)


def _by_the_drive(method: str) -> bool:
    return method_named(method).kind is not MethodKind.OVERWRITE


def _led(drive: Surveyed, leads: Sequence[Surveyed]) -> Surveyed:
    """Leave a namespace to the run that reaches it; an open run of another one that was not named goes first."""
    if not isinstance(drive.outcome, ErasurePlan):
        return drive
    lead = next((lead for lead in leads if _same_medium(lead, drive)), None)
    if lead is not None:
        return replace(drive, together=lead.device.path)
    other = drive.elsewhere
    if other is None or drive.open_run is not None or not told_together(drive, other):
        return drive
    detail = f"a run of {other.context.facts.device.path}, the same drive, is open: it goes first"
    reason = Reason(ReasonCode.OPERATOR, detail)
    return replace(drive, outcome=Refusal(drive.outcome.facts, (reason,), drive.outcome.inapplicable))


def _same_medium(one: Surveyed, other: Surveyed) -> bool:
    return other.device.path in {device.path for device in one.namespaces}


def _named_twice(drive: Surveyed, found: Sequence[Surveyed]) -> bool:
    others = [other for other in found if other is not drive and other.serial == drive.serial]
    return any(not _same_medium(drive, other) for other in others)


def second_reading(document: dict[str, Any] | None) -> SecondReading | None:
    """What the health document calls the drive (model, serial, bytes); None without a document."""
    if document is None:
        return None
    capacity = document.get("user_capacity")
    size = capacity.get("bytes") if isinstance(capacity, dict) else None
    model = document.get("model_name") or document.get("scsi_model_name") or ""
    return SecondReading(
        str(model), str(document.get("serial_number") or ""), size if isinstance(size, int) and size > 0 else None
    )


def confirm(surveyed: Sequence[Surveyed], typed: Sequence[str], person: str) -> dict[str, Confirmation]:
    """Match what was typed with the drives that would be erased, by device path. Raises `ConfirmationError`.

    Every such drive needs its full serial, and every serial typed must be one of them; the order is free.
    """
    wanted = [drive for drive in surveyed if isinstance(drive.outcome, ErasurePlan)]
    stray = [serial for serial in typed if serial not in {drive.serial for drive in surveyed}]
    if stray:
        raise ConfirmationError(
            mark("No chosen drive has the serial number {typed}. Nothing was erased. To confirm, add: {wanted}"),
            exit_status=WRONG_TYPED,
            typed=", ".join(shlex.quote(visible(serial)) for serial in stray),
            wanted=_to_type(wanted),
        )
    missing = [drive for drive in wanted if not confirmed(drive.serial, typed)]
    if missing:
        raise ConfirmationError(
            mark("Nothing was erased. Confirm each drive by its serial number, add: {wanted}"),
            exit_status=WRONG_TYPED if typed else NOTHING_TYPED,
            wanted=_to_type(missing),
        )
    return {drive.device.path: Confirmation(person=person, serial=drive.serial) for drive in wanted}


def confirmed(serial: str, typed: Sequence[str]) -> bool:
    """Say whether a person typed exactly this serial number."""
    return serial in typed


def sighted_facts(device: BlockDevice) -> DriveFacts:
    """Give what is known of a drive that could not be opened: sector sizes 0 mean unknown."""
    unknown = HiddenAreas(AreaState.UNKNOWN, AreaState.UNKNOWN, AreaState.UNKNOWN, None)
    return DriveFacts(device, device.size_bytes, 0, 0, False, None, None, "", unknown)


@dataclass(frozen=True, slots=True)
class Survey:
    """What is the same for every drive of one survey."""

    bench: Bench
    policy: Policy
    asked: Asked
    here: Sequence[BlockDevice]  # every disk of the bench

    def twins(self, device: BlockDevice) -> tuple[BlockDevice, ...]:
        """Give the other disks that show the serial number of this one."""
        same = (other for other in self.here if other.identity.serial == device.identity.serial)
        return tuple(other for other in same if other.path != device.path)

    def asked_of(self, run: OpenRun | None) -> Asked:
        """Give what is asked of one drive: its open run was allowed when it began."""
        if run is None or self.asked.wanted or not run.context.method:
            return self.asked
        method = run.context.method
        return Asked(self.asked.allowed | {method}, resuming=method, label_read=self.asked.label_read)

    def smart(self, device: BlockDevice, facts: DriveFacts | None, run: OpenRun | None) -> dict[str, Any] | None:
        """Ask for the health document, unless the drive is erasing itself: then nothing else is sent to it."""
        running = facts is not None and is_running(facts)
        return None if running or (run is not None and run.commanded) else self.bench.smart(device)


def _survey_one(survey: Survey, device: BlockDevice) -> Surveyed:
    bench = survey.bench
    run = open_run_of(device, survey.asked.open_runs)
    blocks = (*bench.examine(device), *_identity_blocks(device, survey.twins(device)))
    if any(not _may_be_settled(device, reason) for reason in blocks):
        document = survey.smart(device, None, run)
        return Surveyed(device, second_reading(document), Refusal(None, blocks), run, numbers(document))
    try:
        return _examined(survey, device, blocks)
    except DeviceBusy as error:
        reason = Reason(ReasonCode.IN_USE, ", ".join(error.holders))
    except DeviceError as error:
        reason = Reason(ReasonCode.TRANSPORT, visible(str(error)))
    except OSError as error:
        reason = Reason(ReasonCode.TRANSPORT, visible(error.strerror or ""))
    return Surveyed(device, None, Refusal(None, (reason,)), run)


def _examined(survey: Survey, device: BlockDevice, doubts: tuple[Reason, ...]) -> Surveyed:
    """Open the drive, read it and plan. `doubts` about its name hold unless it names itself. Raises OSError, errors."""
    with survey.bench.opener(device) as port:
        facts = read_measured(port)
        namespaces = port.companions()
    named = facts.device
    run = open_run_of(named, survey.asked.open_runs)
    document = survey.smart(device, facts, run)
    second = second_reading(document)
    doubts = tuple(reason for reason in doubts if not settles(facts, reason) and not _measured(named, reason))
    if doubts and named.identity.source != OWN_WORD and not _one_medium(device, survey.twins(device), namespaces):
        return Surveyed(device, second, Refusal(facts, doubts), run, numbers(document))
    asked, readers = survey.asked_of(run), survey.bench.readers(named, document)
    held = (*_disagreement(facts, second), *undecided(readers, named.identity.serial, asked.label_read))
    seen = (reason for reason in survey.bench.examine(named) if not settles(facts, reason))
    against = (*held, *seen, *naming_faults(facts))
    outcome = plan(facts, against, survey.policy, allowed=asked.allowed, wanted=asked.wanted, resuming=asked.resuming)
    runs = (open_run_of(other, survey.asked.open_runs) for other in namespaces)
    elsewhere = next((one for one in runs if one is not None), None)
    action = "" if facts.sanitize is None else facts.sanitize.action
    closed = closed_run_of((named, *namespaces), survey.asked.closed_runs, action)
    looked = named.identity.serial in asked.label_read
    return Surveyed(
        named, second, outcome, run, numbers(document), namespaces, elsewhere, readers, looked, closed_run=closed
    )


def _may_be_settled(device: BlockDevice, reason: Reason) -> bool:
    """Say whether the open drive can take this reason away: a bridge's serial is not its own, a twin is a namespace."""
    if device.identity.bus == "nvme":
        return reason == DOUBLED
    if may_be_settled(device, reason):
        return True
    return device.identity.bus == "usb" and reason.code is ReasonCode.IDENTITY


def _measured(named: BlockDevice, reason: Reason) -> bool:
    """Say whether the kernel has read the capacity of a drive since it was found to show none."""
    return named.size_bytes > 0 and reason == size_zero(named.name)


def _one_medium(device: BlockDevice, twins: Sequence[BlockDevice], namespaces: Sequence[BlockDevice]) -> bool:
    """Say whether all who share this serial number are namespaces of one drive, each with a name of its own."""
    names = [one.identity.wwn for one in (device, *twins)]
    known = {one.path for one in namespaces}
    return bool(twins) and all(names) and len(set(names)) == len(names) and known >= {twin.path for twin in twins}


def _one_of_two(drive: Surveyed) -> Surveyed:
    """Refuse a drive that was planned under the same serial as another one that was named."""
    if not isinstance(drive.outcome, ErasurePlan):
        return drive
    return replace(drive, outcome=Refusal(drive.outcome.facts, (DOUBLED,), drive.outcome.inapplicable))


def _disagreement(facts: DriveFacts, second: SecondReading | None) -> tuple[Reason, ...]:
    """Give the reason not to erase when the two readers do not name the same drive."""
    try:
        compare_readings(facts, second)
    except IdentityDisagreement as error:
        return (Reason(ReasonCode.IDENTITY, str(error)),)
    return ()


def _identity_blocks(device: BlockDevice, twins: Sequence[BlockDevice]) -> tuple[Reason, ...]:
    """A drive that nobody can name is not erased: no serial, or one that two drives share."""
    if not device.identity.serial.strip():
        return (Reason(ReasonCode.IDENTITY, "no serial number"),)
    return (DOUBLED,) if twins else ()


def _to_type(drives: Sequence[Surveyed]) -> str:
    return to_confirm(dict.fromkeys(drive.serial for drive in drives))


def to_confirm(serials: Iterable[str]) -> str:
    """Give the words of a command line that confirm these serial numbers, "-" for none."""
    words = [shlex.quote(visible(serial)) for serial in serials]
    return " ".join(("--confirm", *words)) if words else "-"
