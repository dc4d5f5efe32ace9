"""From the switch to the first four drives: enrol, boot, sign in, scan the lot, plug, confirm."""

import json
import os
import signal
import subprocess
import time

from station_agent.commands.enrol import enrol as enrol_command
from station_agent.console.confirm_screen import ALL_DONE, ANSWERS, CONFIRMED, Confirming
from station_agent.console.console import LOT as LOT_WORDS
from station_agent.console.entries import LOT_HINTS, NAME_HINTS, PIN_HINTS
from station_agent.console.lists import Found
from station_agent.console.order import Match
from station_agent.console.plan_screen import PlanScreen
from station_agent.console.session import NOBODY
from station_agent.control.client import BenchClient, DaemonUnreachable
from station_agent.control.place import socket_path
from station_agent.control.view import TileState
from tests.day.stage import BENCH, DRIVES, LOT, OPERATOR, PIN, PROMPT
from tests.day.terminal import LOOK_S, PATIENCE_S, Amiss
from tests.day.walk import Walk

FIRST = {"sda": "DEMO-HDD-0001", "sdb": "DEMO-SSD-0001", "sdc": "DEMO-USB-0001", "sdd": "DEMO-HDD-0002"}


def leave_a_run_open(walk: Walk) -> None:
    """Begin to erase the first drive the evening before, and cut the power of the bench in the middle."""
    serial = FIRST["sda"]
    given = ["etabli-station", "erase", "sda", "--lot", LOT, "--asset", "ETB-0202", "--bench", BENCH, "--events"]
    argv = walk.stage.program([*given, "--confirm", serial])
    begun = subprocess.Popen(argv, env=walk.stage.env, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert begun.stdout is not None
    with begun.stdout as lines:
        for line in lines:
            event = json.loads(line)
            if event.get("phase") == "write" and event.get("done_bytes", 0) > 0:
                break
        else:
            raise Amiss("the run of the evening before has written nothing")
        os.killpg(begun.pid, signal.SIGKILL)
    begun.wait(PATIENCE_S)
    for name in DRIVES:
        walk.stage.drives.unplug(name)


def enrol(walk: Walk) -> None:
    """Introduce the bench with a token that is typed; the lead accepts it by its fingerprint."""
    walk.terminal.until(PROMPT)
    token, url = walk.stage.token(), walk.stage.shop.url
    wait = walk.say("You can erase already: statements wait here until the bench is accepted.")
    walk.command(f"etabli-station enrol --demo --name 'Atelier 1' --hub {url} --token={token}", wait)
    walk.keep("enrol", enrol_command.__doc__ or "")
    walk.stage.accept()
    walk.command(f"etabli-station operator add {OPERATOR}", walk.say("PIN (4 to 12 figures): "))
    walk.terminal.tmux("send-keys", "-t", "day", "-l", PIN)
    walk.terminal.press("Enter", walk.say("Once more: "))
    walk.terminal.tmux("send-keys", "-t", "day", "-l", PIN)
    kept = "Operator {name}: kept. A badge: etabli-station sheet --out FILE.pdf --badge {name}"
    walk.terminal.press("Enter", walk.say(kept, name=OPERATOR))
    walk.keep("operator", "the first operator of the bench, with a PIN")


def boot(walk: Walk) -> None:
    """Start the service and open the console: it says what the evening before has left."""
    walk.stage.boot()
    ready(walk)
    walk.command("etabli-station", walk.say(Found.title), FIRST["sda"])
    walk.keep("boot", "what the bench found at its start: a run that a power cut interrupted")
    walk.terminal.press("Enter", walk.slot("A1", TileState.EMPTY, chosen=None), walk.say(NOBODY))
    walk.keep("empty-bays", "four bays, nothing plugged in, nobody signed in")


def ready(walk: Walk) -> None:
    """Wait until the service answers."""
    deadline = time.monotonic() + PATIENCE_S
    with BenchClient(socket_path(walk.stage.state)) as client:
        while time.monotonic() < deadline:
            try:
                client.bench()
            except DaemonUnreachable:
                time.sleep(LOOK_S)
            else:
                return
    raise Amiss(f"the service does not answer: {(walk.stage.folder / 'serve.log').read_text()}")


def sign_in(walk: Walk) -> None:
    """Sign in by pseudonym and PIN, and scan the code of the lot."""
    walk.terminal.press("i", walk.say(NAME_HINTS[0]))
    walk.terminal.type(OPERATOR)
    walk.terminal.press("Enter", walk.say(PIN_HINTS[0]))
    before = walk.terminal.words()
    walk.terminal.tmux("send-keys", "-t", "day", "-l", PIN)
    walk.terminal.changed(before, walk.terminal.words)
    walk.keep("sign-in", "the PIN is typed and not shown")
    walk.terminal.press("Enter", f"{OPERATOR} ·", walk.say("sign out"))
    walk.terminal.press("l", walk.say(LOT_HINTS[0]))
    walk.terminal.scan(LOT)
    walk.terminal.until(walk.say(LOT_WORDS, lot=LOT))
    walk.keep("lot", "the lot was scanned; it holds for all that comes")


def plug_four(walk: Walk) -> None:
    """Plug four drives; one of them has the open run of yesterday."""
    for slot, name in enumerate(FIRST, 1):
        walk.stage.drives.plug(name)
        state = TileState.INTERRUPTED if name == "sda" else TileState.READY
        walk.terminal.until(walk.slot(f"A{slot}", state))
    walk.keep("plugged", "four drives: the first goes on where it was, the others are ready")
    walk.terminal.press("Space", walk.slot("A1", TileState.INTERRUPTED, chosen=True))
    walk.terminal.press("*", *(walk.slot(f"A{n}", TileState.READY, chosen=True) for n in (2, 3, 4)))
    walk.terminal.press("p", walk.say(PlanScreen.title))
    walk.keep("plan", "the plan of all four, each by its own method")


def confirm_four(walk: Walk) -> None:
    """Confirm each drive: the first serial is typed, the others are scanned; then start."""
    walk.terminal.press("S", walk.say(Confirming.title))
    walk.terminal.type(FIRST["sda"])
    walk.terminal.press("Enter", walk.say(ANSWERS[Match.MATCHED], serial=FIRST["sda"]))
    walk.keep("confirm", "one of four is confirmed, nothing has started")
    for serial in [*FIRST.values()][1:-1]:
        walk.terminal.scan(serial)
        walk.terminal.until(walk.say(ANSWERS[Match.MATCHED], serial=serial))
    walk.terminal.scan(FIRST["sdd"])
    walk.terminal.until(walk.say(ALL_DONE, n=4), f"☑ {walk.say(CONFIRMED)}")
    walk.terminal.press("Enter", walk.slot("A1", TileState.RUNNING, chosen=None))
    walk.keep("running", "all four run, each at its own pace")
