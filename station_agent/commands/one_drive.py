"""Namespaces of one NVMe drive that were named together or begun apart: what cannot be meant for both is refused.

A run that reaches every namespace has one lot, one asset and one statement. Nothing is dropped in silence.
"""

from collections.abc import Sequence

from station_agent.errors import UsageError
from station_agent.journal import OpenRun
from station_agent.language import mark, visible
from station_agent.planning import Surveyed, told_together
from station_agent.reconcile import open_run_of

Row = tuple[Surveyed, str, str]  # a disk with the lot and the asset that were named for it, "" for none


def require_one_place(rows: Sequence[Row]) -> None:
    """Raise `UsageError` when two namespaces of one drive, erased in one run, were given another lot or asset."""
    places = {drive.device.path: place for drive, *place in rows}
    for drive, *place in rows:
        lead = places.get(drive.together, place)
        for option, mine, its in zip(("--lot", "--asset"), place, lead, strict=True):
            if mine != its:
                raise UsageError(
                    mark(
                        "{path} and {lead} are one drive, erased in one run: give {option} once for both, not {mine} "
                        "and {its}."
                    ),
                    path=drive.device.path,
                    lead=drive.together,
                    option=option,
                    mine=visible(mine) or '""',
                    its=visible(its) or '""',
                )


def require_own_restart(rows: Sequence[Row], open_runs: tuple[OpenRun, ...]) -> None:
    """Raise `UsageError` when --restart would leave the run of another namespace of the same drive open."""
    for drive in (row[0] for row in rows if not row[0].together):
        for other in drive.namespaces:
            run = open_run_of(other, open_runs)
            if run is not None and told_together(drive, run):
                raise UsageError(
                    mark(
                        "{path} is one drive with {other}, whose run is interrupted. Give up that one: erase {other} "
                        "with --restart, and name it first."
                    ),
                    path=drive.device.path,
                    other=run.context.facts.device.path,
                )
