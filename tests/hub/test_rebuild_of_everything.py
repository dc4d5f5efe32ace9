"""A rebuild of a hub in which everything happened that a ledger or a person can say: no table is other than before.

Which tables are derived, their classes say; the test finds them itself, and what a rebuild drops is what they say.
"""

import re
from collections import Counter
from typing import Any

from sqlalchemy import event, select

from certificates.statement import GENESIS, KINDS
from hub.derive.reading import read_ledger, rebuild, rematch
from hub.devices import tying
from hub.grades import overriding, policies
from hub.grades import service as grades
from hub.lots import merging
from hub.lots.sameness import DRIVE
from hub.models import Certificate, Drive, Erasure, LedgerEntry
from hub.sampled import SampledDrive
from hub.samples import service as samples
from hub.samples.service import Read
from hub.tables import Base
from hub.validation import recalling
from hub.validation.service import reject
from tests.hub.bench import machine
from tests.hub.grade_reports import full_report
from tests.hub.lot_work import LotWork
from tests.hub.sent import import_csv, put

SORTS = {"Primary", "Ledger", "Derived"}
DROPPED = re.compile(r"DELETE FROM (\w+)$")
LIST = "asset;drive serial\n" + "".join(f"A-{number};WD-000{number}\n" for number in range(1, 7))


def sorts() -> dict[str, str]:
    """What every table is, by the first word of its class."""
    return {
        str(one.local_table.name): re.split(r"\W", one.class_.__doc__ or "", maxsplit=1)[0]
        for one in Base.registry.mappers
    }


def derived() -> set[str]:
    return {name for name, sort in sorts().items() if sort == "Derived"}


def everything(world: Any) -> dict[str, list[tuple[Any, ...]]]:
    with world.hub.sessions()() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
        }


def lived(world: Any) -> LotWork:
    """A lot from its list to its closing and after it, with every kind of statement and of a person's word."""
    work = LotWork(world, LIST)
    work.receive(6)
    world.hub.clock.forward(minutes=1)
    world.lot("LOT-2", donor="CHU")
    for number in range(1, 7):
        work.sort(f"A-{number}")
    work.bench.put(work.bench.diagnosis(asset="A-1", machine=machine()))
    diagnosis = {**work.bench.diagnosis_payload(asset="A-2", machine=machine("PF-0002")), "report": full_report()}
    work.bench.put(work.bench.sign(diagnosis))
    bad = work.erase("WD-0002", "A-2", verdict="FAILED")
    put(work.bench, serial="UNKNOWN-1")
    put(work.bench, serial="NAMED", asset="Z-9")  # waits for a device with that tag
    put(work.bench, serial="NOT-YET", lot="LOT-9", verdict="NOT_ERASED")
    work.approve(work.erase("WD-0001", "A-1"))
    work.approve(work.erase("WD-0006", "A-6", verdict="ERASED_WITH_EXCEPTIONS"))
    _refused(work, bad)
    work.destroy("WD-0003")
    work.say("WD-0004", "absent", reason="bay-empty")
    _forked(world.bench("B-2", registered=True))
    return work


def _forked(bench: Any) -> None:
    """A bench that contradicts itself: the hub says so in words of its own, and takes the key away."""
    bench.put(bench.erasure(serial="TWICE-1"))
    bench.seq, bench.prev = 0, GENESIS
    assert bench.put(bench.erasure(serial="TWICE-2")).status_code == 409


def _refused(work: LotWork, statement: str) -> None:
    with work.world.hub.sessions().begin() as session:
        reject(session, work.lead, statement, "illisible", work.world.hub.clock())


def test_every_table_says_what_it_is() -> None:
    assert {name: sort for name, sort in sorts().items() if sort not in SORTS} == {}
    assert set(sorts()) == set(Base.metadata.tables)
    assert derived() >= {"erasure", "diagnostic", "certificate", "derivation_cursor"}


def sampled_drive(work: LotWork, draw_id: int) -> str:
    with work.world.hub.sessions()() as session:
        return session.scalars(select(SampledDrive.drive_id).where(SampledDrive.draw_id == draw_id)).one()


def _said_since(work: LotWork) -> None:
    """What people say beside the evidence, and runs that come after they said it."""
    clock, loose = work.world.hub.clock, work.drive_id("UNKNOWN-1")
    with work.world.hub.sessions().begin() as session:
        kept = policies.keep_shipped(session, "grade")
        grades.apply_policy(session, None, kept)
        diagnosis = session.scalars(select(LedgerEntry.id).where(LedgerEntry.kind == "diagnostics")).first()
        assert diagnosis is not None
        overriding.override(session, work.lead, diagnosis, "C", reason=overriding.OTHER, note="vu de près")
        tying.tie(session, work.lead, loose, work.lot(session), "A-5")
    drawn = work.do(samples.draw)
    serial = {work.drive_id(one): one for one in ("WD-0001", "WD-0006")}[sampled_drive(work, drawn.id)]
    work.do(samples.note, 1, Read("data", "PhotoRec 7.2", "trois images", serial), who=work.technician)
    clock.forward(minutes=5)
    put(work.bench, serial="WD-0006", lot="LOT-2", verdict="FAILED")  # too late for what was approved
    put(work.bench, serial="UNKNOWN-2", lot="LOT-1", asset="A-5")
    one, other = work.drive_id("UNKNOWN-2"), work.drive_id("WD-0005")
    with work.world.hub.sessions().begin() as session:
        merging.merge(session, work.lead, DRIVE, one, other, reason="même étiquette")
    import_csv(work.world, "asset;drive serial\nB-1;NOT-YET\n", code="LOT-2")
    put(work.bench, serial="WD-0004", lot="LOT-1", asset="A-4")  # it was said to be absent
    with work.world.hub.sessions().begin() as session:
        paper = session.scalars(select(Certificate.id).order_by(Certificate.number)).first()
        assert paper is not None
        recalling.ask(session, work.lead, paper, clock(), why="withdrawn", note="un autre disque")


def test_each_drive_says_how_many_runs_name_it_be_they_in_no_lot(world: Any) -> None:
    _said_since(lived(world))
    with world.hub.sessions().begin() as session:
        read_ledger(session)
    for again in (lambda _session: None, lambda session: rematch(session, None), rebuild):
        with world.hub.sessions().begin() as session:
            again(session)
            named = list(session.execute(select(Erasure.drive_id, Erasure.lot_id)))
            said = {drive.id: drive.runs for drive in session.scalars(select(Drive)) if drive.runs}
        assert said == Counter(drive_id for drive_id, _ in named)
        assert max(said.values()) > 1
        assert None in {lot_id for _, lot_id in named}


def test_a_rebuild_changes_no_table_and_drops_every_derived_one(world: Any) -> None:
    work = lived(world)
    _said_since(work)
    with world.hub.sessions().begin() as session:
        read_ledger(session)
    before = everything(world)
    kinds = {row[2] for row in before["ledger"]}
    assert kinds == set(KINDS), "a new kind of statement belongs into this ledger"
    assert sorted(name for name in derived() if not before[name]) == []
    dropped: set[str] = set()

    def hear(_connection: Any, _cursor: Any, said: str, *_rest: Any) -> None:
        found = DROPPED.match(said)
        dropped.update([found[1]] if found else [])

    event.listen(world.hub.engine, "before_cursor_execute", hear)
    with world.hub.sessions().begin() as session:
        assert rebuild(session) == len(before["ledger"])
    event.remove(world.hub.engine, "before_cursor_execute", hear)
    assert dropped == derived()
    after = everything(world)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
