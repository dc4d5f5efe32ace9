"""The bench in figures, in the text format of Prometheus. No serial, no tag and no lot stands in a label."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from station_agent.control.view import OVER, BenchView, TileState

Row = tuple[str, str, str, Sequence[tuple[str, float]]]  # name, kind, help, (labels, value)


def metrics_text(view: BenchView) -> str:
    """Write the figures of one picture."""
    return "".join(_text(row) for row in _rows(view))


def _rows(view: BenchView) -> Iterator[Row]:
    states = Counter(tile.state for tile in view.tiles)
    running = [tile.run for tile in view.tiles if tile.state is TileState.RUNNING and tile.run is not None]
    over = sum(states[state] for state in OVER)
    box = view.outbox
    yield (
        "etabli_slots",
        "gauge",
        "Slots of the bench by the state of their drive.",
        [(f'state="{state.value}"', states[state]) for state in TileState],
    )
    yield "etabli_drives_over", "gauge", "Drives that can be pulled.", [("", over)]
    yield (
        "etabli_statements",
        "gauge",
        "Statements of this bench by where they are.",
        [(f'state="{name}"', getattr(box, name)) for name in ("queued", "confirmed", "refused", "conflict")],
    )
    yield "etabli_bytes_per_second", "gauge", "What all runs move now.", [("", sum(run.rate for run in running))]
    yield (
        "etabli_limited_drives",
        "gauge",
        "Runs by what keeps them from being faster.",
        [(f'by="{by}"', sum(run.limited_by == by for run in running)) for by in ("device", "hub", "bus", "heat")],
    )
    warm = [run.celsius for run in running if run.celsius is not None]
    yield "etabli_warmest_celsius", "gauge", "The warmest drive at work; none where no sensor tells.", _each(max, warm)
    yield (
        "etabli_seconds_left",
        "gauge",
        "Until the last run that tells is over.",
        _each(max, [run.eta_s for run in running if run.eta_s is not None]),
    )
    yield "etabli_silent_drives", "gauge", "Runs whose drive does not answer.", [("", sum(r.silent for r in running))]
    yield "etabli_stops_new", "gauge", "1 while no run may begin.", [("", int(view.stops_new is not None))]
    yield "etabli_revision", "counter", "Changes of the picture since the start.", [("", view.revision)]


def _each(choose: Callable[[Sequence[int]], int], values: Sequence[int]) -> Sequence[tuple[str, float]]:
    """Give one value of several; none where there is none."""
    return [("", choose(values))] if values else []


def _text(row: Row) -> str:
    name, kind, about, values = row
    lines = [f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in values]
    return "\n".join((f"# HELP {name} {about}", f"# TYPE {name} {kind}", *lines)) + "\n"
