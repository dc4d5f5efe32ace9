"""The states of a tile and the figures on it in words: every state has its own sign and word, colour only repeats it.

Green is for ERASED alone, which a bench shows only for a statement that is durable; UNCONFIRMED alone is amber.
"""

from dataclasses import dataclass
from typing import Final

from certificates.wording import LEVEL_WORD
from certificates.wording.error_details import error_words
from station_agent.console.scan_words import kind_words
from station_agent.control.view import OVER, BenchView, OutboxView, Phrase, ReasonView, RunView, Tile, TileState
from station_agent.errors import StationError
from station_agent.language import Voice, mark, without_controls
from station_agent.words import REACHED, fact_words, reason_words, size_words, time_words


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown."""

    sign: str
    word: str
    style: str


SIGNS: Final = {
    TileState.EMPTY: Sign("", mark("empty"), "slot"),
    TileState.READING: Sign("[..]", mark("READING"), "grey"),
    TileState.READY: Sign("[> ]", mark("READY"), "chosen"),
    TileState.PROTECTED: Sign("[■■]", mark("PROTECTED"), "grey"),
    TileState.FROZEN: Sign("[**]", mark("FROZEN"), "purple"),
    TileState.LOCKED: Sign("[##]", mark("LOCKED"), "purple"),
    TileState.COUNTDOWN: Sign("[>>]", mark("STARTS SOON"), "yellow"),
    TileState.RUNNING: Sign("[▶▶]", mark("RUNNING"), "blue"),
    TileState.INTERRUPTED: Sign("[||]", mark("INTERRUPTED"), "yellow"),
    TileState.POWER_CYCLE: Sign("[↓↑]", mark("OFF AND ON"), "yellow"),
    TileState.UNSTATED: Sign("[!.]", mark("NOT KEPT"), "yellow"),
    TileState.ERASED: Sign("[OK]", mark("ERASED"), "green"),
    TileState.EXCEPTIONS: Sign("[!!]", mark("EXCEPTIONS"), "yellow"),
    TileState.FAILED: Sign("[KO]", mark("FAILED"), "red"),
    TileState.UNCONFIRMED: Sign("[??]", mark("UNCONFIRMED"), "amber"),
    TileState.REFUSED: Sign("[--]", mark("NOT TOUCHED"), "grey"),
}
PHASES: Final = {"prepare": 0, "probe": 0, "restore": 0, "plant": 0, "write": 1, "command": 1, "look": 2, "verify": 2}
STEPS: Final = (mark("Prepare"), mark("Erase"), mark("Verify"), mark("Report"))
HEALTH: Final = {
    "": mark("health ?"),
    "ok": mark("healthy"),
    "review": mark("look at it"),
    "reject": mark("poor"),
    "unknown": mark("health ?"),
}
HEALTH_SIGNS: Final = {"review": "! ", "reject": "!! "}
LIMITS: Final = {
    "device": mark("limited by the drive itself"),
    "hub": mark("limited by the USB hub that it shares"),
    "bus": mark("limited by the bus that it shares"),
    "heat": mark("limited by heat: give it air"),
    "bench": mark("limited by this bench"),
}
SLOWED: Final = {  # on a tile, in 18 columns with the temperature
    "device": mark("slow drive"),
    "hub": mark("slow USB hub"),
    "bus": mark("slow bus"),
    "heat": mark("too hot"),
    "bench": mark("slow bench"),
}
NO_ANSWER: Final = mark("no answer")
KEPT: Final = {
    "": mark("not kept yet"),
    "queued": mark("kept, queued"),
    "confirmed": mark("kept at the hub"),
    "refused": mark("refused: lead"),
    "conflict": mark("conflict: lead"),
}
CHOOSABLE: Final = frozenset({TileState.READY, TileState.INTERRUPTED, TileState.POWER_CYCLE, TileState.COUNTDOWN})
ERASED: Final = ("ERASED", "ERASED_WITH_EXCEPTIONS")
ALREADY: Final = mark("erased already: d")  # on a tile, in 18 columns
LEFT_OUT: Final = mark(
    "{n} left out: erased here already, and unchanged wherever the bench looked. To erase one again, choose it by "
    "itself."
)
OUTBOX: Final = mark("Reports: {queued} queued, {confirmed} at the hub")
NOT_TAKEN: Final = mark("{n} NOT TAKEN (key o)")
NEXT_TRY: Final = mark("next try in {s} s")


def erased_already(tile: Tile) -> bool:
    """Say whether a ready drive was erased on this bench and holds what that run left, as far as the bench looked."""
    known = tile.earlier
    return tile.state is TileState.READY and known is not None and known.verdict in ERASED and known.changed is False


def phrase(voice: Voice, said: Phrase) -> str:
    """Say a sentence of the bench; one that this version cannot fill is shown as it is."""
    facts = {name: without_controls(fact) if isinstance(fact, str) else fact for name, fact in said.facts.items()}
    if "detail" in facts:
        facts["detail"] = error_words(str(facts["detail"]), voice.lang)
    if "kind" in facts:
        facts["kind"] = kind_words(voice, str(facts["kind"]))
    try:
        return voice.say(said.message, **facts)
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        return said.message


def wrong(error: StationError) -> Phrase:
    """Keep an error as a sentence that can be said in another language later."""
    facts = {name: fact if isinstance(fact, int) else str(fact) for name, fact in error.facts.items()}
    return Phrase(message=error.sentence, facts=facts)


def serial_end(tile: Tile) -> str:
    """Give the last four characters of a serial, as they are read on a label."""
    return f"..{tile.serial[-4:]}" if tile.serial else "-"


def state_word(voice: Voice, tile: Tile) -> str:
    """Say where a slot stands; a countdown with its seconds."""
    if tile.state is TileState.COUNTDOWN and tile.countdown_s is not None:
        return voice.say("IN {s} s", s=tile.countdown_s)
    return voice.say(SIGNS[tile.state].word)


def state_words(voice: Voice, tile: Tile) -> str:
    """Give sign and word of a slot."""
    return f"{SIGNS[tile.state].sign} {state_word(voice, tile)}".strip()


def percent(run: RunView) -> int | None:
    """Say how far a run is, 0 to 100, rounded down; None when nothing tells."""
    if run.total_bytes <= 0:
        return None
    return max(0, min(100, run.done_bytes * 100 // run.total_bytes))


def rate_words(voice: Voice, rate: int) -> str:
    """Write bytes per second as capacities are written."""
    return f"{size_words(rate, voice.lang)}/s" if rate > 0 else "- /s"


def drive_words(voice: Voice, tile: Tile) -> str:
    """Name a drive in one line: slot, model, whole serial, size."""
    return f"{tile.slot}  {tile.model or '-'}  {tile.serial or '-'}  {size_words(tile.size_bytes, voice.lang)}"


def health_words(voice: Voice, tile: Tile) -> str:
    """Say health, in the words of the bench."""
    return HEALTH_SIGNS.get(tile.health, "") + voice.say(HEALTH[tile.health])


def slowed_words(voice: Voice, run: RunView) -> str:
    """Say shortly what holds a run up; "" where nothing does."""
    if run.silent:
        return voice.say(NO_ANSWER)
    return voice.say(SLOWED[run.limited_by]) if run.limited_by else ""


def celsius_of(tile: Tile) -> int | None:
    """Give the temperature: of the run where it tells one, else as it was read at the beginning; in °C."""
    run = tile.run
    live = run is not None and tile.state is TileState.RUNNING and run.celsius is not None
    return run.celsius if run is not None and live else tile.celsius


def unattended_words(voice: Voice, tile: Tile) -> str:
    """Say why a drive starts by itself and who approved it, or what holds it back; "" where no rule concerns it."""
    return phrase(voice, tile.unattended) if tile.unattended is not None else ""


def level_word(level: str) -> str:
    """Name a level; nothing where none was reached."""
    return LEVEL_WORD[level] if level in REACHED else ""


def why(voice: Voice, reason: ReasonView) -> str:
    """Say a reason: the fact behind it where that says it all, else its code in words and the fact."""
    return reason_words(voice, reason.code, reason.detail)


def joined(reasons: tuple[ReasonView, ...]) -> tuple[ReasonView, ...]:
    """Join reasons that share code and remedy: one sentence and one remedy for all their details."""
    found: list[ReasonView] = []
    for reason in reasons:
        place = next((n for n, one in enumerate(found) if (one.code, one.remedy) == (reason.code, reason.remedy)), None)
        if place is None:
            found.append(reason)
        elif reason.detail and reason.detail not in found[place].detail.split("; "):
            details = "; ".join(part for part in (found[place].detail, reason.detail) if part)
            found[place] = found[place].model_copy(update={"detail": details})
    return tuple(found)


def remedy(voice: Voice, reason: ReasonView) -> str:
    """Say what a person can do about a reason; empty when nothing is known."""
    return phrase(voice, reason.remedy) if reason.remedy is not None else ""


def first_reason(voice: Voice, tile: Tile) -> str:
    """Say the first reason of a tile shortly."""
    reasons = tile.reasons or (tile.run.reasons if tile.run is not None else ())
    if not reasons:
        return ""
    return fact_words(voice, reasons[0].detail) if reasons[0].detail else why(voice, reasons[0])


def outbox_words(voice: Voice, outbox: OutboxView, *, short: bool = False) -> str:
    """Say where the statements are; shortly without the time of the next try."""
    said = [voice.say(OUTBOX, queued=outbox.queued, confirmed=outbox.confirmed)]
    stuck = outbox.refused + outbox.conflict
    said += [voice.say(NOT_TAKEN, n=stuck)] if stuck else []
    if not short and outbox.queued and outbox.next_try_s is not None:
        said.append(voice.say(NEXT_TRY, s=outbox.next_try_s))
    return " · ".join(said)


def counts(view: BenchView) -> str:
    """Count what a lead wants to know first: failed and unconfirmed, then what is to be pulled, then what runs."""
    found = []
    for state in (TileState.FAILED, TileState.UNCONFIRMED, TileState.EXCEPTIONS, TileState.RUNNING, TileState.ERASED):
        n = sum(tile.state is state for tile in view.tiles)
        found += [f"{SIGNS[state].sign} {n}"] if n else []
    return "  ".join(found)


def frozen(tile: Tile) -> bool:
    """Say whether a sleep of the machine may thaw a drive."""
    return tile.frozen or tile.state is TileState.FROZEN


def over(tile: Tile) -> bool:
    """Say whether the run of a tile is over, so that it can be pulled."""
    return tile.state in OVER


def left_words(voice: Voice, run: RunView) -> str:
    """Say how long a run still takes, or how long it takes already."""
    if run.eta_s is not None:
        return voice.say("{time} left", time=time_words(run.eta_s))
    if run.elapsed_s is not None:
        return voice.say("for {time}", time=time_words(run.elapsed_s))
    return ""
