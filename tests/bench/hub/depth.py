"""H3: what a page deep in a long list costs, against an offset to the same place and against the list's own first page.

Both queries read the same rows of the lot with 2,000 devices, and must give the same devices.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import open_hub
from hub.devices.triage import page_of
from hub.models import Device, Lot, Person
from tests.bench.hub.asked import GRAND
from tests.bench.hub.figure import Figure, Run, Scale
from tests.bench.hub.filling import settings_of
from tests.bench.hub.pages import percentile

PAGE, SHARE = 50, 99
BY_OFFSET, BY_FIRST = 0.35, 1.2
DEEP = "lot page query, at the end"


def figures(_room: Path, scale: Scale) -> Iterator[Figure]:
    """The two ratios of H3, p99 over p99, round by round."""
    goals = {"OFFSET": BY_OFFSET, "own first page": BY_FIRST}
    if scale.database is None:
        yield from (Figure("H3", DEEP, "ms p99", goal, peer=peer, absent="no data") for peer, goal in goals.items())
        return
    hub = open_hub(settings_of(scale.database))
    with hub.readers()() as session:
        lot = session.scalars(select(Lot).where(Lot.code == GRAND)).one()
        lead = session.get_one(Person, "bench-lead")
        rounds, fault, offset = compared(session, lead, lot, scale)
    hub.engine.dispose()
    for place, (peer, goal) in enumerate(goals.items(), start=1):
        runs = tuple(Run(took[0], took[place]) for took in rounds)
        name = f"{peer} {offset}" if peer == "OFFSET" else peer
        yield Figure("H3", DEEP, "ms p99", goal, runs, name, check=f"the same {PAGE} devices", fault=fault)


def compared(session: Session, lead: Person, lot: Lot, scale: Scale) -> tuple[list[tuple[float, ...]], str, int]:
    """p99 of the deep page, of the offset and of the first page in each round; what was wrong; how deep it was."""
    ids = session.scalars(select(Device.id).where(Device.lot_id == lot.id).order_by(Device.id)).all()
    offset = max(0, len(ids) - 2 * PAGE)
    after = ids[offset - 1] if offset else ""
    every = select(Device).where(Device.lot_id == lot.id).order_by(Device.id).limit(PAGE)
    asked: tuple[Callable[[], Sequence[Device]], ...] = (
        lambda: page_of(session, lead, lot, after, PAGE),
        lambda: session.scalars(every.offset(offset)).all(),
        lambda: page_of(session, lead, lot, "", PAGE),
    )
    wanted = list(ids[offset : offset + PAGE])
    same = all([device.id for device in ask()] == wanted for ask in asked[:2])
    rounds = []
    for number in range(scale.rounds):
        turn = [(place + number) % len(asked) for place in range(len(asked))]
        took = {place: p99(session, asked[place], scale.hits) for place in turn}
        rounds.append(tuple(took[place] for place in range(len(asked))))
    return rounds, "" if same else "keyset and offset gave different devices", offset


def p99(session: Session, ask: Callable[[], Sequence[Device]], hits: int) -> float:
    """Milliseconds of one query, in a session that remembers nothing of the one before."""
    walls = []
    for _ in range(hits):
        session.expunge_all()
        began = time.perf_counter()
        ask()
        walls.append((time.perf_counter() - began) * 1e3)
    return percentile(walls, SHARE)
