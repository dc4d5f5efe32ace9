"""`etabli-station serve`: the daemon of the bench. It watches, erases what people order, keeps the record, sends it."""

import os
import platform
import shutil
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final

from certificates.command_line import Option
from erasure.supervisor import Supervisor
from station_agent.bench import Bench
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.commands.sync import hub_words
from station_agent.commands.trouble import tell_trouble
from station_agent.control.place import socket_path
from station_agent.control.server import ControlServer, listen_at
from station_agent.daemon.by_the_hub import ByTheHub, Fetching
from station_agent.daemon.foreman import Foreman
from station_agent.daemon.lines import Teller
from station_agent.daemon.log import json_log, no_log
from station_agent.daemon.means import Means
from station_agent.daemon.notify import ServiceManager
from station_agent.daemon.people import BenchPeople
from station_agent.daemon.phrases import interrupted_phrase, phrase
from station_agent.daemon.slots import read_slots
from station_agent.heartbeat import Heartbeats
from station_agent.journal import OpenRun
from station_agent.language import Voice, mark, say_aloud
from station_agent.machine import machine_identity
from station_agent.patient_journal import PatientJournal
from station_agent.protected_drives import protecting
from station_agent.sign_in import SignInDesk
from station_agent.signing import agent_version
from station_agent.station import STOP_PATIENCE_S, Station
from station_agent.sync import SyncThread
from station_agent.watch import RESCAN_S, Appeared, Change, EventSource, NoUdev, UdevSource, Watch, udev_runs
from station_agent.words import named

if TYPE_CHECKING:
    from fastapi import FastAPI

WAIT_S: Final = 1.0
POLL_S: Final = 1.0  # between two looks at the kernel's list where no udev tells
AGAIN_S: Final = 30.0  # between two looks at a drive that erases itself
Slots = Annotated[
    Path | None, Option("--slots", metavar="FILE", help=mark("Where the bays stand (slots.toml of the state folder)."))
]
Machine = Annotated[bool, Option("--machine", help=mark("This machine is the device: its drives belong to one asset."))]
SocketGroup = Annotated[
    str, Option("--socket-group", metavar="NAME", help=mark("Group that may use the control socket, beside its owner."))
]


def serve(
    *,
    of_machine: Machine = False,
    slots: Slots = None,
    socket_group: SocketGroup = "",
    bench_file: options.BenchFile = None,
    allow_loop: options.AllowLoop = False,
    lang: options.Lang = None,
    state: options.State = None,
    second_copy: options.SecondCopy = None,
) -> None:
    """Run the bench: watch drives, erase what people order, send statements; until SIGTERM or Ctrl-C."""
    call = begin(lang=lang, as_json=False, state=state, bench_file=bench_file, second_copy=second_copy)
    bench = protecting(call.bench(allow_loop=allow_loop), call.state)
    bays = read_slots(slots, call.state)
    over = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        over.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with call.station(simulated=bench.simulated) as station:
        tell_trouble(call, station)
        means = means_of(call, station, bench, over)
        means.slots, means.machine_mode = bays, of_machine
        Daemon(means, socket_path(call.state), socket_group, over).run()


def means_of(call: Call, station: Station, bench: Bench, over: threading.Event) -> Means:
    """Put together what the foreman works with on this machine."""
    polled = bench.simulated or not udev_runs()
    source: EventSource = NoUdev(over.wait) if polled else UdevSource()
    rescan_s = POLL_S if polled else RESCAN_S
    hub = ByTheHub(station)
    return Means(
        station=station,
        bench=bench,
        watch=Watch(source, bench.enumerate_disks, clock=time.monotonic, rescan_s=rescan_s),
        crew=Supervisor(PatientJournal(station.journal), opener=bench.opener, examine=bench.examine),
        tell=Teller(call.voice, say_aloud, partial(hub_words, call.voice)),
        now=time.monotonic,
        random_bytes=os.urandom,
        free_bytes=lambda: shutil.disk_usage(call.state).free,
        name=bench.name or platform.node(),
        version=agent_version(),
        machine=lambda: machine_identity(bench),
        operators=BenchPeople(call.state, SignInDesk(call.state, station.clock, hub.assigned), hub.assigned),
        auto_start=hub.auto_start,
        assigned=hub.assigned,
        policy_for=hub.policy_for,
        notices=tuple(phrase(notice) for notice in bench.notices),
        log=no_log if sys.stderr.isatty() else json_log(station.clock),
        again_s=AGAIN_S,
    )


class Daemon:
    """The foreman with everything around him; `over` ends it."""

    def __init__(self, means: Means, socket: Path, group: str, over: threading.Event) -> None:
        self._means = means
        self._over = over
        self._manager = ServiceManager(os.environ)
        self._foreman = Foreman(means)
        self._server = ControlServer(self._app, listen_at(socket, group))
        self._heartbeats = Heartbeats(means.station.link(), lambda: self._foreman.bulletin.view, means.now)
        self._fetching = Fetching(means.station, means.now, means.log)

    def run(self) -> None:
        """Work until told to stop; everything is durable at any moment."""
        say, foreman = self._means.tell.voice.say, self._foreman
        foreman.start()
        say_aloud(say("The bench is ready."))
        self._manager.tell("READY=1")
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        sending = self._means.station.background_sync(self._beat)
        foreman.nudge, foreman.last_sync = sending.nudge, lambda: sending.last
        foreman.relink = partial(self._relink, sending)
        self._server.start()
        try:
            while not self._over.is_set():
                foreman.turn()
                self._manager.alive(self._means.now())
        finally:
            self._manager.tell("STOPPING=1")
            foreman.stop()
            self._means.crew.close()
            foreman.bulletin.end()  # or the streams of the consoles would be cut off while they are sent
            self._server.stop()
            sending.stop(STOP_PATIENCE_S)
        say_aloud(say("The bench has stopped; everything is saved."))

    def _relink(self, sending: SyncThread) -> None:
        """Turn to the hub to which the bench was introduced just now."""
        self._heartbeats.link = self._means.station.link()
        sending.turn_to(self._means.station.sync())

    def _watch(self) -> None:
        """Wait for changes beside the foreman."""
        while not self._over.is_set():
            try:
                changes = self._means.watch.changes(WAIT_S)
            except Exception as error:  # noqa: BLE001  a thread that ended would leave tiles of drives that are gone
                self._means.log("watch-failed", error=type(error).__name__)
                self._over.wait(WAIT_S)
                continue
            if changes:
                self._foreman.post(partial(self._foreman.changed, changes))

    def _app(self) -> "FastAPI":
        from station_agent.control.api import make_app  # noqa: PLC0415  heavy: loaded when the bench is ready

        return make_app(self._foreman)

    def _beat(self) -> None:
        self._fetching.fetch()
        self._heartbeats.beat()


def change_line(change: Change, lang: str) -> str:
    """Say that a drive came or went."""
    return f"{'+' if isinstance(change, Appeared) else '-'} {named(change.device, lang)}"


def interrupted_line(voice: Voice, run: OpenRun) -> str:
    """Say where an interrupted run stands and how it goes on."""
    told = interrupted_phrase(run)
    return voice.say(told.message, **told.facts)
