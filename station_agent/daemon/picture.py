"""The picture of the whole bench, from what the foreman knows at one moment."""

from functools import partial
from typing import TYPE_CHECKING

from station_agent.control.view import SCHEMA, BenchView, OutboxView, Phrase, Tile, TileState
from station_agent.daemon.phrases import error_phrase, unkept_phrase
from station_agent.daemon.tiles import Way, pace_of, tile_of, undrawn_tile
from station_agent.limits import Pace, limit_of
from station_agent.outbox import OutboxState
from station_agent.sync import SyncStep

if TYPE_CHECKING:
    from station_agent.daemon.drives import Seen
    from station_agent.daemon.foreman import Foreman


def bench_view(foreman: "Foreman") -> BenchView:
    """Draw the bench; the bulletin gives it its revision."""
    means = foreman.means
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
        notices=(
            *means.notices,
            *(error_phrase(trouble) for trouble in means.station.troubles),
            *foreman.hub_says,
            *here(foreman.mishaps.of_bench),
        ),
        stops_new=foreman.stops_new,
        simulated=means.bench.simulated,
        version=means.version,
        log=means.station.log_state,
    )


def slot_tile(foreman: "Foreman", name: str) -> Tile:
    """Draw one slot, empty or not."""
    seen = foreman.drives.by_key.get(foreman.means.slots.holds(name))
    if seen is None:
        return Tile(slot=name, state=TileState.EMPTY)
    drawn = foreman.mishaps.guard(seen.key, partial(drive_tile, foreman, seen))
    return drawn or undrawn_tile(seen, runs=seen.run_id in foreman.runs.under_way)


def drive_tile(foreman: "Foreman", seen: "Seen") -> Tile:
    """Draw the tile of one drive."""
    line = foreman.runs.line(seen.run_id)
    kept = foreman.runs.kept(line) if line is not None else ""
    method, notice = foreman.runs.method(seen.run_id), unkept_phrase(foreman.means.station, line)
    limited = limit_of(pace_of(seen, line), others_of(foreman, seen)) if line is not None else ""
    return tile_of(seen, line, kept, foreman.means.now(), method=method, notice=notice, limited=limited)


def others_of(foreman: "Foreman", seen: "Seen") -> tuple[Pace, ...]:
    """Give how fast the other drives are erased now."""
    others = (one for one in foreman.drives.by_key.values() if one is not seen and one.run_id)
    return tuple(pace_of(one, foreman.runs.line(one.run_id)) for one in others)


def way_to(foreman: "Foreman", seen: "Seen") -> Way:
    """Give how fast a drive may go, by its links and by drives of its model that run now."""
    model = seen.device.identity.model
    alike = [one for one in foreman.drives.by_key.values() if one.run_id and one.device.identity.model == model]
    rates = (pace_of(one, foreman.runs.line(one.run_id)).rate for one in alike)
    return Way(() if seen.look is None else seen.look.links, tuple(rate for rate in rates if rate > 0))


def here(said: Phrase | None) -> tuple[Phrase, ...]:
    """Give a phrase where there is one."""
    return () if said is None else (said,)


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
