"""The words of the line mode: its commands in both languages, a slot as a line, and what changed as a line."""

from typing import Final

from station_agent.console.signs import (
    ALREADY,
    KEPT,
    PHASES,
    STEPS,
    celsius_of,
    drive_words,
    erased_already,
    first_reason,
    health_words,
    left_words,
    level_word,
    over,
    percent,
    rate_words,
    slowed_words,
    state_words,
    unattended_words,
)
from station_agent.control.view import RunView, Tile, TileState
from station_agent.language import Voice, mark

COMMANDS: Final = {
    "status": mark("status: every slot with its state"),
    "plan": mark("plan 1 3 | plan all: how these drives would be erased, or why not"),
    "method": mark("method ID 1 3: plan by another method"),
    "resume": mark("resume: plan every interrupted run; each drive is confirmed before it goes on"),
    "drop": mark("drop 3: take a drive out of the plan"),
    "start": mark("start: begin what was planned, after each drive is confirmed"),
    "confirm": mark("confirm SERIAL: the serial number or the tag of a drive of the plan, typed or scanned"),
    "cancel": mark("cancel: forget the plan; nothing starts"),
    "details": mark("details 3: all about one drive"),
    "evidence": mark("evidence 3: the record of its last run"),
    "stop": mark("stop 3 | stop all: stop in good order; it can be taken up again"),
    "hold": mark("hold 3: it does not start by itself"),
    "give-up": mark("give-up 3: state an interrupted run as FAILED or UNCONFIRMED"),
    "lot": mark("lot CODE | lot: the lot of the drives; without a code none"),
    "asset": mark("asset 3 TAG | asset TAG: the tag of a drive, or of the machine"),
    "unfreeze": mark("unfreeze 3: the bench sleeps 5 s; nothing is erased"),
    "psid": mark("psid 3: open a locked drive by the PSID on its label; it is asked for on the next line"),
    "sign-in": mark("sign-in NAME | sign-in: by PIN, or by badge; it is asked for on the next line"),
    "sign-out": mark("sign-out: what runs goes on"),
    "outbox": mark("outbox: where the reports are, and notices"),
    "wait": mark("wait: take the next command when every run is over (for scripts)"),
    "check": mark("check: the guided checks of the machine; its lines are theirs until q"),
    "lang": mark("lang fr | lang en: the language"),
    "help": mark("help: this list"),
    "quit": mark("quit: leave; what runs goes on"),
}
FRENCH: Final = {
    "état": "status", "etat": "status", "méthode": "method", "methode": "method", "retirer": "drop",
    "lancer": "start", "reprendre": "resume", "confirmer": "confirm", "annuler": "cancel", "détails": "details",
    "preuve": "evidence", "arrêter": "stop", "arreter": "stop", "retenir": "hold", "abandonner": "give-up",
    "étiquette": "asset", "etiquette": "asset", "dégeler": "unfreeze", "degeler": "unfreeze", "entrer": "sign-in",
    "sortir": "sign-out", "envois": "outbox", "attendre": "wait", "contrôles": "check", "controles": "check",
    "langue": "lang", "aide": "help", "quitter": "quit", "?": "help", "h": "help", "q": "quit", "tag": "asset",
}  # fmt: skip
NAMES: Final = {**{name: name for name in COMMANDS}, **FRENCH}
GONE: Final = mark("{slot}: the drive left")
QUARTERS: Final = 4  # lines of progress for each phase


def own_name(command: str, lang: str) -> str:
    """Give the name of a command in a language; the English one where it has no other."""
    return next((name for name, meant in FRENCH.items() if meant == command), command) if lang == "fr" else command


def help_lines(voice: Voice) -> list[str]:
    """Name every command."""
    return [f"- {voice.say(words)}" for words in COMMANDS.values()]


def tile_line(voice: Voice, tile: Tile) -> str:
    """Say one slot in one line."""
    if tile.drive is None:
        return f"{tile.slot}  {state_words(voice, tile)}"
    parts = [drive_words(voice, tile), state_words(voice, tile), health_words(voice, tile)]
    parts += [f"{celsius} °C"] if (celsius := celsius_of(tile)) is not None else []
    parts += [tile.asset] if tile.asset else []
    return "  ".join([*parts, *_more(voice, tile)])


def _more(voice: Voice, tile: Tile) -> list[str]:
    run = tile.run
    if run is not None and tile.state is TileState.RUNNING:
        return [run_words(voice, run)]
    if run is not None and over(tile):
        return [part for part in (run.method, level_word(run.level), voice.say(KEPT[run.kept])) if part]
    already = voice.say(ALREADY).partition(":")[0].rstrip() if erased_already(tile) else ""
    said = already, first_reason(voice, tile), unattended_words(voice, tile)
    return [part for part in said if part]


def run_words(voice: Voice, run: RunView) -> str:
    """Say where a run stands."""
    far = percent(run)
    step = voice.say(STEPS[PHASES.get(run.phase, 0)])
    parts = [step, "" if far is None else f"{far} %", rate_words(voice, run.rate), left_words(voice, run)]
    parts.append(slowed_words(voice, run))
    return "  ".join(part for part in parts if part)


def change_line(voice: Voice, before: Tile | None, now: Tile) -> str:
    """Say what changed in a slot; "" for nothing that a person must hear. Progress is told four times a phase."""
    if before is None:
        return "" if now.drive is None else tile_line(voice, now)
    if before.state is not now.state or (before.run is None) != (now.run is None):
        return tile_line(voice, now)
    if now.state is TileState.RUNNING and now.run is not None and before.run is not None:
        return tile_line(voice, now) if _quarter(before.run) != _quarter(now.run) else ""
    if over(now) and now.run is not None and before.run is not None and before.run.kept != now.run.kept:
        return tile_line(voice, now)
    return ""


def _quarter(run: RunView) -> tuple[int, int]:
    return PHASES.get(run.phase, 0), (percent(run) or 0) * QUARTERS // 100
