"""What a label says, out of stored statements and nothing else.

A label is made from the ids of statements that lie in the records of this bench, whole: each is read back and hashed
again. Refused are an id that is not stored, a statement about a drive of which a later one is stored, and whatever has
an open run, because its drive has no last word yet. Of a device every drive is named that its diagnosis saw, also one
that was never erased.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from certificates.envelope import short_id
from diagnostics.grading import banned_words
from station_agent.errors import StoreBroken, UsageError
from station_agent.language import mark, visible
from station_agent.members import group, members, signed, word
from station_agent.records import Rows, legible
from station_agent.run_search import LEAST, as_beginning

NO_RECORD: Final = ""  # the verdict of a drive that was seen and of which nothing is stored
UNGRADED: Final = "none"
FOUND: Final = "SELECT id, kind, envelope, position FROM statement WHERE substr(id, 1, length(?1)) = ?1"
ALL: Final = (
    "SELECT id, kind, envelope, position FROM statement WHERE kind IN ('erasure', 'diagnostics') ORDER BY position"
)
LATER: Final = (
    "SELECT id, kind, envelope, position FROM statement WHERE kind = 'erasure' AND position > ? ORDER BY position DESC"
)
OPEN: Final = "SELECT context FROM run WHERE state = 'open'"
NOT_STORED: Final = mark(
    "No statement {id} is stored on this bench: a label is printed from a stored record only. `etabli-station outbox` "
    "shows what is stored."
)


class LabelRefused(UsageError):
    """No label can be printed: nothing is stored to print it from, or it would say what must not be said."""

    code = "label"


class LabelKind(StrEnum):
    """What a label is stuck on."""

    DEVICE = "device"
    DRIVE = "drive"
    SHRED = "shred"


@dataclass(frozen=True, slots=True)
class DriveState:
    """The last stored word on one drive; `verdict` is `NO_RECORD` when there is none."""

    model: str
    serial: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Label:
    """One label. `statement_id` is the stored record that it was made from; `day` is "" when no clock was set."""

    kind: LabelKind
    asset: str
    lot: str
    grade: str  # a letter; "" when there is none
    drives: tuple[DriveState, ...]
    day: str
    statement_id: str
    address: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """One statement as it lies in the records."""

    id: str
    kind: str
    position: int
    payload: dict[str, Any]

    @property
    def asset(self) -> str:
        """The tag that it names, "" for none."""
        return word(self.payload, "asset")

    @property
    def drive(self) -> tuple[str, str]:
        """Model and serial of the drive of an erasure."""
        return _drive(self.payload)

    @property
    def verdict(self) -> str:
        """The verdict of an erasure."""
        return word(self.payload, "result", "verdict")


@legible()
def labels_of_statement(store: Rows, beginning: str, hub_url: str) -> tuple[Label, ...]:
    """Make the label of one stored statement, named by its id or the beginning of it (6 characters or more).

    Raises `LabelRefused` for what is not stored or names several, `StoreBroken` for a record that is not whole.
    """
    named = as_beginning(beginning)
    rows = store.rows(FOUND, (named,)) if named else []
    if not rows:
        raise LabelRefused(NOT_STORED, id=visible(beginning)[:64] or '""')
    if len(rows) > 1:
        raise LabelRefused(mark("{id} begins {n} stored statements: give more of it."), id=named, n=len(rows))
    stored = _stored(rows[0])
    if stored.kind == "erasure":
        return (_drive_label(store, stored, hub_url),)
    if stored.kind != "diagnostics":
        raise LabelRefused(
            mark("The statement {id} is of the kind {kind}: no label is made of it."),
            id=stored.id[: LEAST * 2],
            kind=stored.kind,
        )
    return (_device_label(store, stored.asset, stored, hub_url),)


@legible()
def labels_of_asset(store: Rows, asset: str, hub_url: str) -> tuple[Label, ...]:
    """Make the label of a device by its tag, and a shred label for each drive of it whose last word is FAILED.

    Raises `LabelRefused` when nothing with this tag is stored or a run of it is open, `StoreBroken`.
    """
    mine = _of_asset(store, asset) if asset.strip() else []
    if not mine:
        raise LabelRefused(
            mark(
                "Nothing about the tag {asset} is stored on this bench: a label is printed from a stored record only."
            ),
            asset=visible(asset) or '""',
        )
    diagnoses = [one for one in mine if one.kind == "diagnostics"]
    device = _device_label(store, asset, diagnoses[-1] if diagnoses else mine[-1], hub_url)
    failed = [one for one in _last_words(store, asset) if one.verdict == "FAILED"]
    return (device, *(_drive_label(store, one, hub_url) for one in failed))


def _drive_label(store: Rows, stored: Stored, hub_url: str) -> Label:
    _refuse_open(store, serial=stored.drive[1])
    later = store.rows(LATER, (stored.position,)) if stored.drive[1].strip() else []
    for one in map(_stored, later):
        if one.drive == stored.drive:
            raise LabelRefused(
                mark("A later record of the drive {serial} is stored: print the label of {id}."),
                serial=visible(stored.drive[1]),
                id=one.id[:12],
            )
    state = DriveState(*stored.drive, stored.verdict)
    kind = LabelKind.SHRED if stored.verdict == "FAILED" else LabelKind.DRIVE
    return _label(stored, hub_url, kind=kind, asset=stored.asset, grade="", drives=(state,))


def _device_label(store: Rows, asset: str, source: Stored, hub_url: str) -> Label:
    _refuse_open(store, asset=asset)
    words = _last_words(store, asset) if asset.strip() else []
    for one in words:
        _refuse_open(store, serial=one.drive[1])
    erased = [DriveState(*one.drive, one.verdict) for one in words]
    seen = [DriveState(*drive, NO_RECORD) for drive in _seen(source) if not _known(drive[1], erased)]
    letter = word(source.payload, "report", "grade", "letter") if source.kind == "diagnostics" else UNGRADED
    label = _label(
        source,
        hub_url,
        kind=LabelKind.DEVICE,
        asset=asset,
        grade="" if letter == UNGRADED else letter,
        drives=(*erased, *seen),
    )
    return replace(label, simulated=label.simulated or any(one.payload["simulated"] for one in words))


def _label(
    stored: Stored, hub_url: str, *, kind: LabelKind, asset: str, grade: str, drives: tuple[DriveState, ...]
) -> Label:
    payload = stored.payload
    lot = str(payload["lot"])
    for text in (asset, lot, grade):
        if banned_words(text):
            raise LabelRefused(
                mark("The law bans these words on a label: {text}. Change the tag or the lot."), text=text
            )
    code = short_id(stored.id)
    address = f"{hub_url.rstrip('/')}/verify/{code}" if hub_url else f"etabli:{code}"
    day = "" if payload["wall_src"] == "unset" else datetime.fromisoformat(payload["wall"]).date().isoformat()
    return Label(kind, asset, lot, grade, drives, day, stored.id, address, bool(payload["simulated"]))


def _of_asset(store: Rows, asset: str) -> list[Stored]:
    """Give the statements that name a tag, oldest first; what names others is not hashed."""
    return [_stored(row) for row in store.rows(ALL) if _payload(row["envelope"])["asset"] == asset]


def _last_words(store: Rows, asset: str) -> list[Stored]:
    """Give the newest word on each drive that was erased under a tag, under whatever tag that was said.

    Drives without a serial number cannot be told apart: each word on one of them is shown.
    """
    erasures = [row for row in store.rows(ALL) if row["kind"] == "erasure"]
    told = [(row, _payload(row["envelope"])) for row in erasures]
    mine = {_drive(payload) for _, payload in told if payload["asset"] == asset}
    found: dict[tuple[str, str, str], Any] = {}
    for row, payload in told:
        drive = _drive(payload)
        named = bool(drive[1].strip())
        if drive in mine and (named or payload["asset"] == asset):
            found[*drive, "" if named else str(row["id"])] = row
    return [_stored(row) for row in found.values()]


def _seen(source: Stored) -> list[tuple[str, str]]:
    """Give model and serial of the drives that a diagnosis saw."""
    if source.kind != "diagnostics":
        return []
    identities = [
        drive.get("identity", {})
        for drive in group(source.payload, "report").get("drives", ())
        if isinstance(drive, dict)
    ]
    return [(str(one.get("model") or ""), str(one.get("serial") or "")) for one in identities if isinstance(one, dict)]


def _known(serial: str, erased: Iterable[DriveState]) -> bool:
    """Say whether a drive that a health reader named is one of those that were erased.

    Blanks within a serial do not count; one that is nothing else is no name.
    """
    plain = "".join(serial.split())
    return bool(plain) and any(plain == "".join(known.serial.split()) for known in erased)


def _refuse_open(store: Rows, *, asset: str = "", serial: str = "") -> None:
    """Raise `LabelRefused` while a run of this tag or of the drive with this serial is open."""
    for row in store.rows(OPEN):
        context = members(row["context"])
        under_way = word(context, "facts", "device", "identity", "serial")
        if (asset.strip() and word(context, "asset") == asset) or (serial.strip() and under_way == serial):
            raise LabelRefused(
                mark("A run on the drive {serial} is still open: let it end, then print the label."),
                serial=visible(under_way) or "-",
            )


def _stored(row: Any) -> Stored:
    envelope = bytes(row["envelope"])
    if hashlib.sha256(envelope).hexdigest() != row["id"]:
        raise StoreBroken(
            mark("The stored statement {id} is not whole: no label is printed from it. Ask the lead."),
            id=row["id"][:12],
        )
    return Stored(str(row["id"]), str(row["kind"]), int(row["position"]), _payload(envelope))


def _payload(envelope: bytes) -> dict[str, Any]:
    """Read a kept statement, with the members that are asked for below. Raises `Illegible`, ValueError."""
    payload = signed(envelope)
    for name in ("asset", "lot", "wall", "wall_src"):
        word(payload, name)
    return payload if "simulated" in payload else group(payload, "simulated")


def _drive(payload: dict[str, Any]) -> tuple[str, str]:
    """Model and serial of the drive of an erasure. Raises `Illegible`."""
    return word(payload, "subject", "drive", "model"), word(payload, "subject", "drive", "serial")
