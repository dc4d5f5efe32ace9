"""What a bench tells the live page of the hub (`etabli.heartbeat/1`): its picture, in few bytes, never whole serials.

Never needed for correctness: the thread that sends statements sends it, beside every erase; a failure is forgotten.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from station_agent.control.view import OVER, BenchView, Tile, TileState
from station_agent.errors import StationError
from station_agent.hub_link import HubLink
from station_agent.language import visible, without_controls

SCHEMA: Final = "etabli.heartbeat/1"
MOST_DRIVES: Final = 100
MOST_BYTES: Final = 60_000  # of one document; the hub takes 64 KiB
LEAST_S: Final = 5.0  # between two documents, whatever changes
IDLE_S: Final = 60.0  # while nothing runs and nothing changes, and after a hub that did not answer
LONGEST_S: Final = 10_000_000  # of a time that is told: nearly four months, and a drive that slow is stuck
AT_WORK: Final = frozenset({TileState.RUNNING, TileState.COUNTDOWN, TileState.READING})
WAITS: Final = {
    TileState.READY: "start",
    TileState.FROZEN: "unfreeze",
    TileState.LOCKED: "unlock",
    TileState.COUNTDOWN: "countdown",
    TileState.INTERRUPTED: "resume",
    TileState.POWER_CYCLE: "power-cycle",
    TileState.UNSTATED: "record",
}
ZERO_SAYS: Final = frozenset({"percent", "countdown_s", "celsius"})  # elsewhere nothing is said by a zero
URGENT_LAST: Final = (TileState.EMPTY, TileState.READY, TileState.PROTECTED, *OVER)  # left out first, from the end


@dataclass(slots=True)
class Heartbeats:
    """Tells the hub now and then how the bench is. `now` gives monotonic seconds, `view` the bench as it is."""

    link: HubLink | None
    view: Callable[[], BenchView]
    now: Callable[[], float]
    _sent: float | None = None
    _told: object = None
    _silent: bool = False  # the hub did not take the last one

    def beat(self) -> None:
        """Send a heartbeat when it is time for one; silence is fine."""
        if self.link is None:
            return
        view = self.view()
        if not self._due(view):
            return
        self._sent, self._told = self.now(), _states(view)
        try:
            self._silent = not self.link.heartbeat(document(view)).good
        except StationError:
            self._silent = True

    def _due(self, view: BenchView) -> bool:
        if self._sent is None:
            return True
        gone = self.now() - self._sent
        busy = any(tile.state in AT_WORK for tile in view.tiles) or _states(view) != self._told
        return gone >= (LEAST_S if busy and not self._silent else IDLE_S)


def document(view: BenchView) -> dict[str, Any]:
    """Give the bench as the hub takes it: what matters least is left out first, and how much is said."""
    tiles = [tile for tile in view.tiles if tile.state is not TileState.EMPTY]
    tiles.sort(key=lambda tile: tile.state in URGENT_LAST)
    drives = [drive_row(tile) for tile in tiles[:MOST_DRIVES]]
    while drives and len(json.dumps(drives)) > MOST_BYTES - 2000:
        drives.pop()
    return {
        "schema": SCHEMA,
        "version": visible(view.version)[:64],
        "mode": view.mode,
        "slots": len(view.tiles),
        "stopped": view.stops_new is not None,
        "outbox": {name: getattr(view.outbox, name) for name in ("queued", "confirmed", "refused", "conflict")},
        "drives": drives,
        "left_out": len(tiles) - len(drives),
        **({"log": view.log[:32]} if view.log else {}),
    }


def drive_row(tile: Tile) -> dict[str, Any]:
    """Give one drive; what is not known is left out."""
    run = tile.run
    row = {
        "slot": without_controls(tile.slot)[:40],
        "path": visible(tile.path)[:40],
        "model": visible(tile.model)[:64],
        "serial_end": visible(tile.serial)[-4:],
        "size_bytes": tile.size_bytes,
        "health": tile.health,
        "celsius": tile.celsius,
        "lot": without_controls(tile.lot)[:32],
        "asset": without_controls(tile.asset)[:64],
        "reason": tile.reasons[0].code[:32] if tile.reasons else "",
        "waits_for": waits_for(tile),
        "countdown_s": _seconds(tile.countdown_s),
    }
    if run is not None:
        row |= {
            "phase": run.phase[:32],
            "percent": min(100, run.done_bytes * 100 // run.total_bytes) if run.total_bytes > 0 else None,
            "rate": run.rate,
            "eta_s": _seconds(run.eta_s),
            "elapsed_s": _seconds(run.elapsed_s),
            "bad_sectors": run.bad_sectors,
            "celsius": tile.celsius if run.celsius is None else run.celsius,
            "limited_by": run.limited_by,
            "silent": run.silent,
            "verdict": run.verdict[:32],
            "level": run.level[:16],
            "reason": (run.reasons[0].code[:32] if run.reasons else row["reason"]),
        }
    known = {name: value for name, value in row.items() if value or (value == 0 and name in ZERO_SAYS)}
    return {"state": tile.state.value} | known


def waits_for(tile: Tile) -> str:
    """Say what a drive waits for, in a word of the hub; "" for nothing."""
    if tile.state is TileState.RUNNING and tile.run is not None:
        return "drive" if tile.run.silent else "cooling" if tile.run.limited_by == "heat" else ""
    if tile.state in OVER:
        return "pull" if tile.run is None or tile.run.kept != "queued" else "hub"
    return WAITS.get(tile.state, "")


def _seconds(value: int | None) -> int | None:
    return None if value is None else min(max(0, value), LONGEST_S)


def _states(view: BenchView) -> tuple[tuple[str, str | None, str], ...]:
    return tuple((tile.slot, tile.drive, tile.state.value) for tile in view.tiles)
