"""The steps of a day in their order, and what must be true in the end."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station_agent.console.blank import DONE, FAILED
from tests.day import checks, evening, morning, proof, work
from tests.day.stage import stage
from tests.day.walk import Walk

STEPS: Final[tuple[Callable[[Walk], None], ...]] = (
    morning.leave_a_run_open,
    morning.enrol,
    morning.boot,
    morning.sign_in,
    morning.plug_four,
    morning.confirm_four,
    work.swap_the_first,
    checks.check_the_machine,
    work.see_the_failure,
    work.take_the_rest,
    work.come_back,
    work.thaw,
    evening.close_the_console,
    evening.grade,
    evening.label,
    proof.nothing_is_lost,
    proof.every_verdict_is_at_the_hub,
    proof.the_grade_is_at_the_hub,
    proof.the_label_is_printed,
)


def walk_a_day(folder: Path, out: Path, lang: str, size: tuple[int, int], tell: Callable[[str], None]) -> Path:
    """Walk the day in `folder` and keep its pictures in `out`. Raises `Amiss`."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.svg"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="tty") as tty, stage(folder, lang, Path(tty), size) as made:
        made.terminal.covers = (f"[OK]{made.say(DONE)}", f"[KO]{made.say(FAILED)}")
        walk = Walk(made, out, tell)
        for step in STEPS:
            step(walk)
        return walk.end(f"Établi, {lang}, {size[0]} x {size[1]}")
