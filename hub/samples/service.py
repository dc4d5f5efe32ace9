"""Drawing a sample and recording what was read: by another person than whoever ran the erasure (R2v3, appendix B).

A draw stays. A reading that found data, or could not be made, reopens its drive in the account of the lot until a
newer run is approved; one that was noted in error is taken back with a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.pre_approval import approval_in
from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.derive.interpret import payload_of
from hub.derive.reading import read_ledger
from hub.devices.observed import normal
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.exits.gone import exits_of
from hub.ledger.append import lock_ledger
from hub.lots.drive_account import AccountLine, account_of
from hub.lots.life import require_open
from hub.lots.seen import DriveSeen, RunSeen
from hub.models import Drive, Erasure, LedgerEntry, Lot, Person
from hub.people.roles import MANAGERS, STAFF, require
from hub.repairs.hosts import moves_of
from hub.sampled import SampledDrive, SampleDraw, SampleReading
from hub.samples.policy import drawn, policy_of, seed_of
from hub.samples.reading import CLEAN, RESULTS, draws_of, works_alone
from hub.typed import one_line

LONGEST = 500
READ_BY = "another person than whoever ran the erasure reads the drive again"


@dataclass(frozen=True, slots=True)
class Read:
    """What a person read: result, the tool, what was seen, and the serial as it stands on the drive."""

    result: str
    tool: str
    found: str
    serial: str = ""


def undrawn(session: Session, person: Person, lot: Lot, lines: Sequence[AccountLine]) -> tuple[RunSeen, ...]:
    """The runs that explain drives of this lot and from among which nobody has drawn yet.

    Without those of drives that have left, in the device that they came with or in the one that took them: nobody could
    read them again, and the lot would stay open for ever.
    """
    known = {run for draw in draws_of(session, person, lot) for run in draw.population}
    runs = [(line.drive, line.run) for line in lines if line.standing.run and line.standing.explained != "open"]
    fresh = [(drive, run) for drive, run in runs if run is not None and run.statement_id not in known]
    if not fresh:
        return ()
    moves = moves_of(session, [drive.id for drive, _run in fresh])
    seats = {drive.id: frozenset({moves[drive.id]}) if drive.id in moves else _own(drive) for drive, _run in fresh}
    out = exits_of(session, frozenset().union(*seats.values())).keys()
    return tuple(run for drive, run in fresh if out.isdisjoint(seats[drive.id]))


def _own(drive: DriveSeen) -> frozenset[str | None]:
    return frozenset({drive.device_id, drive.declared_device_id})


def draw(session: Session, person: Person, lot: Lot) -> SampleDraw:
    """Draw among the approved runs that no draw has seen. Raises Forbidden, Conflict (lot is over; nothing to draw)."""
    require(person, *STAFF)
    lock_ledger(session)
    read_ledger(session)
    require_open(session, lot)
    runs = undrawn(session, person, lot, account_of(session, person, lot))
    if not runs:
        raise Conflict("there is no approved drive to draw from")
    policy = policy_of(hub_of(session).settings.data_dir)
    population = sorted(run.statement_id for run in runs)
    seed = seed_of(lot.id, [(run.statement_id, run.validation_id or "") for run in runs])
    row = SampleDraw(
        lot_id=lot.id,
        policy=policy.id,
        policy_version=policy.version,
        policy_sha256=policy.sha256,
        seed=seed,
        population=population,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    by_id = {run.statement_id: run for run in runs}
    chosen = drawn(policy, seed, population)
    for run in chosen:
        session.add(SampledDrive(draw_id=row.id, lot_id=lot.id, drive_id=by_id[run].drive_id, run_id=run))
    session.flush()
    audit.record(session, person, "sample.draw", lot.id, f"{len(chosen)} of {len(population)}, seed {seed}")
    return row


def note(session: Session, person: Person, lot: Lot, sampled_id: int, read: Read) -> SampleReading:
    """Record what was read on a drawn drive. Raises Forbidden (whoever ran it), NotFound, Conflict, BadInput."""
    require(person, *STAFF)
    require_open(session, lot)
    sampled = session.get(SampledDrive, sampled_id)
    if sampled is None or sampled.lot_id != lot.id:
        raise NotFound("no such drawn drive")
    if _held(session, sampled) is not None:
        raise Conflict("this drive was read again already: take that record back first")
    _require_another(session, person, sampled)
    tool, found, serial = one_line(read.tool, 120), one_line(read.found, LONGEST), one_line(read.serial, 120)
    if read.result not in RESULTS or not tool or not found:
        raise BadInput("say what was read, with which tool, and what came of it", "reading")
    refuse_claims(found)
    drive = session.get(Drive, sampled.drive_id)
    assert drive is not None
    if drive.serial and normal(serial) != normal(drive.serial):
        raise BadInput("this is not the serial of the drive on record: read its label again", "serial")
    row = SampleReading(
        sampled_id=sampled.id,
        lot_id=lot.id,
        drive_id=sampled.drive_id,
        result=read.result,
        tool=tool,
        found=found,
        serial=serial,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "sample.reading", sampled.drive_id, f"{read.result} {tool}: {found}")
    return row


def take_back(session: Session, person: Person, lot: Lot, reading_id: int, reason: str) -> SampleReading:
    """Take a reading back, with a reason. Raises Forbidden, NotFound, Conflict, BadInput.

    Forbidden: leads only; and what speaks against an erasure is not taken back by whoever ran it.
    """
    require(person, *MANAGERS)
    require_open(session, lot)
    row = session.get(SampleReading, reading_id, with_for_update=True, populate_existing=True)
    if row is None or row.lot_id != lot.id or row.withdrawn is not None:
        raise NotFound("no such record")
    sampled = session.get(SampledDrive, row.sampled_id)
    if sampled is not None and row.result != CLEAN and not works_alone(session, lot):
        _require_another(session, person, sampled, "another person than whoever ran the erasure takes this record back")
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why the record is taken back", "reason")
    refuse_claims(reason)
    row.withdrawn, row.withdrawn_by, row.withdrawn_reason = hub_of(session).clock(), person.id, reason
    session.flush()
    audit.record(session, person, "sample.withdraw", row.drive_id, f"{row.result}: {reason}")
    return row


def _held(session: Session, sampled: SampledDrive) -> SampleReading | None:
    query = select(SampleReading).where(SampleReading.sampled_id == sampled.id, SampleReading.withdrawn.is_(None))
    return session.scalar(query.limit(1))


def _require_another(session: Session, person: Person, sampled: SampledDrive, sentence: str = READ_BY) -> None:
    if answers_for(session, person, sampled):
        raise Forbidden(sentence)


def answers_for(session: Session, person: Person, sampled: SampledDrive) -> bool:
    """Whether this person ran the erasure or let it start by itself, or approved it where nobody is named."""
    run = session.get(Erasure, sampled.run_id)
    assert run is not None
    approval = approval_in(run.operator)
    who = approval[0] if approval else run.operator
    if not who and run.validation_id is not None:
        decision = session.scalar(select(LedgerEntry).where(LedgerEntry.id == run.validation_id))
        who = str(payload_of(decision)["validator"]) if decision is not None else ""
    return person.pseudonym == who
