"""Pictures of the console for the manual: `python -m station_agent.console.pictures` draws them again.

Every picture is reached by keys alone on a bench of paper, so that they are the same on every machine.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from certificates.language import LANGUAGES
from station_agent.auto_start import BECAUSE
from station_agent.checks.page import Line
from station_agent.checks.picture import svg_of, written
from station_agent.checks.pictures import MACHINE, paper_desk
from station_agent.console.checks_session import CheckSession
from station_agent.console.console import Console
from station_agent.console.day import GB, PaperBench, empty, ready
from station_agent.console.desk import AtOnce
from station_agent.console.frame import Size
from station_agent.console.signals import Turns
from station_agent.control.view import (
    BenchView,
    Earlier,
    OutboxView,
    Phrase,
    ReasonView,
    RunView,
    Tile,
    TileState,
)
from station_agent.language import mark, voice

PICTURES: Final = Path(__file__).parent / "pictures"
SMALL, LARGE = Size(80, 25), Size(120, 40)
NOWHERE: Final = Path("checks-of-paper")  # no answer is kept there
PSID: Final = "A1B2C3D4E5F6G7H8J9K0L1M2N3P4Q5R6"
FOUND: Final = mark(
    "{interrupted} interrupted runs were found: {ended} ended by themselves, {going} goes on, {waiting} waits for its "
    "drive."
)
QUEUED: Final = mark("Statements that wait for the hub: {n}. They are sent as soon as it answers.")
NO_UDEV: Final = mark("No udev runs here: drives are read from the kernel's list every few seconds.")
FROZEN: Final = ReasonView(code="FROZEN", detail="the drive is frozen by the firmware of this machine")
LOCKED: Final = ReasonView(
    code="LOCKED",
    detail="Opal is locked",
    remedy=Phrase(
        message=mark("Opal: give the PSID, 32 characters on its label: key k on the wall. It opens the drive, and the "
                     "erase follows.")
    ),
)  # fmt: skip
IN_RAID: Final = ReasonView(
    code="RAID_VOLUME",
    remedy=Phrase(message=mark("Take the volume apart first, on the machine that it comes from; then plan again.")),
)
MOUNTED: Final = ReasonView(code="BOOT_MEDIUM", detail="")
SURVIVED: Final = ReasonView(
    code="CANARY_SURVIVED",
    detail="",
    remedy=Phrase(message=mark("The drive said that it erased itself, and it did not: destruction.")),
)
APPROVED: Final = Phrase(message=BECAUSE, facts={"name": "Camille Dupont", "lot": "DSIT-2026-04", "rule": 3})
LOST: Final = ReasonView(code="DEVICE_LOST", detail="")


@dataclass(slots=True)
class Still:
    """Calls nobody."""

    muted: bool = False
    calls: list[Turns] = field(default_factory=list)

    def call(self, happened: Turns) -> None:
        """Keep what happened."""
        self.calls.append(happened)


RUNS, WAITS = TileState.RUNNING, TileState.INTERRUPTED


def run(phase: str, done: int, **more: object) -> RunView:
    """Give a run at so many permille."""
    known: dict[str, object] = {
        "run_id": "9c0ffee0" * 4,
        "phase": phase,
        "done_bytes": done,
        "total_bytes": 1000,
        "rate": 182 * 10**6,
        "eta_s": 4380,
        "expected_s": 7000,
        "method": "overwrite.zeros",
        "level": "CLEAR",
        "safe_to_lose_power": True,
        **more,
    }
    return RunView.model_validate(known)


def ended(verdict: str, kept: str = "queued", **more: object) -> RunView:
    """Give a run that is over."""
    return run("", 1000, verdict=verdict, kept=kept, statement="5f" * 32, rate=0, eta_s=None, **more)


def tiles() -> tuple[Tile, ...]:
    """Give one drive of every state, and more of those that a day brings."""
    erased = ended("ERASED", "confirmed", level="PURGE", method="nvme.sanitize.block")
    when = "2026-11-20T15:02:11Z"
    before = Earlier(verdict="ERASED", ended=when, statement="5f" * 32, kept="confirmed", changed=False)
    return (
        ready(1, "WDC WD10EZEX-08WN4A0", "WD-DEMO6Y4XK7PN", 1000 * GB),
        ready(2, "SAMSUNG MZVLB512HAJQ", "DEMOS4GENX0N1187", 512 * GB, bus="nvme", celsius=41, asset="PC-0412"),
        ready(3, "ST500DM002-1BD142", "DEMOZ3TYXQ1R", 500 * GB, state=RUNS, run=run("write", 420, celsius=43)),
        ready(4, "TOSHIBA MQ01ABD100", "DEMO94P2T0A1T", 1000 * GB, state=RUNS, health="review",
              run=run("verify", 870, rate=64 * 10**6, limited_by="hub", eta_s=910)),
        ready(5, "KINGSTON SA400S37240", "DEMO50026B76832", 240 * GB, state=TileState.ERASED, run=ended("ERASED")),
        ready(6, "CRUCIAL_CT250MX500", "DEMO1931E1F8B2C", 250 * GB, state=TileState.FAILED, health="reject",
              run=ended("FAILED", reasons=(SURVIVED,))),
        ready(7, "HGST HTS725050A7E630", "DEMOTF655AY9GHLM", 500 * GB, state=TileState.FROZEN, reasons=(FROZEN,)),
        ready(8, "HGST HTS725050A7E630", "DEMOTF655AY9GKKP", 500 * GB, state=TileState.FROZEN, reasons=(FROZEN,)),
        ready(9, "MICRON 1100 SED 256", "DEMO1716175A0B3", 256 * GB, state=TileState.LOCKED, reasons=(LOCKED,)),
        ready(10, "SanDisk Ultra", "DEMO4C53000123", 32 * GB, state=TileState.PROTECTED, reasons=(MOUNTED,), bus="usb"),
        ready(11, "INTEL SSDPEKKW256G8", "DEMOBTHH8262", 256 * GB, state=TileState.UNCONFIRMED, bus="nvme",
              run=ended("UNCONFIRMED", reasons=(LOST,))),
        ready(12, "ST1000LM035-1RK172", "DEMOWL1Z9X4C", 1000 * GB, state=WAITS, run=run("", 610, rate=0)),
        Tile(slot="13", state=TileState.EMPTY),
        ready(14, "WDC WD5000LPCX", "DEMOWX71A65", 500 * GB, state=TileState.READING, health="", celsius=None),
        ready(15, "SAMSUNG SSD 860 EVO", "DEMOS3YJNB0K", 500 * GB, state=TileState.COUNTDOWN, countdown_s=24,
              unattended=APPROVED),
        ready(16, "SAMSUNG MZ7LN256HAJQ", "DEMOS3TWN0J", 256 * GB, state=TileState.POWER_CYCLE, run=run("", 0, rate=0)),
        ready(17, "HP SSD S700 250GB", "DEMOHBSA4911", 250 * GB, state=TileState.EXCEPTIONS, bus="usb",
              run=ended("ERASED_WITH_EXCEPTIONS")),
        ready(18, "MAXTOR STM3250310AS", "DEMO6RY6KZ2X", 250 * GB, state=TileState.REFUSED, run=ended("NOT_ERASED")),
        ready(19, "SAMSUNG PM981", "DEMOS3ZHNX0K", 256 * GB, state=TileState.UNSTATED, run=run("", 1000), bus="nvme"),
        ready(20, "KIOXIA KXG6AZNV512G", "DEMO30CS10SAT", 512 * GB, state=TileState.ERASED, run=erased, bus="nvme"),
        ready(21, "KIOXIA KXG6AZNV512G", "DEMO30CS10SBX", 512 * GB, earlier=before, bus="nvme"),
        ready(22, "SanDisk Ultra Fit", "DEMO4C53000955", 64 * GB, bus="usb", health="unknown", celsius=None),
        ready(23, "ST2000DM008-2FR102", "DEMOZFL1B2C3", 2000 * GB, reasons=(IN_RAID,)),
        Tile(slot="24", state=TileState.EMPTY),
    )  # fmt: skip


def bench() -> BenchView:
    """Give the bench of the pictures."""
    return empty(24, columns=0).model_copy(
        update={
            "tiles": tiles(),
            "operator": "op-3",
            "operators_known": True,
            "lot": "DSIT-2026-04",
            "outbox": OutboxView(queued=3, confirmed=212, sync="offline", message="no route to the hub", next_try_s=48),
            "found_at_start": (
                Phrase(message=FOUND, facts={"interrupted": 4, "ended": 2, "going": 1, "waiting": 1}),
                Phrase(message=QUEUED, facts={"n": 3}),
            ),
            "notices": (Phrase(message=NO_UDEV),),
        }
    )


SCENES: Final[dict[str, tuple[str, ...]]] = {
    "start": (),
    "wall": ("enter",),
    "wall-chosen": ("enter", "space", "right", "space"),
    "wall-second": ("enter", "pagedown"),
    "big": ("enter", "f", "down"),
    "help": ("enter", "h"),
    "plan": ("enter", "space", "right", "space", "p", "down"),
    "plan-exceptions": ("enter", "*", "p", *(["down"] * 2)),
    "plan-refused": ("enter", "*", "p", *(["down"] * 3)),
    "method": ("enter", "right", "space", "m", "down"),
    "confirm": ("enter", "space", "right", "space", "p", "S", *"PC-0412", "enter", *"WD-DEM"),
    "confirm-wrong": ("enter", "space", "p", "S", *"DEMOS4GENX0N1187", "enter"),
    "running": ("enter", *(["right"] * 3), "d"),
    "failed": ("enter", *(["right"] * 5), "d"),
    "by-itself": ("enter", *(["right"] * 14), "d"),
    "evidence": ("enter", *(["right"] * 5), "d", "e"),
    "interrupted": ("enter", *(["right"] * 11), "d"),
    "give-up": ("enter", *(["right"] * 11), "d", "g"),
    "tag": ("enter", "a", *"PC-0413"),
    "confirmed": ("enter", "space", "p", "S", *"WD-DEMO6Y4XK7PN", "enter"),
    "came-back": ("enter", *(["right"] * 20), "d"),
    "frozen": ("enter", "u"),
    "thawed": ("enter", "u", "enter"),
    "psid": ("enter", *(["right"] * 8), "k", *"A1B2-C3D4-E5FO-"),
    "psid-plan": ("enter", *(["right"] * 8), "k", *PSID, "enter"),
    "sign-in": ("enter", "i", "i", *"op-3", "enter", *"1234"),
    "lot": ("enter", "l", *"DSIT-2026-05"),
    "reports": ("enter", "o"),
    "checks": ("enter", "c"),
    "checks-keyboard": ("enter", "c", *(["down"] * 5), "enter"),
    "stop": ("enter", "right", "right", "x"),
    "stop-all": ("enter", "X"),
    "leave": ("enter", "q"),
    "blank": ("enter", "b"),
    "nothing-chosen": ("enter", "S"),
}


def scene(lang: str, size: Size, keys: Iterable[str], view: BenchView | None = None) -> Console:
    """Give a console after these keys."""
    paper = PaperBench(view or bench())
    spoken = tuple(voice(code, {}) for code in LANGUAGES)
    console = Console(paper, AtOnce(), spoken, lambda: "14:05", lambda: 16.0, Still(), lang=lang, size=size)
    console.opening = lambda asset, _operator: CheckSession(paper_desk(NOWHERE), MACHINE, asset)
    console.see(paper.view)
    for key in keys:
        console.press(key)
        console.see(paper.view)
        console.flash = None
    return console


def flash(lang: str, size: Size, *, failed: bool) -> Console:
    """Give a console in the moment in which drives are over."""
    console = scene(lang, size, ("enter",))
    console.flash = Turns(("5",), ("6",)) if failed else Turns(("5", "20"))
    return console


def screens(lang: str, size: Size) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Give every screen by its name."""
    for name, keys in SCENES.items():
        yield name, scene(lang, size, keys).rows()
    yield "flash-done", flash(lang, size, failed=False).rows()
    yield "flash-failed", flash(lang, size, failed=True).rows()


def pictures() -> Iterator[tuple[str, str]]:
    """Give the path and the text of every picture."""
    for lang in LANGUAGES:
        for size, tail in ((SMALL, ""), (LARGE, "-120x40")):
            for name, rows in screens(lang, size):
                yield f"{lang}/{name}{tail}.svg", svg_of(rows, name, size.columns)


def write(folder: Path) -> int:
    """Write every picture and give how many."""
    return written(pictures(), folder)


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))
