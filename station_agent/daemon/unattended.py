"""What begins without a click: following a drive that still erases itself for us, and drives approved beforehand.

The first sends nothing that destroys: the open run was confirmed for this very drive, and the drive says that it is at
it. The second starts only what a person approved by its serial number, after a countdown that anybody can stop.
"""

from typing import TYPE_CHECKING

from erasure.clearance import Confirmation
from erasure.plan import ErasurePlan
from station_agent.daemon.drives import Seen
from station_agent.daemon.phrases import ADOPTED, error_phrase, phrase
from station_agent.errors import StationError
from station_agent.language import visible
from station_agent.wipe import Task

if TYPE_CHECKING:
    from station_agent.daemon.foreman import Foreman
    from station_agent.daemon.ports import AutoStart


def adopt(foreman: "Foreman", seen: Seen) -> bool:
    """Follow a drive that is still at what our own open run told it to do; say whether it is followed now."""
    drive = None if seen.look is None else seen.look.surveyed
    run = None if drive is None else drive.open_run
    if drive is None or run is None or not isinstance(drive.outcome, ErasurePlan) or drive.together:
        return False
    if not (run.commanded and seen.erases_itself and drive.outcome.method == run.context.method):
        return False
    person, serial = run.context.operator or "bench", run.context.facts.device.identity.serial
    task = Task(drive, Confirmation(person, serial), run.context.lot, run.context.asset, run, operator=person)
    begun = _begin(foreman, seen, task)
    if begun:
        told = phrase(ADOPTED, model=visible(drive.device.identity.model), serial=visible(serial))
        foreman.found = (*foreman.found, told)
        foreman.means.tell.said(told)
    return begun


def auto_start(foreman: "Foreman", seen: Seen) -> None:
    """Begin the countdown of a drive that was approved beforehand."""
    drive = None if seen.look is None else seen.look.surveyed
    if drive is None or seen.held or seen.run_id or not isinstance(drive.outcome, ErasurePlan) or drive.together:
        return
    if drive.open_run is not None or drive.outcome.before or (seen.look is not None and seen.look.earlier is not None):
        return  # a person looks at what was begun, at what needs a secret, and at what came back
    now = foreman.means.now()
    approved = _approved(foreman, seen, now)
    if approved is not None and approved.serial == drive.serial:
        seen.approved, seen.starts = approved, now + approved.countdown_s


def _approved(foreman: "Foreman", seen: Seen, now: float) -> "AutoStart | None":
    """Ask who approved this drive, as it stands now."""
    from station_agent.daemon.tiles import tile_of  # noqa: PLC0415  only for drives that can start by themselves

    return foreman.means.auto_start(tile_of(seen, None, "", now))


def count_down(foreman: "Foreman", now: float) -> None:
    """Start what reached the end of its countdown, unless nothing may begin now."""
    for seen in tuple(foreman.drives.by_key.values()):
        ready = seen.approved is not None and not seen.held and now >= seen.starts
        if not ready or seen.approved is None or seen.look is None:
            continue
        if foreman.stops_new is not None or foreman.asleep:
            continue
        approved, seen.held = seen.approved, True  # once: what did not begin is for a person
        if _approved(foreman, seen, now) != approved:
            foreman.means.log("not-approved-any-more", drive=seen.key)
            continue
        seen.lot, seen.asset = approved.lot or seen.lot, approved.asset or seen.asset
        confirmation = Confirmation(approved.person, approved.serial)
        task = Task(seen.look.surveyed, confirmation, seen.lot, seen.asset, operator=approved.person)
        _begin(foreman, seen, task)


def _begin(foreman: "Foreman", seen: Seen, task: Task) -> bool:
    if foreman.stops_new is not None or foreman.asleep:
        return False
    try:
        foreman.begin([(seen, task)])
    except StationError as error:
        foreman.means.log("not-begun", drive=seen.key, code=error.code)
        foreman.stops_new = error_phrase(error)
        return False
    return True
