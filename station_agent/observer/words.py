"""What an alarm about the log of a hub says to the person at the bench, and what to do then."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from station_agent.errors import LogAlarm, LogUnproved, StationError
from station_agent.language import mark, visible
from station_agent.observer.book import Raised

ALARMS: Final = {
    "smaller": mark(
        "ALARM: the log of the hub, {origin}, has fewer entries now than this bench has seen ({detail}). Records were "
        "removed there, or an old backup was put back."
    ),
    "fork": mark(
        "ALARM: the log of the hub, {origin}, shows another history than this bench has seen: records there were "
        "changed, removed, put in another order, or others are shown to this bench than to others."
    ),
    "withheld": mark(
        "ALARM: the log of the hub, {origin}, has ended, and the hub does not prove that its end continues what this "
        "bench has seen ({detail}). Records there may have been changed, removed or put in another order."
    ),
    "signature": mark(
        "ALARM: the checkpoint of the hub's log {origin} is not signed by the key that this bench knows ({detail})."
    ),
    "key": mark("ALARM: the hub shows its log {origin} under another key than this bench knows."),
    "gone": mark("ALARM: the log {origin}, which this bench has followed, is gone from the hub."),
    "beside": mark("ALARM: the hub shows a log, {origin}, beside or before one that this bench follows."),
    "root": mark(
        "ALARM: the hub shows a root file that does not follow the one this bench knows ({detail}): keys are named "
        "there without the people who sign for them."
    ),
    "moved": mark("ALARM: the log {origin} was closed or began elsewhere when this bench saw it ({detail})."),
}
TO_DO: Final = mark(
    "Nothing more is sent to this hub. Nothing is lost: every record stays here, and drives can be erased as before. "
    "Both views are kept in {folder}. Tell the administrator of the hub, who compares them with a witness. Once the "
    "administrator has answered: etabli-station log resume --by NAME --word TEXT"
)
WAS_FROZEN: Final = mark(
    "The hub froze its log {origin}: something there did not fit any more. What this bench has seen of it is kept. Ask "
    "the administrator of the hub what became of it."
)
FOLDER: Final = "log-alarms"


def alarm_error(raised: Raised) -> LogAlarm:
    """Give the alarm as an error with its facts, shown visibly: they are words of a hub that is not believed."""
    return LogAlarm(ALARMS[raised.code], origin=visible(raised.origin)[:200], detail=visible(raised.detail)[:200])


def to_do(folder: str) -> StationError:
    """Say what to do about an alarm; `folder` holds both views."""
    return LogAlarm(TO_DO, folder=folder)


def evidence_of(state: Path, raised: Raised) -> Path:
    """Where both views of an alarm are kept as files, below the state of the bench."""
    return state / FOLDER / f"{raised.number}-{raised.code}"


def standing(state: Path, alarm: Raised | None, frozen: Iterable[str]) -> tuple[StationError, ...]:
    """Say what stands: the alarm and what to do about it, else each log that the hub froze."""
    if alarm is not None:
        return alarm_error(alarm), to_do(str(evidence_of(state, alarm)))
    return tuple(LogUnproved(WAS_FROZEN, origin=origin) for origin in frozen)
