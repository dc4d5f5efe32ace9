"""What begins without a click: following a drive that still erases itself for us, and drives approved beforehand.

The first sends nothing that destroys: the open run was confirmed for this very drive, and the drive says that it is at
it. The second starts only what a person approved beforehand, after a countdown that anybody can stop, and when what is
read anew at its end (drive, bays, assignments, clock) gives the same answer as at its beginning.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from erasure.clearance import Confirmation
from erasure.drive import BlockDevice
from erasure.plan import ErasurePlan
from station_agent.auto_start import AutoStart, DriveHere, Hold, planned
from station_agent.before_erasing import refuse_recordings
from station_agent.daemon.by_the_hub import said_phrase
from station_agent.daemon.drives import Seen
from station_agent.daemon.phrases import ADOPTED, error_phrase, phrase
from station_agent.daemon.plan_book import Planned
from station_agent.daemon.questions import question_about
from station_agent.daemon.reading import Look, Question
from station_agent.errors import StationError
from station_agent.language import visible
from station_agent.wipe import Task

if TYPE_CHECKING:
    from station_agent.daemon.foreman import Foreman


@dataclass(frozen=True, slots=True)
class _Fresh:
    """What was asked and answered at the end of a countdown, and the disks that the kernel showed after that."""

    asked: Question
    answer: Look | StationError
    here: tuple[BlockDevice, ...]


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
    """Judge a drive that was read: begin its countdown, go on with it, or end it and say why."""
    if seen.tried or seen.mishap is not None:
        return
    judged = _judged(foreman, seen)
    said = judged.why if isinstance(judged, Hold) else None if judged is None else judged.because
    seen.unattended = None if said is None else said_phrase(said)
    if not isinstance(judged, AutoStart):
        seen.approved = None
    elif seen.approved != judged:
        seen.approved, seen.starts = judged, foreman.means.now() + judged.countdown_s


def count_down(foreman: "Foreman", seen: Seen, now: float) -> None:
    """Ask once more about a drive that reached the end of its countdown, unless nothing may begin now."""
    if seen.approved is None or seen.held or seen.asking or now < seen.starts:
        return
    if foreman.stops_new is None and not foreman.asleep:
        _ask_again(foreman, seen, seen.approved)


def drive_here(foreman: "Foreman", seen: Seen) -> DriveHere | None:
    """Give a drive as it is judged; None for one that only a person begins.

    A person looks at what was begun, at what needs a step before, and at a namespace that another run reaches.
    """
    drive = None if seen.look is None else seen.look.surveyed
    if drive is None or seen.look is None or seen.run_id or drive.open_run is not None or drive.together:
        return None
    if isinstance(drive.outcome, ErasurePlan) and drive.outcome.before:
        return None
    others = foreman.drives.by_key.values()
    return DriveHere(
        serial=drive.serial,
        grade=drive.device.identity.grade,
        simulated=drive.device.simulated,
        after_start=seen.after_start,
        same_serial=sum(drive.serial in (other.serial, other.device.identity.serial) for other in others),
        planned=planned(drive.outcome),
        open_lots=() if drive.elsewhere is None else (drive.elsewhere.context.lot,),
        stated=seen.look.earlier is not None,
        stopped=seen.held,
        selected_by=seen.planned_by if seen.planned_by == foreman.operator else "",
        lot=seen.lot,
    )


def _judged(foreman: "Foreman", seen: Seen) -> AutoStart | Hold | None:
    here = drive_here(foreman, seen)
    try:
        judged = None if here is None else foreman.means.auto_start(here)
    except StationError as error:
        foreman.stops_new = error_phrase(error)
        return None
    if here is None or not isinstance(judged, AutoStart):
        return judged
    sound = judged.serial == here.serial and here.planned is not None and not here.stated and not here.stopped
    return judged if sound else None  # whatever was answered


def _ask_again(foreman: "Foreman", seen: Seen, approved: AutoStart) -> None:
    """Read the drive and look at the bays anew, beside the foreman; what comes of it is judged like the first time."""
    try:
        question = question_about(foreman, seen, policy="")
    except StationError as error:
        foreman.stops_new = error_phrase(error)
        return

    def heard(asked: Question, answer: Look | StationError) -> None:
        fresh = _Fresh(asked, answer, _disks(foreman))
        foreman.post(lambda: _at_the_end(foreman, seen, approved, fresh), seen.key)

    seen.asking = foreman.readings.ask(question, heard)


def _disks(foreman: "Foreman") -> tuple[BlockDevice, ...]:
    try:
        return foreman.means.bench.enumerate_disks()
    except OSError:
        return ()  # then no drive is where it was


def _at_the_end(foreman: "Foreman", seen: Seen, approved: AutoStart, fresh: _Fresh) -> None:
    """Begin a drive whose countdown is over, if it would be approved now as it was when the countdown began."""
    seen.asking = False
    if foreman.drives.by_key.get(seen.key) is not seen or seen.run_id or seen.mishap is not None:
        return  # it left, or a person was faster
    try:
        plan = _bound_plan(foreman, seen, fresh)
    except StationError as error:
        foreman.means.log("not-begun", drive=seen.key, code=error.code)
        seen.tried, seen.approved, seen.unattended = True, None, error_phrase(error)
        return
    foreman.heard(fresh.asked, fresh.answer)
    if plan is None or seen.approved != approved or foreman.stops_new is not None or foreman.asleep:
        return
    seen.tried, seen.approved = True, None  # once: what does not begin now is for a person
    seen.lot = approved.lot or seen.lot
    task = Task(plan.drive, approved.confirmation(), seen.lot, seen.asset, operator=approved.operator)
    _begin(foreman, seen, task)


def _bound_plan(foreman: "Foreman", seen: Seen, fresh: _Fresh) -> Planned | None:
    """Give the plan that was made just now, of the drive that is still in its slot; None where nothing could be read.

    Raises `StationError` when another drive is there.
    """
    if isinstance(fresh.answer, StationError):
        return None
    device = fresh.asked.device
    refuse_recordings([device])
    plan = foreman.plans.keep(seen.key, device, fresh.answer.surveyed, fresh.asked.policy.name)
    return foreman.plans.take(plan.id, fresh.here)


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
