"""Where an open run is taken up again: read from its journal, and from nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from erasure.drive import DriveFacts, DriveIdentity, IdentityGrade
from erasure.errors import JournalError
from erasure.hidden import AreaState, HiddenAreas
from erasure.journal import EntryKind, JournalEntry
from erasure.naming import fell_silent, unlike
from erasure.outcome import LbaRange, Reason, ReasonCode
from erasure.passes import Bare, Completion, Evidence, Fingerprint, Marks, Written
from erasure.ranges import merged
from erasure.scsi.clip import METHOD as SCSI_RESTORE
from erasure.standing import Standing

LARGEST = 1 << 64  # bytes; more than any drive has
MEASURED = "measured"  # the kernel shows the capacity of a drive that came while it erased itself
PASSES = (EntryKind.CHECKPOINT, EntryKind.WRITTEN)


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """The state of an open run. `offset` in bytes: everything below was written and flushed."""

    run_id: str
    method: str
    key: bytes
    model: str
    serial: str
    wwn: str
    size_bytes: int
    logical_sector: int
    offset: int
    begun: bool  # a checkpoint exists: the write pass has started
    written: bool  # the write pass is complete: only the verification is left
    bad_write: tuple[LbaRange, ...]
    unreadable: tuple[LbaRange, ...]  # met by an earlier verification that did not come to its end, or to its statement
    mismatch: tuple[LbaRange, ...]
    failures: tuple[Reason, ...]  # what ended the write pass, when it is over and failed
    resumed: int  # how often it was taken up before
    started_wall: str
    entries: tuple[JournalEntry, ...]
    before: tuple[str, ...] = ()  # what comes before the method
    steps: tuple[str, ...] = ()  # what of it is over
    completion: Completion | None = None  # of a firmware erase that is over
    power_cycle: tuple[str, int | None] | None = None  # boot id and disk sequence number it waited under
    native_bytes: int | None = None  # what it may show once its hidden areas are removed
    adopt: bool = False  # it only follows what was started elsewhere
    survived: tuple[Reason, ...] = ()  # what an earlier look found alive, on whichever disk
    erasing: bool = False  # it has begun to change what the sectors hold: hidden areas stay as they are
    ledger: HiddenAreas | None = None  # of hidden areas, as their removal showed it
    obstacles: tuple[Reason, ...] = ()  # what kept them, when their removal was tried last
    known: DriveIdentity | None = None  # as the journal names it; older ones have what the kernel heard of it
    growing: bool = False  # its whole capacity was asked for, and nobody knows yet what that is

    @property
    def sizes(self) -> range:
        """The capacities that this very drive may show: from what it had to what it has without hidden areas.

        A SCSI drive tells its whole capacity only afterwards: until it has, any larger one may be that. Of a drive
        that was followed before the kernel could read its capacity, nothing is known.
        """
        if self.unmeasured:
            return range(LARGEST)
        return range(self.size_bytes, LARGEST if self.growing else max(self.size_bytes, self.native_bytes or 0) + 1)

    @property
    def unmeasured(self) -> bool:
        """Say whether its drive was found at work, and the kernel has not shown its capacity since."""
        return self.size_bytes == 0 and self.adopt

    @staticmethod
    def from_entries(entries: Iterable[JournalEntry]) -> "ResumePoint":
        """Read the point from the journal of one open run, oldest entry first.

        Raises JournalError when there is no INTENT, when it is closed, or when an entry cannot be understood.
        """
        listed = tuple(entries)
        intents = [entry for entry in listed if entry.kind is EntryKind.INTENT]
        if len(intents) != 1 or any(entry.kind is EntryKind.CLOSED for entry in listed):
            raise JournalError("only a run with one INTENT and without CLOSED can be taken up again")
        try:
            return _read(listed, intents[0])
        except (KeyError, TypeError, ValueError) as error:
            raise JournalError(f"the journal of run {intents[0].run_id} cannot be understood: {error!r}") from error

    def differs_from(self, facts: DriveFacts, method: str) -> str:
        """Name why `facts` or `method` are not those of this run; "" when it is the same drive and the same plan."""
        pairs = (
            *self._renamed(facts.device.identity),
            ("size", self.size_bytes if facts.size_bytes not in self.sizes else facts.size_bytes, facts.size_bytes),
            (
                "logical sector",
                facts.logical_sector if self.unmeasured else self.logical_sector,
                facts.logical_sector,
            ),
            ("method", self.method, method),
        )
        return "; ".join(f"{name} was {old!r}, is {new!r}" for name, old, new in pairs if old != new)

    def _renamed(self, now: DriveIdentity) -> Iterator[tuple[str, str, str]]:
        """Give what of its name tells it from the drive of this run, before and now (`erasure.naming.unlike`)."""
        known = self.known or replace(now, model=self.model, serial=self.serial, wwn=self.wwn)
        yield from ((name, getattr(known, name), getattr(now, name)) for name in unlike(known, now))
        if fell_silent(known, now):
            yield "identity source", known.source, now.source

    def follows(self, method: str) -> bool:
        """Say whether this method was sent, or found at work, in an earlier part and is not known to be over."""
        return method not in self.steps and (self.adopt or self.standing(method).commanded)

    def standing(self, method: str) -> Standing:
        """Say where an earlier part left a firmware erase of this method."""
        return standing_of(self.entries, method)

    def by_firmware(self) -> Written:
        """Give what a firmware erase that is over did."""
        return Written((), (), 0, self.failures, self.completion)

    def with_earlier_findings(self, evidence: Evidence) -> Evidence:
        """Add what earlier parts could not read or found different or alive: a second look does not undo it."""
        return replace(
            evidence,
            unreadable=merged((*self.unreadable, *evidence.unreadable)),
            mismatch=merged((*self.mismatch, *evidence.mismatch)),
            failures=tuple(dict.fromkeys((*self.survived, *evidence.failures))),
        )


def ranges_document(ranges: tuple[LbaRange, ...]) -> list[list[int]]:
    """Give ranges as [[first, count], ...]."""
    return [[item.first, item.count] for item in ranges]


def _read(entries: tuple[JournalEntry, ...], intent: JournalEntry) -> ResumePoint:
    data: dict[str, Any] = intent.data
    steps = [entry.data for entry in entries if entry.kind in PASSES]
    written = any(entry.kind is EntryKind.WRITTEN for entry in entries)
    data = data | measured(entries)
    last: dict[str, Any] = steps[-1] if steps else {"offset": 0, "bad": []}
    edge = int(last["offset"]) // int(data["logical_sector"])  # what lies above is written once more
    return ResumePoint(
        run_id=intent.run_id,
        method=str(data["method"]),
        key=bytes.fromhex(data["key"]),
        model=str(data["identity"]["model"]),
        serial=str(data["identity"]["serial"]),
        wwn=str(data["identity"]["wwn"]),
        size_bytes=int(data["size_bytes"]),
        logical_sector=int(data["logical_sector"]),
        offset=int(last["offset"]),
        begun=bool(steps),
        written=written,
        bad_write=tuple(item for item in _ranges(last["bad"]) if written or item.first < edge),
        unreadable=_found(entries, "unreadable"),
        mismatch=_found(entries, "mismatch"),
        failures=tuple(Reason(ReasonCode(item["code"]), str(item["detail"])) for item in last.get("failures", ())),
        resumed=sum(entry.kind is EntryKind.RESUMED for entry in entries),
        started_wall=str(data["wall"]),
        entries=entries,
        before=tuple(str(name) for name in data.get("before", ())),
        steps=tuple(str(entry.data["method"]) for entry in entries if entry.kind is EntryKind.STEPPED),
        completion=Completion(**last["completion"]) if last.get("completion") else None,
        power_cycle=_power_cycle(entries),
        native_bytes=_native(entries),
        adopt=bool(data.get("adopt", False)),
        survived=_survived(entries),
        erasing=any(entry.kind in (*PASSES, EntryKind.PLANTED) for entry in entries),
        ledger=_ledger(entries),
        obstacles=_obstacles(entries),
        known=_known(data["identity"]),
        growing=_growing(entries),
    )


def _known(told: dict[str, Any]) -> DriveIdentity:
    words = {name: str(told[name]) for name in ("model", "serial", "wwn", "firmware", "bus", "bridge", "source")}
    return DriveIdentity(**words, grade=IdentityGrade(told["grade"]))


def standing_of(entries: Iterable[JournalEntry], method: str) -> Standing:
    """Read where a firmware erase stands; each planting and each command begins anew, old fingerprints stay."""
    known = Standing()
    for entry in entries:
        data = entry.data
        if entry.kind is EntryKind.PLANTED:
            noted = tuple(Fingerprint(int(disk), int(lba), str(digest)) for disk, lba, digest in data["fingerprints"])
            disks = tuple(str(disk) for disk in data.get("disks", ()))
            bare = tuple(Bare(int(asked), int(lost), int(instead)) for asked, lost, instead in data.get("bare", ()))
            marks = Marks(int(data["planted"]), noted, int(data.get("lost", 0)), disks, bare)
            known = Standing(marks, planted=data["method"] == method)
        elif data.get("method") != method:
            continue
        elif entry.kind is EntryKind.COMMANDED:
            known = replace(known, commanded=True, accepted=False, seen_running=False, notes={})
        elif entry.kind is EntryKind.ACCEPTED:
            known = replace(known, accepted=True, notes=dict(data.get("notes", {})))
        elif entry.kind is EntryKind.OBSERVED:
            known = replace(known, seen_running=known.seen_running or data.get("state") == "running")
    return known


def measured(entries: Iterable[JournalEntry]) -> dict[str, int]:
    """Give the sizes that a drive showed once the kernel had read them; none where they were known before."""
    told = [one.data for one in entries if one.kind is EntryKind.OBSERVED and one.data.get("state") == MEASURED]
    return {name: int(told[-1][name]) for name in ("size_bytes", "logical_sector")} if told else {}


def _native(entries: tuple[JournalEntry, ...]) -> int | None:
    """The capacity that a removal of hidden areas promised, begun or done; None when none was tried."""
    kinds = (EntryKind.POWER_CYCLE, EntryKind.COMMANDED)
    told = [entry.data.get("native_bytes") for entry in entries if entry.kind in kinds]
    told += [
        entry.data.get("native_bytes") for entry in entries if entry.kind is EntryKind.RESTORED and entry.data["done"]
    ]
    return max((int(size) for size in told if size is not None), default=None)


def _ledger(entries: tuple[JournalEntry, ...]) -> HiddenAreas | None:
    told = [entry.data["hidden"] for entry in entries if entry.kind is EntryKind.RESTORED and entry.data.get("hidden")]
    if not told:
        return None
    states = {area: AreaState(told[-1][area]) for area in ("hpa", "dco", "ama")}
    return HiddenAreas(**{**told[-1], **states})


def _growing(entries: tuple[JournalEntry, ...]) -> bool:
    """Say whether the journal ends between asking a SCSI drive for all of its blocks and what came of it."""
    kinds = (EntryKind.RESTORED, EntryKind.COMMANDED)
    last = next((entry for entry in reversed(entries) if entry.kind in kinds), None)
    return last is not None and last.kind is EntryKind.COMMANDED and last.data.get("method") == SCSI_RESTORE


def _obstacles(entries: tuple[JournalEntry, ...]) -> tuple[Reason, ...]:
    told = [entry.data["obstacles"] for entry in entries if entry.kind is EntryKind.RESTORED]
    return tuple(Reason(ReasonCode(item["code"]), str(item["detail"])) for item in (told[-1] if told else ()))


def _survived(entries: tuple[JournalEntry, ...]) -> tuple[Reason, ...]:
    told = (item for entry in entries if entry.kind is EntryKind.VERIFIED for item in entry.data.get("failures", ()))
    return tuple(
        Reason(ReasonCode.CANARY_SURVIVED, str(item["detail"]))
        for item in told
        if item["code"] == ReasonCode.CANARY_SURVIVED
    )


def _power_cycle(entries: tuple[JournalEntry, ...]) -> tuple[str, int | None] | None:
    told = [entry.data for entry in entries if entry.kind is EntryKind.POWER_CYCLE]
    return (str(told[-1]["boot_id"]), told[-1]["diskseq"]) if told else None


def _ranges(document: list[list[int]]) -> tuple[LbaRange, ...]:
    return tuple(LbaRange(int(first), int(count)) for first, count in document)


def _found(entries: tuple[JournalEntry, ...], what: str) -> tuple[LbaRange, ...]:
    told = (entry.data[what] for entry in entries if entry.kind is EntryKind.FOUND)
    return merged(item for document in told for item in _ranges(document))


def reasons_document(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    """Give reasons as [{"code", "detail"}, ...]."""
    return [{"code": str(item.code), "detail": item.detail} for item in reasons]
