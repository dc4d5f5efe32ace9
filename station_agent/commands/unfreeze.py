"""`etabli-station unfreeze`: suspend this machine for 5 s, so that frozen drives take security commands again."""

import sys
import time
from pathlib import Path
from typing import Final

from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.exit_status import ExitStatus
from station_agent.language import Voice, mark, visible
from station_agent.reconcile import reconcile
from station_agent.suspension import (
    CannotSuspend,
    Change,
    Woken,
    frozen_drives,
    require_sleep,
    suspend,
    woken_document,
)
from station_agent.system import run

CHANGES: Final = {
    Change.THAWED: mark("not frozen any more: erase it now"),
    Change.LOCKED: mark("not frozen any more, but locked by a password"),
    Change.STILL_FROZEN: mark(
        "STILL FROZEN. Pull its power and plug it again while the machine runs; or another port; or the BIOS menu"
    ),
    Change.GONE: mark("NOT SEEN AGAIN. Look at its cable, then at `etabli-station disks`"),
    Change.UNREADABLE: mark("here, but it does not say how it is"),
}


def unfreeze(
    *,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Suspend this machine for 5 s (S3) and wake it, so that frozen drives take security commands again."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    bench = call.bench()
    root = Path("/")
    require_sleep(bench, root)
    with call.station(simulated=bench.simulated) as station:
        if reconcile(station.journal):
            raise CannotSuspend(mark("A run is open on this bench: let it end, or give it up, before a suspension."))
        frozen = frozen_drives(bench)
        woken = suspend(station.store, bench, frozen, root=root, run=run, wait=time.sleep) if frozen else ()
    call.show("unfreeze", {"drives": [woken_document(one) for one in woken]}, woken_lines(call.voice, woken))
    sys.exit(ExitStatus.ERASED if all(one.change is Change.THAWED for one in woken) else ExitStatus.OPEN)


def woken_lines(voice: Voice, woken: tuple[Woken, ...]) -> list[str]:
    """Say of each drive what changed."""
    if not woken:
        return [voice.say("No drive here is frozen: nothing was suspended.")]
    return [
        f"{(one.device or one.before).path}  {visible(one.before.identity.model)}  "
        f"{visible(one.before.identity.serial)}  {voice.say(CHANGES[one.change])}"
        for one in woken
    ]
