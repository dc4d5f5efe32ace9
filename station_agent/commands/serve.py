"""`etabli-station serve`: watch the drives, keep the record, send it. It never erases by itself."""

import signal
import threading
import time
from types import FrameType
from typing import Final

from erasure.drive import BlockDevice, DriveFacts
from station_agent.bench import Bench
from station_agent.closed_runs import closed_run_of, closed_runs_in
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.commands.sync import hub_words
from station_agent.commands.trouble import tell_trouble
from station_agent.journal import OpenRun
from station_agent.language import Voice, say_aloud, visible
from station_agent.reconcile import open_run_of, reconcile
from station_agent.sanitize_watch import SanitizeWatch
from station_agent.station import STOP_PATIENCE_S, Station
from station_agent.sync import SyncStep
from station_agent.watch import (
    POLL_WITHOUT_UDEV_S,
    RESCAN_S,
    Appeared,
    Change,
    EventSource,
    NoUdev,
    UdevSource,
    Watch,
    udev_runs,
)
from station_agent.words import named, size_words

HEARTBEAT_S: Final = 30.0
WAIT_S: Final = 1.0
AGAIN_S: Final = 30.0  # between two looks at a drive of which the kernel shows no capacity


def serve(
    *,
    bench_file: options.BenchFile = None,
    allow_loop: options.AllowLoop = False,
    lang: options.Lang = None,
    state: options.State = None,
    second_copy: options.SecondCopy = None,
) -> None:
    """Watch drives, show interrupted runs, send statements; until SIGTERM or Ctrl-C. Erases nothing by itself."""
    call = begin(lang=lang, as_json=False, state=state, bench_file=bench_file, second_copy=second_copy)
    bench = call.bench(allow_loop=allow_loop)
    over = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        over.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with call.station(simulated=bench.simulated) as station:
        tell_trouble(call, station)
        Daemon(call, station, bench, over).run()


class Daemon:
    """The loop of `serve`; `over` ends it."""

    def __init__(self, call: Call, station: Station, bench: Bench, over: threading.Event) -> None:
        self._voice = call.voice
        self._station = station
        self._over = over
        self._events = bench.simulated or not udev_runs()
        self._source: EventSource = NoUdev(over.wait) if self._events else UdevSource()
        self._watch = Watch(self._source, bench.enumerate_disks, clock=time.monotonic, rescan_s=self._rescan_s())
        self._open: tuple[OpenRun, ...] = ()
        self._closed = closed_runs_in(station.store)  # no run ends while this process holds the store
        self._states = SanitizeWatch(lambda device: read_now(bench, device))
        self._unmeasured: dict[str, float] = {}  # by kernel name: when such a drive is asked again
        self._beaten = 0.0
        self._link = station.link()

    def run(self) -> None:
        """Watch, sync and beat until told to stop; everything is durable at any moment."""
        self._open = reconcile(self._station.journal)
        for run in self._open:
            say(interrupted_line(self._voice, run))
        there = self._watch.start()
        for change in there:
            say(change_line(change, self._voice.lang))
        say(self._voice.say("The bench is ready."))
        for change in there:  # what reads drives and reaches the hub is loaded beside the watch
            self._states.ask(change.device)
        sending = self._station.background_sync(self._beat)
        told = SyncStep(sending.last.state)
        while not self._over.is_set():
            self._tell(self._watch.changes(WAIT_S))
            self._tell_states()
            self._ask_again()
            told = self._tell_sync(told, sending.last)
        sending.stop(STOP_PATIENCE_S)
        say(self._voice.say("The bench has stopped; everything is saved."))

    def _rescan_s(self) -> float:
        return POLL_WITHOUT_UDEV_S if self._events else RESCAN_S

    def _tell(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            say(change_line(change, self._voice.lang))
            if isinstance(change, Appeared):
                self._states.ask(change.device)
            else:
                self._states.forget(change.device)
                self._unmeasured.pop(change.device.name, None)

    def _tell_states(self) -> None:
        answers = self._states.answers()
        if not answers:
            return
        from station_agent.drive_words import MEASURED, sanitize_lines  # noqa: PLC0415  not needed to be ready

        for facts in answers:
            known = self._unmeasured.pop(facts.device.name, None)
            if facts.unmeasured:
                self._unmeasured[facts.device.name] = time.monotonic() + AGAIN_S
                if known is not None:
                    continue
            run = open_run_of(facts.device, self._open)
            action = "" if facts.sanitize is None else facts.sanitize.action
            closed = closed_run_of((facts.device,), self._closed, action)
            told = sanitize_lines(self._voice, facts, run, closed)
            if known is not None and facts.size_bytes:
                told = [self._voice.say(MEASURED, size=size_words(facts.size_bytes, self._voice.lang))]
            for line in [*([] if run is None else [interrupted_line(self._voice, run)]), *told]:
                say(f"  {named(facts.device, self._voice.lang)}  {line}")

    def _ask_again(self) -> None:
        """Look again at drives that came while they erased themselves: at their end the kernel is told to, too."""
        now = time.monotonic()
        for device in self._watch.devices:
            if now >= self._unmeasured.get(device.name, now + 1):
                self._unmeasured[device.name] = now + AGAIN_S
                self._states.ask(device)

    def _tell_sync(self, told: SyncStep, now: SyncStep) -> SyncStep:
        if now.state is not told.state or now.confirmed or now.kept:
            counts = self._station.outbox.counts()
            numbers = ", ".join(f"{state} {n}" for state, n in counts.items() if n)
            if now is not told:
                say(
                    self._voice.say(
                        "hub: {state} {message}  outbox: {numbers}",
                        state=now.state,
                        message=hub_words(self._voice, now.message),
                        numbers=numbers or "-",
                    )
                )
        return now

    def _beat(self) -> None:
        from station_agent.heartbeat import beat  # noqa: PLC0415  not needed to be ready

        now = time.monotonic()
        if self._beaten == 0.0 or now - self._beaten >= HEARTBEAT_S:
            self._beaten = now
            beat(self._link, self._watch, self._station.outbox, len(self._open), self._states.states)


def read_now(bench: Bench, device: BlockDevice) -> DriveFacts | None:
    """Read the facts of a drive, None when it does not tell them; what it takes is loaded by the first drive."""
    from station_agent.suspension import facts_now  # noqa: PLC0415  the whole engine: not needed to be ready

    return facts_now(bench, device)


def change_line(change: Change, lang: str) -> str:
    """Say that a drive came or went."""
    device = change.device
    return f"{'+' if isinstance(change, Appeared) else '-'} {named(device, lang)}"


def interrupted_line(voice: Voice, run: OpenRun) -> str:
    """Say where an interrupted run stands and how it goes on."""
    facts = run.context.facts
    if run.waits_for_power:
        return voice.say(
            "POWER CYCLE REQUIRED: {model} {serial}. Switch the drive off and on, then erase it again to go on.",
            model=visible(facts.device.identity.model),
            serial=visible(facts.device.identity.serial),
        )
    if run.commanded:
        return voice.say(
            "INTERRUPTED: {model} {serial} was told to erase itself. Erase it again to go on, or give up: --restart.",
            model=visible(facts.device.identity.model),
            serial=visible(facts.device.identity.serial),
        )
    return voice.say(
        "INTERRUPTED at {percent} %: {model} {serial}. Erase the same drive to go on; --restart gives the run up.",
        percent=run.offset * 100 // max(1, facts.size_bytes),
        model=visible(facts.device.identity.model),
        serial=visible(facts.device.identity.serial),
    )


def say(line: str) -> None:
    """Print a state line at once."""
    say_aloud(line)
