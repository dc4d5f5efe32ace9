"""The end of the day: reports are at the hub, sign out, the laptop is graded, its label printed."""

from station_agent.console.lists import Outbox as OutboxScreen
from station_agent.console.session import NOBODY
from station_agent.console.signs import OUTBOX
from station_agent.console.wall_screen import LEAVE
from tests.day.stage import BENCH, LOT, OPERATOR, PROMPT
from tests.day.walk import Walk
from tests.day.work import TAG


def close_the_console(walk: Walk) -> None:
    """Look at the reports, sign out, leave."""
    walk.terminal.press("o", walk.say(OutboxScreen.title), walk.say(OUTBOX, queued=0, confirmed=6))
    walk.keep("reports", "six reports, all at the hub")
    walk.terminal.press("Escape", "▶A")
    walk.terminal.press("i", walk.say(NOBODY))
    walk.keep("signed-out", "nobody is signed in")
    walk.terminal.press("q", walk.say(LEAVE))
    walk.terminal.press("Enter", PROMPT)
    walk.stage.halt()


def grade(walk: Walk) -> None:
    """Diagnose the laptop: machine, drives, checks, grade; state it and send it."""
    line = f"etabli-station diagnose --lot {LOT} --asset {TAG} --operator {OPERATOR} --bench {BENCH}"
    walk.command(line, walk.say("statement {id}", id=""), PROMPT)
    walk.keep("grade", "the grade of the laptop, with its reasons")
    walk.command(f"etabli-station sync --bench {BENCH}", PROMPT)


def label(walk: Walk) -> None:
    """Print the label of the laptop as a PDF, and on the label printer."""
    made = walk.say("{what}: {file}", what=walk.stage.speech.count("{n} label", "{n} labels", 1), file="label.pdf")
    walk.command(f"etabli-station label --asset {TAG} --pdf label.pdf --bench {BENCH}", made)
    line = f"etabli-station label --asset {TAG} --printer {walk.stage.printer.address} --bench {BENCH}"
    walk.terminal.type(line, line)
    walk.terminal.press("Enter", walk.stage.printer.address)
    walk.keep("label", "the label of the laptop, as a PDF and on a label printer")
    walk.command(f"etabli-station outbox --bench {BENCH}", PROMPT)
    walk.keep("outbox", "every statement of the day and where it is")
