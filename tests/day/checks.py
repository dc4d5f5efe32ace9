"""Guided checks of the laptop in another window, beside the erases; some are answered, the rest was the day before."""

from typing import Final

from diagnostics import wording
from station_agent.diagnose import diagnostics_words
from tests.day.stage import BENCH, OPERATOR, PROMPT
from tests.day.walk import Walk

FIRST: Final = "Before anything else: a locked machine cannot be reused."
ANSWERS: Final = (("casing", "4"), ("display", "p"), ("keyboard", "p"))  # the look C4, good, good


def check_the_machine(walk: Walk) -> None:
    """Open the checks, answer some, leave; what runs goes on meanwhile."""
    walk.terminal.tmux("new-window", "-t", "day", *walk.terminal.shell)
    walk.terminal.until(PROMPT)
    walk.terminal.clear(PROMPT)
    walk.command(f"etabli-station check --operator {OPERATOR} --bench {BENCH}", walk.say(FIRST))
    walk.keep("checks-locks", "the guided checks begin with what would lock the laptop")
    walk.terminal.press("a", "[OK]")
    walk.terminal.press("Enter", short(walk, "media-left"))
    walk.terminal.press("Escape", f"[OK] {short(walk, 'locks')}")
    for name, key in ANSWERS:
        answer(walk, name, key)
    walk.keep("checks", "some functions of the laptop are answered, beside the erases")
    walk.terminal.press(
        "q", PROMPT, walk.say("The answers are kept. Grade and sign them with: etabli-station diagnose")
    )
    walk.terminal.tmux("kill-window", "-t", "day")


def answer(walk: Walk, name: str, key: str) -> None:
    """Go to a check of the list, open it, and answer it."""
    wanted = short(walk, name)
    while wanted not in (here := pointed(walk)):
        walk.terminal.press("Down")
        walk.terminal.changed(here, lambda: pointed(walk))
    walk.terminal.press("Enter", walk.say("TO DO"), wanted)
    if name == "keyboard":
        walk.keep("check-keyboard", "one check: what to do, and when it is good")
    walk.terminal.press(key)
    walk.terminal.press("Escape", f"[OK] {wanted}")


def short(walk: Walk, name: str) -> str:
    """Name a check as its list does."""
    told = diagnostics_words(walk.stage.speech.lang)(wording.CHECKS[name])
    return told.partition(":")[0].rstrip()


def pointed(walk: Walk) -> str:
    """Give the row of the list under the cursor."""
    rows = walk.terminal.words().splitlines()
    return next((row for row in rows if row.lstrip().startswith("▶")), "")
