"""Whatever comes in whatever order: no record is lost, doubled or given to another donor; a rebuild gives the same."""

from contextlib import suppress
from typing import Any, NamedTuple

from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.derive.reading import rebuild
from hub.devices import tying
from hub.errors import Conflict, HubError
from hub.grades import policies
from hub.grades import service as grades
from hub.lots.service import apply_import, lot_for
from hub.models import Diagnostic, Drive, DriveTie, Erasure, LedgerEntry, Lot
from hub.validation.service import approve, reject
from tests.hub.bench import machine
from tests.hub.sent import rows

TAGS, LOTS, SERIALS = ["", "A-1", "A-2"], ["", "LOT-1", "LOT-2", "LOT-X"], ["WD-0001", "WD-0002", ""]
MODELS = ["HDD 500", "TOSHIBA MQ01ABD100", "TOSHIBA MQ01ABD1"]  # the last one is what a kernel leaves of the second


class Act(NamedTuple):
    """One thing that happens: what, at which bench, with which tag, lot and serial; `model` also chooses a WWN."""

    kind: str
    bench: int = 0
    tag: str = ""
    lot: str = ""
    serial: str = ""
    model: int = 0


def _acts(kinds: list[str], tags: list[str], lots: list[str], serials: list[str]) -> st.SearchStrategy[Act]:
    drawn = map(st.sampled_from, (kinds, (0, 1), tags, lots, serials, (0, 1, 2)))
    return st.tuples(*drawn).map(lambda drawn: Act(*drawn))


STATEMENTS = st.lists(_acts(["erasure", "erasure", "diagnosis"], TAGS, LOTS, SERIALS), min_size=1, max_size=5)
PEOPLE = st.lists(
    st.one_of(
        _acts(["import"], TAGS, ["LOT-1", "LOT-2"], SERIALS),
        _acts(["tie", "decide"], ["", "A-1"], ["LOT-1", "LOT-2"], SERIALS),
        _acts(["lot", "policy", "undo"], [""], ["LOT-X"], [""]),
    ),
    max_size=5,
)
GIVEN_AGAIN = [
    Act("erasure", lot="LOT-2", serial="WD-0002"),
    Act("import", lot="LOT-1", serial="WD-0001"),
    Act("erasure", tag="A-2", lot="LOT-1", serial="WD-0002"),
    Act("import", lot="LOT-1", serial="WD-0002"),
]
CORRECTED_TWICE = [
    Act("import", tag="A-1", lot="LOT-1", serial="WD-0001"),
    Act("erasure", lot="LOT-2", serial="WD-0001"),
    Act("tie", lot="LOT-2", serial="WD-0001"),
    Act("erasure", lot="LOT-2", tag="A-1", serial="WD-0001"),
    Act("tie", tag="A-1", lot="LOT-1", serial="WD-0001"),
]


class Story:
    """A hub to which things happen."""

    def __init__(self, world: Any) -> None:
        self.world = world
        world.lot("LOT-1")
        world.lot("LOT-2", donor="CHU")
        self.benches, self.lead = (world.bench("banc 1"), world.bench("banc 2")), world.person()

    def happen(self, act: Act) -> None:
        bench = self.benches[act.bench]
        if act.kind == "erasure":
            payload = bench.erasure_payload(asset=act.tag, lot=act.lot, serial=act.serial, model=MODELS[act.model])
            payload["subject"]["drive"] |= {"bus": "ata", "wwn": "" if act.model else f"50014ee2{act.serial or 'none'}"}
            assert bench.put(bench.sign(payload)).status_code == 201
        elif act.kind == "diagnosis":
            bench.put(bench.diagnosis(asset=act.tag, lot=act.lot, machine=machine()))
        elif act.kind == "lot":
            with suppress(Conflict):
                self.world.lot(act.lot)
        else:
            with suppress(HubError), self.world.hub.sessions().begin() as session:
                self._by_a_person(session, act)

    def _by_a_person(self, session: Any, act: Act) -> None:
        if act.kind == "import" and (act.tag or act.serial):
            text = f"asset;drive serial\n{act.tag};{act.serial}\n"
            apply_import(session, lot_for(session, self.lead, act.lot), text, self.lead)
        elif act.kind == "policy":
            grades.apply_policy(session, self.lead, policies.keep_shipped(session, policies.KINDS[act.model % 2]))
        elif act.kind == "undo":
            grades.undo(session, self.lead, policies.KINDS[act.model % 2])
        elif act.kind == "tie":
            oldest = select(Drive.id).where(Drive.serial == act.serial).order_by(Drive.known_from).limit(1)
            lot = lot_for(session, self.lead, act.lot)
            tying.tie(session, self.lead, session.scalar(oldest) or "", lot, act.tag, reason="bench-wrong")
            event("a person put a drive somewhere")
        elif act.kind == "decide":
            newest = select(Erasure.statement_id).order_by(Erasure.position.desc()).limit(1)
            judge = approve if act.model else reject
            judge(session, self.lead, session.scalar(newest) or "", "vu", self.world.hub.clock())


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.tuples(STATEMENTS, PEOPLE).flatmap(lambda both: st.permutations([*both[0], *both[1]])))
@example(acts=GIVEN_AGAIN)
@example(acts=CORRECTED_TWICE)
def test_any_order_of_arrival_gives_the_rows_of_a_rebuild(fresh_world: Any, acts: list[Act]) -> None:
    story = Story(fresh_world())
    for act in acts:
        story.happen(act)
    with story.world.hub.sessions()() as session:
        before = rows(session)
        nothing_is_lost_or_doubled(session, acts)
        no_run_is_with_another_donor(session)
    with story.world.hub.sessions().begin() as session:
        rebuild(session)
    with story.world.hub.sessions()() as session:
        assert rows(session) == before


def nothing_is_lost_or_doubled(session: Any, acts: list[Act]) -> None:
    sent = [act.kind for act in acts]
    for table, kind in ((Erasure, "erasure"), (Diagnostic, "diagnosis")):
        found = session.scalars(select(table.statement_id)).all()
        assert len(found) == len(set(found)) == sent.count(kind)
        assert set(found) <= set(session.scalars(select(LedgerEntry.id)))


def no_run_is_with_another_donor(session: Any) -> None:
    """A run that named a lot is there, or waits, or a person put it elsewhere."""
    codes = {lot.id: lot.code for lot in session.scalars(select(Lot))}
    said = set(session.scalars(select(DriveTie.drive_id)))
    for run in session.scalars(select(Erasure).where(Erasure.lot_id.is_not(None))):
        named = run.payload["lot"]
        if named in ("LOT-1", "LOT-2") and run.drive_id not in said:
            assert codes[run.lot_id] == named
        if run.device is not None:
            assert run.device.lot_id == run.lot_id
            if run.payload["asset"] and run.device.asset and run.drive_id not in said:
                assert run.device.asset == run.payload["asset"]
