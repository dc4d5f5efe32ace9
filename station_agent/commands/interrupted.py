"""Before a wipe: what becomes of the interrupted runs of the chosen drives, said to the person in one sentence each."""

from collections.abc import Sequence

from erasure.outcome import VerdictWord
from erasure.plan import ErasurePlan
from station_agent.errors import UsageError
from station_agent.journal import OpenRun
from station_agent.language import Voice, complain, mark, visible
from station_agent.planning import Surveyed
from station_agent.reconcile import abandon, open_run_of, reconcile, verdict_of_abandoned
from station_agent.station import Station

GIVEN_UP = {
    VerdictWord.FAILED: mark("The interrupted run of {serial} is given up and stated as FAILED ({id})."),
    VerdictWord.UNCONFIRMED: mark(
        "The interrupted run of {serial} is given up and stated as UNCONFIRMED ({id}): the drive may still be erasing."
    ),
}
Placed = tuple[Surveyed, str, str]  # a drive with its lot and its asset as they were given now, "" for none


def settle_interrupted(
    voice: Voice, station: Station, placed: Sequence[Placed], *, policy: str, restart: bool
) -> tuple[OpenRun, ...]:
    """Tell how each interrupted run goes on, or with `restart` state it; give the runs that stay open.

    Raises `UsageError` when a run cannot go on as it was asked; nothing was done then.
    """
    open_runs = reconcile(station.journal)
    pairs = [(drive, open_run_of(drive.device, open_runs), (lot, asset)) for drive, lot, asset in placed]
    for drive, run, _ in pairs:
        require_same_run(drive, run)
    mine = [(drive, run, place) for drive, run, place in pairs if run is not None]
    for drive, run, place in mine:
        if isinstance(drive.outcome, ErasurePlan) and not restart:
            require_same_terms(drive, run, place, policy)
    for drive, run, _ in mine:
        complain(settled(voice, station, drive, run, restart=restart))
    return reconcile(station.journal)


def settled(voice: Voice, station: Station, drive: Surveyed, run: OpenRun, *, restart: bool) -> str:
    """Decide about one run, and say it."""
    serial = visible(drive.serial)
    if not isinstance(drive.outcome, ErasurePlan):
        return voice.say("The interrupted run of {serial} stays open: the drive is protected now.", serial=serial)
    if restart:
        signed = abandon(station.journal, run, station.clock)
        return voice.say(GIVEN_UP[verdict_of_abandoned(run)[0]], serial=serial, id=signed.id)
    if run.waits_for_power:
        return voice.say("The run of {serial} goes on after its power cycle.", serial=serial)
    if run.commanded:
        return voice.say("The interrupted run of {serial} goes on: the drive is asked how far it is.", serial=serial)
    percent = run.offset * 100 // max(1, run.context.facts.size_bytes)
    return voice.say("The interrupted run of {serial} goes on at {percent} %.", serial=serial, percent=percent)


def require_same_run(drive: Surveyed, run: OpenRun | None) -> None:
    """Raise `UsageError` when the run that the drive was planned to go on with is not its open run any more.

    The plan took what was allowed when that run began: it is no leave for a new one. The records were read beside
    another process, which may have ended it meanwhile.
    """
    planned = drive.open_run
    if planned is not None and (run is None or run.run_id != planned.run_id):
        raise UsageError(
            mark(
                "The interrupted run of {serial} was ended meanwhile by another process. Nothing was erased: look at "
                "the drive with `etabli-station plan {device}`, and begin again."
            ),
            serial=visible(drive.serial),
            device=drive.device.path,
        )


def require_same_terms(drive: Surveyed, run: OpenRun, place: tuple[str, str], policy: str) -> None:
    """Raise `UsageError` when policy, method, lot or asset were others when the run began: it is stated with those."""
    serial = visible(drive.serial)
    if run.context.policy != policy:
        raise UsageError(
            mark(
                "Drive {serial} has an interrupted run under the policy {old}. Go on with --policy {old}, or start "
                "over with --restart."
            ),
            serial=serial,
            old=run.context.policy,
        )
    planned = drive.outcome.method if isinstance(drive.outcome, ErasurePlan) else run.context.method
    if planned != run.context.method:
        raise UsageError(
            mark(
                "Drive {serial} has an interrupted run by the method {old}. Go on without --method, or start over with "
                "--restart."
            ),
            serial=serial,
            old=run.context.method,
        )
    for name, before, now in (("lot", run.context.lot, place[0]), ("asset", run.context.asset, place[1])):
        if now and now != before:
            raise UsageError(
                mark(
                    "Drive {serial} has an interrupted run that was begun with --{option} {old}. Go on without "
                    "--{option}, or start over with --restart."
                ),
                serial=serial,
                option=name,
                old=visible(before) or '""',
            )
