"""The picture of the whole bench, from what the foreman knows at one moment."""

from typing import TYPE_CHECKING

from station_agent.control.view import SCHEMA, BenchView, OutboxView, Tile, TileState
from station_agent.daemon.phrases import error_phrase
from station_agent.daemon.tiles import tile_of
from station_agent.outbox import OutboxState
from station_agent.sync import SyncStep

if TYPE_CHECKING:
    from station_agent.daemon.drives import Seen
    from station_agent.daemon.foreman import Foreman


def bench_view(foreman: "Foreman") -> BenchView:
    """Draw the bench; the bulletin gives it its revision."""
    means = foreman.means
    trouble = means.station.trouble
    return BenchView(
        schema=SCHEMA,
        revision=0,
        name=means.name,
        mode="machine" if means.machine_mode else "bays",
        columns=means.slots.columns,
        tiles=tuple(slot_tile(foreman, name) for name in means.slots.names),
        outbox=foreman.outbox,
        operator=foreman.operator,
        operators_known=foreman.people_known,
        lot=foreman.lot,
        lots=foreman.lots,
        asset=foreman.asset,
        found_at_start=foreman.found,
        notices=(*means.notices, *(() if trouble is None else (error_phrase(trouble),)), *foreman.hub_says),
        stops_new=foreman.stops_new,
        simulated=means.bench.simulated,
        version=means.version,
    )


def slot_tile(foreman: "Foreman", name: str) -> Tile:
    """Draw one slot, empty or not."""
    seen = foreman.drives.by_key.get(foreman.means.slots.holds(name))
    return Tile(slot=name, state=TileState.EMPTY) if seen is None else drive_tile(foreman, seen)


def drive_tile(foreman: "Foreman", seen: "Seen") -> Tile:
    """Draw the tile of one drive."""
    line = foreman.runs.line(seen.run_id)
    kept = foreman.runs.kept(line) if line is not None else ""
    return tile_of(seen, line, kept, foreman.means.now(), method=foreman.runs.method(seen.run_id))


def outbox_view(counts: dict[OutboxState, int], last: SyncStep) -> OutboxView:
    """Draw the outbox."""
    return OutboxView(
        queued=counts[OutboxState.QUEUED],
        confirmed=counts[OutboxState.CONFIRMED],
        refused=counts[OutboxState.REFUSED],
        conflict=counts[OutboxState.CONFLICT],
        sync=last.state.value,
        message=last.message[:4000],
    )
