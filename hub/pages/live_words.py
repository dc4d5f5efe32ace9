"""The live page in words: what a drive does, what it waits for, why somebody should look. Never a colour alone.

No drive of a dead bench keeps a word: what the bench said last is not what is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub import wording
from hub.live.beats import DriveBeat
from hub.live.picture import PROBLEMS, SHUT, Concern, LiveDrive, LiveStation, Picture
from hub.pages import formats
from hub.pages.language import mark, words

VERDICTS: Final = {
    "erased": "ERASED",
    "exceptions": "ERASED_WITH_EXCEPTIONS",
    "failed": "FAILED",
    "unconfirmed": "UNCONFIRMED",
    "refused": "NOT_ERASED",
}
STATES: Final = {
    "reading": ("none", "clock", mark("being read")),
    "ready": ("none", "drive", mark("ready to be erased")),
    "protected": ("none", "lock", mark("protected: is not erased")),
    "frozen": ("wait", "lock", mark("frozen")),
    "locked": ("wait", "lock", mark("locked by a password")),
    "countdown": ("wait", "clock", mark("starts by itself")),
    "running": ("busy", "clock", mark("being erased")),
    "interrupted": ("wait", "alert", mark("interrupted")),
    "power-cycle": ("wait", "alert", mark("waits for power off and on")),
    "unstated": ("bad", "alert", mark("its record could not be kept")),
    "untold": ("none", "question", mark("this bench does not tell")),
}
SAYS_IT: Final = SHUT | PROBLEMS
UNKNOWN_STATE: Final = ("wait", "question", mark("a state that this hub does not know"))
LOST: Final = ("none", "question", mark("not known: its bench is silent"))
CONCERNS: Final = {
    Concern.STUCK: ("bad", "alert", mark("stuck")),
    Concern.HOT: ("bad", "alert", mark("hot")),
    Concern.FAILING: ("bad", "cross", mark("failing")),
    Concern.SHUT: ("wait", "lock", mark("frozen or interrupted")),
    Concern.SLOW: ("wait", "clock", mark("slow")),
}
WAITS: Final = {
    "start": mark("Somebody starts it at the bench."),
    "unfreeze": mark("To be unfrozen at the bench, or plugged again."),
    "unlock": mark("Its password, or another way to open it, is needed at the bench."),
    "countdown": mark("It can be held at the bench until it starts."),
    "resume": mark("Start it again at the bench: it goes on where it was."),
    "power-cycle": mark("Switch the drive off and on again."),
    "record": mark("The bench needs room, or a sound stick, for its record."),
    "drive": mark("No answer from the drive: look at its cable and its power."),
    "cooling": mark("It cools down and goes on by itself; give it air."),
    "hub": mark("Its record is still on its way to the hub."),
    "pull": mark("It can be pulled."),
}
PHASES: Final = {
    "prepare": mark("being prepared"),
    "probe": mark("being tried"),
    "plant": mark("marks are written"),
    "command": mark("the drive erases itself"),
    "look": mark("marks are looked for"),
    "write": mark("being overwritten"),
    "verify": mark("being read back"),
}
LIMITS: Final = {
    "device": mark("slowed by the drive itself"),
    "hub": mark("slowed by its USB hub"),
    "bus": mark("slowed by its cable or adapter"),
    "heat": mark("paused for heat"),
    "bench": mark("slowed by the bench"),
}
PERCENT: Final = mark("%(n)s %%")
RATE: Final = mark("%(n)s MB/s")
LEFT: Final = mark("%(time)s left")
GONE: Final = mark("%(time)s gone, the drive tells no progress")
STARTS_IN: Final = mark("starts in %(time)s")
BAD: Final = mark("%(n)s bad sectors")
CELSIUS: Final = mark("%(n)s °C")
MEGA: Final = 1_000_000
CALM_S: Final = 120  # from here on minutes are enough: figures that jump every second tell nothing more
ZERO_SECONDS: Final = f"{formats.NO_BREAK}00{formats.NO_BREAK}s"


@dataclass(frozen=True, slots=True)
class Tile:
    """One drive as it is shown."""

    slot: str
    tone: str
    state: wording.State
    concern: wording.State | None  # where the state does not say it
    drive: str
    place: str
    figures: str
    percent: int | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One bench as it is shown; `dead` and `heard` say that nothing of it holds any longer, and since when."""

    key: str
    name: str
    demo: bool
    locked: bool
    stopped: bool
    dead: bool
    heard: datetime | None
    seen: datetime | None  # of a bench without daemon
    version: str
    queued: int
    refused: int
    tiles: tuple[Tile, ...]
    left_out: int
    empty: int
    log_alarm: bool  # the bench says that this hub shows another history than it has seen
    log_unproved: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """One drive of the list at the top: what, where, why."""

    concern: wording.State
    where: str
    drive: str
    why: tuple[str, ...]


def card(station: LiveStation, lang: str) -> Card:
    """Put one bench into words."""
    beat, row = station.beat, station.row
    return Card(
        key=f"bench-{row.id}",
        name=row.name,
        demo=row.demo,
        locked=row.locked,
        stopped=beat.stopped and not station.dead,
        dead=station.dead,
        heard=row.heard,
        seen=row.seen if row.without_daemon else None,
        version=beat.version,
        queued=beat.outbox.queued,
        refused=beat.outbox.refused + beat.outbox.conflict,
        tiles=tuple(tile(drive, lang, dead=station.dead) for drive in station.drives),
        left_out=beat.left_out,
        empty=max(0, beat.slots - len(station.drives) - beat.left_out),
        log_alarm=beat.log.startswith("alarm"),
        log_unproved=beat.log == "unproved",
    )


def tile(drive: LiveDrive, lang: str, *, dead: bool) -> Tile:
    """Put one drive into words; of a dead bench only which drive it was."""
    told = drive.told
    place = " · ".join(part for part in (told.lot, told.asset) if part)
    if dead:
        lost = wording.state(LOST, lang)
        return Tile(told.slot or told.path, lost.tone, lost, None, _name(told, lang), place, "", None, ())
    state, concern = _state(told, lang), concern_state(drive.concern, lang)
    return Tile(
        slot=told.slot or told.path,
        tone=concern.tone if concern else state.tone,
        state=state,
        concern=None if told.state in SAYS_IT else concern,
        drive=_name(told, lang),
        place=place,
        figures=" · ".join(_figures(told, lang)),
        percent=told.percent if told.state == "running" and not told.silent else None,
        why=_why(told, lang),
    )


def concern_state(concern: Concern, lang: str) -> wording.State | None:
    """Why somebody should look at a drive; None where nobody has to."""
    return wording.state(CONCERNS[concern], lang) if concern in CONCERNS else None


def troubles(picture: Picture, lang: str, most: int) -> tuple[Trouble, ...]:
    """The drives at which somebody should look, the worst first, with their bench."""
    found = sorted(
        (
            (drive.concern, station.row.name, drive)
            for station in picture.stations
            if not station.dead
            for drive in station.drives
            if drive.concern is not Concern.NONE
        ),
        key=lambda one: one[:2],
    )[:most]
    return tuple(
        Trouble(
            wording.state(CONCERNS[concern], lang),
            " · ".join(part for part in (name, drive.told.slot or drive.told.path) if part),
            _name(drive.told, lang),
            _why(drive.told, lang),
        )
        for concern, name, drive in found
    )


def _state(told: DriveBeat, lang: str) -> wording.State:
    if told.state in VERDICTS:
        return wording.complete_state(VERDICTS[told.state], lang)
    return wording.state(STATES.get(told.state, UNKNOWN_STATE), lang)


def _name(told: DriveBeat, lang: str) -> str:
    serial = f"…{told.serial_end}" if told.serial_end else ""
    return " ".join(part for part in (told.model, serial, formats.size_text(told.size_bytes, lang)) if part)


def _figures(told: DriveBeat, lang: str) -> list[str]:
    say = words(lang).gettext
    parts = [say(PHASES[told.phase])] if told.state == "running" and told.phase in PHASES else []
    if told.state == "running" and not told.silent:
        if told.percent is not None:
            parts.append(_filled(say(PERCENT), n=told.percent))
        if told.rate:
            parts.append(_filled(say(RATE), n=formats.count_text(told.rate // MEGA, lang)))
        if told.eta_s is not None:
            parts.append(_filled(say(LEFT), time=_span(told.eta_s)))
        elif told.elapsed_s is not None:
            parts.append(_filled(say(GONE), time=_span(told.elapsed_s)))
    if told.state == "countdown" and told.countdown_s is not None:
        parts.append(_filled(say(STARTS_IN), time=_span(told.countdown_s)))
    if told.bad_sectors:
        parts.append(_filled(say(BAD), n=formats.count_text(told.bad_sectors, lang)))
    if told.celsius is not None:
        parts.append(_filled(say(CELSIUS), n=told.celsius))
    return parts


def _why(told: DriveBeat, lang: str) -> tuple[str, ...]:
    say, why = words(lang).gettext, []
    if told.reason:
        why.append(wording.reason_words(told.reason, lang))
    if told.limited_by in LIMITS:
        why.append(say(LIMITS[told.limited_by]))
    if told.waits_for in WAITS:
        why.append(say(WAITS[told.waits_for]))
    return tuple(why)


def _span(seconds: int) -> str:
    return formats.duration_text((seconds if seconds < CALM_S else seconds // 60 * 60) * 1000).removesuffix(
        ZERO_SECONDS
    )


def _filled(sentence: str, **values: object) -> str:
    return sentence % values


def counts(picture: Picture, lang: str) -> tuple[tuple[wording.State, int], ...]:
    """The figures of the top line: concerns that there are, what runs, what is over, and what nobody knows."""
    shown: list[tuple[wording.State, int]] = [
        (wording.state(entry, lang), picture.concerns.get(concern, 0)) for concern, entry in CONCERNS.items()
    ]
    rest: Mapping[tuple[str, str, str], int] = {
        ("busy", "clock", mark("being erased")): picture.running,
        ("none", "check", mark("over: to be pulled")): picture.over,
        ("none", "question", mark("not known")): picture.unknown,
        ("bad", "alert", mark("silent benches")): picture.dead,
    }
    shown += [(wording.state(entry, lang), number) for entry, number in rest.items()]
    return tuple((state, number) for state, number in shown if number)
