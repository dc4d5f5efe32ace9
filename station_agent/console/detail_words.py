"""A drive in words: state, run, limits, what survives a power cut, hidden areas, reasons and the next action."""

from typing import Any, Final

from certificates.wording import area_words
from station_agent.console.plan_words import method_lines
from station_agent.console.signs import (
    KEPT,
    LIMITS,
    PHASES,
    STEPS,
    health_words,
    joined,
    left_words,
    level_word,
    over,
    percent,
    phrase,
    rate_words,
    remedy,
    state_words,
    unattended_words,
    why,
)
from station_agent.control.view import DriveView, Earlier, ReasonView, RunView, Tile, TileState
from station_agent.language import Voice, mark, visible
from station_agent.words import ADVICE, SHORT, size_words, time_words, verdict_words

IDENTITY: Final = mark("slot {slot}, {path}: {model}, serial {serial}, {size}")
MADE: Final = mark("firmware {firmware}, bus {bus}, {hours} h of operation, {celsius} °C, {health}")
PLACE: Final = mark("lot {lot}, tag {asset}")
RUN: Final = mark("phase {phase} ({step} of 4), {percent}, {rate}, {left}")
BY: Final = mark("method {method} {level}")
WARMTH: Final = mark("temperature now: {celsius} °C")
BAD: Final = mark("bad sectors so far: {n}")
SILENT: Final = mark("The drive has not answered for a while. Wait; do not pull it.")
SAFE: Final = mark("Safe to lose power: YES, it goes on or is taken up where it was.")
UNSAFE: Final = mark("Safe to lose power: NO. Leave it connected and powered until the end.")
CAUSE: Final = mark("cause: {why}")
DO: Final = mark("What to do: {remedy}")
EXCEPTION: Final = mark("exception: {why}")
KEPT_AS: Final = mark("statement {id}: {kept}")
EARLIER: Final = mark("It was here before: {verdict} on {ended}, statement {id}, {kept}.")
CHANGED: Final = {
    True: mark("Its content has CHANGED since: the earlier statement does not speak for it any more."),
    False: mark("Its content is as that run left it."),
    None: mark("Whether its content changed since is not known."),
}
PULL: Final = mark("Pull it out of slot {slot}.")
SIZES: Final = mark("visible {visible} bytes, native {native}; {areas}")
AREAS: Final = mark("Sizes and hidden areas")
METHODS: Final = mark("Methods")
RESUMED: Final = mark("This run was taken up again after an interruption.")
SLOWER: Final = mark("Expected in all: {time}.")
WHAT_NEXT: Final = {
    TileState.READY: mark("Next: choose it with space, then S."),
    TileState.FROZEN: mark("Next: key u on the wall."),
    TileState.LOCKED: mark("Next: key k on the wall, with the PSID of its label."),
    TileState.INTERRUPTED: mark("Next: choose it and press S: it goes on where it was. g gives the run up."),
    TileState.POWER_CYCLE: mark("Next: switch the drive off and on, then choose it and press S."),
    TileState.UNSTATED: mark("Next: leave it in its slot; its record could not be kept and is tried again."),
    TileState.COUNTDOWN: mark("Next: nothing, it starts by itself; x on the wall holds it."),
}

Said = list[tuple[str, str]]


def detail_lines(voice: Voice, tile: Tile, known: DriveView | None) -> Said:
    """Say all that is known of a drive, each line with its style."""
    said = [("", ""), (state_words(voice, tile), "strong"), *_identity(voice, tile), ("", "")]
    if tile.run is not None:
        said += _run(voice, tile, tile.run)
    said += reason_lines(voice, tile.reasons, CAUSE)
    said += _earlier(voice, tile.earlier) if tile.earlier is not None else []
    said += [(told, "strong")] if (told := unattended_words(voice, tile)) else []
    if over(tile):
        said.append((voice.say(PULL, slot=tile.slot), "strong"))
    elif tile.state in WHAT_NEXT:
        said.append((voice.say(WHAT_NEXT[tile.state]), "good"))
    return [*said, *_known(voice, known)]


def _identity(voice: Voice, tile: Tile) -> Said:
    size = size_words(tile.size_bytes, voice.lang)
    facts = {"slot": tile.slot, "path": tile.path, "model": tile.model or "-", "serial": tile.serial or "-"}
    health = {name: "-" if (value := getattr(tile, name)) is None else value for name in ("hours", "celsius")}
    more = {"firmware": tile.firmware or "-", "bus": tile.bus or "-", "health": health_words(voice, tile)}
    said = [(voice.say(IDENTITY, size=size, **facts), ""), (voice.say(MADE, **more, **health), "")]
    if tile.lot or tile.asset:
        said.append((voice.say(PLACE, lot=visible(tile.lot) or "-", asset=visible(tile.asset) or "-"), ""))
    return said


def _run(voice: Voice, tile: Tile, run: RunView) -> Said:
    said: Said = []
    if run.method:
        said.append((voice.say(BY, method=run.method, level=level_word(run.level)), ""))
    if tile.state is TileState.RUNNING:
        step = PHASES.get(run.phase, 0)
        far = percent(run)
        told = {"phase": voice.say(STEPS[step]), "step": step + 1, "percent": "-" if far is None else f"{far} %"}
        said.append((voice.say(RUN, **told, rate=rate_words(voice, run.rate), left=left_words(voice, run) or "-"), ""))
        said += [(voice.say(SLOWER, time=time_words(run.expected_s)), "dim")] if run.expected_s is not None else []
        said += [(voice.say(WARMTH, celsius=run.celsius), "")] if run.celsius is not None else []
        said += [(voice.say(LIMITS[run.limited_by]), "warn")] if run.limited_by else []
        said += [(voice.say(SILENT), "warn")] if run.silent else []
        said.append((voice.say(SAFE), "good") if run.safe_to_lose_power else (voice.say(UNSAFE), "bad"))
    said += [(phrase(voice, run.notice), "warn")] if run.notice is not None else []
    said += [(voice.say(RESUMED), "dim")] if run.resumed else []
    said += [(voice.say(BAD, n=run.bad_sectors), "bad")] if run.bad_sectors else []
    said += reason_lines(voice, run.reasons, CAUSE)
    said += reason_lines(voice, run.exceptions, EXCEPTION)
    said += [(voice.say(ADVICE[run.verdict]), "good")] if run.verdict in ADVICE else []
    if run.statement:
        said.append((voice.say(KEPT_AS, id=run.statement[:SHORT], kept=voice.say(KEPT[run.kept])), ""))
    return said


def reason_lines(voice: Voice, reasons: tuple[ReasonView, ...], form: str) -> Said:
    """Say reasons, each with what a person can do about it."""
    said: Said = []
    for reason in joined(reasons):
        said.append((voice.say(form, why=why(voice, reason)), "bad"))
        if reason.remedy is not None:
            said.append((voice.say(DO, remedy=remedy(voice, reason)), "good"))
    return said


def _earlier(voice: Voice, earlier: Earlier) -> Said:
    facts = {"verdict": verdict_words(voice, earlier.verdict), "ended": visible(earlier.ended)}
    kept = voice.say(KEPT[earlier.kept]) if earlier.kept in KEPT else visible(earlier.kept)
    return [
        (voice.say(EARLIER, id=visible(earlier.statement)[:SHORT], kept=kept, **facts), "strong"),
        (voice.say(CHANGED[earlier.changed]), "bad" if earlier.changed else ""),
    ]


def _known(voice: Voice, known: DriveView | None) -> Said:
    if known is None:
        return []
    said = _ledger(voice, known.sheet)
    if known.plan is not None and known.plan.methods:
        chosen = [(known.plan.method, "strong")] if known.plan.method else []
        said += [("", ""), (voice.say(METHODS), "head"), *chosen]
        said += [(line, "dim") for line in method_lines(voice, known.plan)]
    return said


def _ledger(voice: Voice, sheet: dict[str, Any] | None) -> Said:
    hidden = sheet.get("hidden") if sheet is not None else None
    if not isinstance(hidden, dict):
        return []
    sizes = {name: hidden.get(f"{name}_bytes") for name in ("visible", "native")}
    told = {name: f"{size}" if isinstance(size, int) else voice.say("unknown") for name, size in sizes.items()}
    states = {name: str(hidden.get(name, "unknown")) for name in ("hpa", "dco", "ama")}
    areas = ", ".join(f"{name.upper()} {area_words(state, voice.lang)}" for name, state in states.items())
    detail = [(visible(str(hidden["detail"])), "dim")] if hidden.get("detail") else []
    return [("", ""), (voice.say(AREAS), "head"), (voice.say(SIZES, **told, areas=areas), ""), *detail]
