"""What a donor takes home of a lot: its devices and drives as rows, and the impact estimate. Only reads, in scope.

Rows have the same members in every format. Names of people are not in them; what nobody knows is "".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import wall
from hub.context import hub_of
from hub.devices.triage import words_of
from hub.lots.blocking import COMPLETE, Ledgerbook
from hub.lots.closing import closings_of, document_of
from hub.lots.drive_account import AccountLine, account_of
from hub.lots.factors import factors_of
from hub.lots.impact import impact, units_of
from hub.lots.seen import RunSeen
from hub.models import Certificate, Device, Lot, Person
from hub.recalled import IN_FORCE
from hub.scope import in_scope

DEVICE_MEMBERS = ("tag", "kind", "maker", "model", "serial", "received", "outcome", "drives", "drive_serials")
OF_THE_RUN = ("verdict", "level", "method", "statement", "certificate")
NOT_COUNTED = ("open_because", "last_run", "certificate_not_counted")
DRIVE_MEMBERS = ("serial", "model", "device", "class", *OF_THE_RUN, "day", *NOT_COUNTED)
Row = Mapping[str, str]


def impact_of(session: Session, person: Person, lot: Lot, book: Ledgerbook) -> tuple[Mapping[str, Any], bool]:
    """The estimate of a lot, and whether a closing has frozen it. Raises BadInput for factors that cannot be used."""
    newest = next(iter(closings_of(session, person, lot)), None)
    if newest is not None and newest.reopened is None and (section := document_of(newest).get("impact")):
        return section, True
    return impact(units_of(book), factors_of(hub_of(session).settings.data_dir)), False


def device_rows(session: Session, person: Person, lot: Lot) -> list[Row]:
    """Every device of a lot, listed or seen, by serial."""
    query = select(Device).where(Device.lot_id == lot.id, in_scope(person, Device.lot_id))
    devices = session.scalars(query.order_by(Device.serial, Device.id)).all()
    words = words_of(session, person, [device.id for device in devices])
    inside: dict[str | None, list[str]] = {}
    for line in account_of(session, person, lot):
        inside.setdefault(line.drive.device_id or line.drive.declared_device_id, []).append(line.drive.serial)
    return [_device(one, words[one.id].disposition, inside.get(one.id, [])) for one in devices]


def drive_rows(session: Session, person: Person, lot: Lot) -> list[Row]:
    """Every drive of a lot's account with its class, by serial.

    Verdict, level, method, statement and certificate are those of the run that explains the drive, else empty: what an
    open drive has beside stands in members of its own, whose names say that it does not count.
    """
    found: list[Row] = []
    taken_back = _taken_back(session, lot)
    for line in account_of(session, person, lot):
        run, record, device = line.proof, line.record, line.drive.device
        found.append(
            {
                "serial": line.drive.serial,
                "model": line.drive.model,
                "device": (device.asset or device.serial) if device else "",
                "class": line.standing.explained.value,
                "verdict": run.verdict if run else "",
                "level": run.level if run else "",
                "method": run.method if run else "",
                "statement": run.statement_id if run else "",
                "certificate": (run.certificate_id or "") if run else "",
                "day": record.day if record else "",
                **_beside(line, taken_back),
            }
        )
    return found


def _papers(run: RunSeen, taken_back: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield from taken_back.get(run.statement_id, ())
    if run.certificate_id:
        yield run.certificate_id


def _taken_back(session: Session, lot: Lot) -> Mapping[str, Sequence[str]]:
    """The certificates of a lot, found in scope, that count no more, by run."""
    query = select(Certificate.erasure_id, Certificate.id).where(Certificate.lot_id == lot.id, ~IN_FORCE)
    found: dict[str, list[str]] = {}
    for run, certificate_id in session.execute(query.order_by(Certificate.number)):
        found.setdefault(run, []).append(certificate_id)
    return found


def _beside(line: AccountLine, taken_back: Mapping[str, Sequence[str]]) -> Row:
    """What there is of a drive that no run explains: why it is open, how its newest run ended, its certificates."""
    if line.proof is not None:
        return dict.fromkeys(NOT_COUNTED, "")
    return {
        "open_because": line.standing.why.value,
        "last_run": _ended(line.runs[-1]) if line.runs else "",
        "certificate_not_counted": " ".join(one for run in line.runs for one in _papers(run, taken_back)),
    }


def _ended(run: RunSeen) -> str:
    """How a run ended and what was decided of it: no run that explains nothing is called erased."""
    return f"{'complete' if run.verdict in COMPLETE else run.verdict.lower()} {run.decision.lower()}"


def _device(device: Device, said: Any, serials: Iterable[str]) -> Row:
    inside = list(serials)
    return {
        "tag": device.asset or "",
        "kind": device.kind,
        "maker": device.maker,
        "model": device.model,
        "serial": device.serial,
        "received": wall(device.received) if device.received else "",
        "outcome": said.word if said is not None else "",
        "drives": str(len(inside)),
        "drive_serials": " ".join(inside),
    }
