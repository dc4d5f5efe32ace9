"""A run above the bound of a compromised key counts nowhere: in no figure, as no answer, and it gets no certificate."""

from typing import Any

import pytest

from hub.errors import BadInput
from hub.keys.changing import say, spoken
from hub.keys.saying import Change
from hub.log.sequencer import Log
from hub.lots.late_runs import late_runs
from hub.lots.overview import erased_in_scope, summaries
from hub.models import Lot
from hub.stations.service import refuse
from hub.validation.service import approve


def compromise(world: Any, bench: Any) -> None:
    """Nothing of this key counts any more."""
    key = spoken(world.station(bench))
    with world.hub.sessions().begin() as session:
        say(session, Change("compromise", key, "", 0, 0, "2026"), "p-1")


def test_a_disputed_run_is_in_no_figure(world: Any) -> None:
    lot = world.lot()
    lead, bench = world.person(), world.bench(registered=True)
    Log(world.hub).bring_up()
    envelope = bench.erasure(lot="LOT-1", asset="A-1")
    assert bench.put(envelope).status_code == 201
    with world.hub.sessions().begin() as session:
        approve(session, lead, envelope.id, "", world.hub.clock())

    def counted() -> tuple[int, int]:
        with world.hub.readers()() as session:
            (summary,) = summaries(session, [session.get_one(Lot, lot.id)])
            return erased_in_scope(session, lead), summary.certified

    assert counted() == (1, 1)
    compromise(world, bench)
    assert counted() == (0, 0)


def test_a_disputed_run_gets_no_certificate_also_where_the_bench_was_turned_away_first(world: Any) -> None:
    world.lot()
    lead, bench = world.person(), world.bench(registered=True)
    Log(world.hub).bring_up()
    envelope = bench.erasure(lot="LOT-1", asset="A-1")
    assert bench.put(envelope).status_code == 201
    station = world.station(bench).id
    with world.hub.sessions().begin() as session:
        refuse(session, world._gatekeeper(session), station)
    compromise(world, bench)
    assert world.station(bench).state == "refused"
    with world.hub.sessions().begin() as session, pytest.raises(BadInput, match="erase it again"):
        approve(session, lead, envelope.id, "vu", world.hub.clock())


def test_a_disputed_run_answers_no_later_failure(world: Any) -> None:
    world.lot()
    lead, good, stolen = world.person(), world.bench(), world.bench("banc 2", registered=True)
    Log(world.hub).bring_up()

    def run(bench: Any, *, approved: bool, **changed: Any) -> None:
        envelope = bench.erasure(lot="LOT-1", asset="A-1", **changed)
        assert bench.put(envelope).status_code == 201
        world.hub.clock.forward(minutes=5)
        if approved:
            with world.hub.sessions().begin() as session:
                approve(session, lead, envelope.id, "vu", world.hub.clock())

    run(good, approved=True)
    run(good, approved=False, verdict="FAILED")
    run(stolen, approved=True)

    def late() -> int:
        with world.hub.readers()() as session:
            return len(late_runs(session, lead))

    assert late() == 0
    compromise(world, stolen)
    assert late() == 1
