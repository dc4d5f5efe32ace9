"""One bench whose power goes off again and again, beside a living hub: its sessions, and the judgement after each."""

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from station_agent.enrol import enrol
from station_agent.station import open_station
from tests.campaigns.drives import MOST, Drive, bench_file, new_drive
from tests.campaigns.hub_process import HubProcess
from tests.campaigns.judge import problems
from tests.campaigns.moments import NEVER, PHASES, WORKER_PHASES, Aim, Sight, phase_hit
from tests.campaigns.records import Stick, read_ledger, read_stick
from tests.campaigns.station_process import StationProcess, station_environment

LOOK_S, CLOSE_S, ASK_S = 0.006, 0.001, 0.03  # between two looks; at commits; at open files
AT_INTENT = 0.6  # of the kills at "prepare"
WHOM = ("everything", "everything", "supervisor", "supervisor", "child")


@dataclass(frozen=True, slots=True)
class Habits:
    """How often what happens; `only` this phase is aimed at, "" for all of them."""

    worker_kill: float = 0.55
    station_kill: float = 0.85
    spoiled: float = 0.2
    hasty: float = 0.25
    only: str = ""
    drives: int = 3  # in one session
    longest: int = MOST  # bytes of a drive


@dataclass(slots=True)
class Score:
    """What all benches have done together."""

    wanted: int
    habits: Habits = Habits()
    kills: int = 0
    whom: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    aimed: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    sessions: int = 0
    failures: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        """Ask for one kill more."""
        with self.guard:
            self.kills += self.kills < self.wanted and not self.failures
            return self.kills <= self.wanted

    @property
    def over(self) -> bool:
        return self.kills >= self.wanted or bool(self.failures)


class Bench(threading.Thread):
    """One station with its state folder; a thread that starts it, kills it, and judges what is left."""

    def __init__(self, name: str, policy: str, folder: Path, *, hub: HubProcess, seed: int, score: Score) -> None:
        super().__init__(name=name, daemon=True)
        self.policy, self.hub, self.score = policy, hub, score
        self.state, self.cache = folder / name, folder / "cache"
        self.bench = folder / f"{name}.toml"
        self.chance = random.Random(f"{seed}/{name}")
        self.drives: list[Drive] = []
        self.made = 0
        self.stick: Stick | None = None
        self.prepare_s = 1.2
        self.resumed = 0

    def enrol(self) -> None:
        """Introduce the bench to the hub."""
        with open_station(self.state, demo=True) as station:
            token = self.hub.command("token", "new").splitlines()[-1]
            link = station.link_to(self.hub.url)
            enrol(station.store, link, station.key, url=self.hub.url, token=token, name=self.name)

    def run(self) -> None:
        try:
            while not self.score.over:
                self.session(deadly=True)
            while self.drives and not self.score.failures:
                self.session(deadly=False)
            self.everything_arrived()
        except Exception as error:  # noqa: BLE001  carried to the test, which fails with it
            self.score.failures.append(f"{self.name}: {type(error).__name__}: {error}")

    def session(self, *, deadly: bool) -> None:
        """Start the station on its drives, kill as planned, wait until all of it is dead, judge."""
        if deadly:
            self.furnish()
        self.bench.write_text(bench_file(self.drives), encoding="utf-8")
        process = StationProcess(self.state, self.bench, self.drives, self.policy, self.cache)
        try:
            struck = self.watch(process, self.plan() if deadly else [])
            process.wait()
            hasty = any(aim.whom == "supervisor" for aim in struck) and self.chance.random() < self.score.habits.hasty
            if hasty:
                self.start_again_at_once()
            process.settle()
        finally:
            process.end()
        assert not process.crashes(), f"{[(aim.whom, aim.phase) for aim in struck]}: {process.crashes()[-3000:]}"
        self.judge(struck, hasty=hasty)
        if all(aim.whom in {"worker", "child"} for aim in struck):
            self.compare(process, alone=not struck)

    def start_again_at_once(self) -> None:
        """Go on with the drives that have no verdict, while the workers of the dead station may still hold them."""
        done = {statement.serial for statement in read_stick(self.state).statements}
        if drives := [drive for drive in self.drives if drive.serial not in done]:
            process = StationProcess(self.state, self.bench, drives, self.policy, self.cache)
            try:
                process.wait()
                process.settle()
            finally:
                process.end()

    def furnish(self) -> None:
        """Put new drives in the place of those that are done."""
        while len(self.drives) < self.score.habits.drives:
            self.made += 1
            name = f"{self.policy[0]}{self.name}{self.made}"
            folder = self.state / "bench" / self.bench.stem
            self.drives.append(new_drive(name, self.made, folder, self.chance, self.score.habits.longest))

    def plan(self) -> list[Aim]:
        """Aim at some workers, and most times at the station itself; at what was hit least so far."""
        chance, habits = self.chance, self.score.habits
        sights = [Sight(drive) for drive in self.drives]
        aims = [self.aim("worker", WORKER_PHASES, sight) for sight in sights if chance.random() < habits.worker_kill]
        if chance.random() < habits.station_kill:
            spared = [sight for sight in sights if all(aim.sight is not sight for aim in aims)] or sights
            aims.append(self.aim(chance.choice(WHOM), PHASES, chance.choice(spared)))
        return aims

    def aim(self, whom: str, phases: tuple[str, ...], sight: Sight) -> Aim:
        at_intent = self.chance.random() < AT_INTENT
        return Aim(whom, self.wanting(phases), sight, self.chance, self.prepare_s, at_intent=at_intent)

    def wanting(self, phases: tuple[str, ...]) -> str:
        """Choose a phase, rather one that few kills have hit."""
        if self.score.habits.only:
            return self.score.habits.only
        known = [phase for phase in phases if phase != "probe" or self.policy == "zeros"]
        return self.chance.choices(known, [1 / (1 + self.score.phases[phase]) for phase in known])[0]

    def watch(self, process: StationProcess, aims: list[Aim]) -> list[Aim]:
        """Look on until the station has ended; give the kills that met somebody."""
        struck: list[Aim] = []
        waiting, log = list(aims), self.state / "station.sqlite3-wal"
        sights = {id(aim.sight): aim.sight for aim in aims}.values()
        held, asked = dict[str, int](), 0.0
        while process.status is None and waiting:
            now = time.monotonic()
            if now - asked > ASK_S and any(sight.held == NEVER for sight in sights):
                held, asked = process.holders(), now
            for sight in sights:
                sight.look(now, held)
            for aim in [aim for aim in waiting if aim.come(now, process.began, log)]:
                waiting.remove(aim)
                if self.score.over or not process.kill(aim.whom, aim.sight.drive, self.chance):
                    continue
                struck += [aim] if self.score.take() else []
            time.sleep(CLOSE_S if any(aim.close for aim in waiting) else LOOK_S)
        for sight in sights:
            if sight.held != NEVER:
                self.prepare_s += 0.3 * (1.15 * (sight.held - process.began) - self.prepare_s)
        return struck

    def judge(self, struck: list[Aim], *, hasty: bool) -> None:
        """Read what is left, judge it, count where the kills hit, and take the drives out that are done."""
        stick, before = read_stick(self.state), self.stick
        ledger = read_ledger(self.hub.database, self.name)
        wrong = problems(stick, ledger, self.drives, before)
        if not hasty and any(
            s.verdict == "NOT_ERASED" for s in stick.statements[len(before.statements) if before else 0 :]
        ):
            wrong.append("a free drive was refused")
        assert not wrong, "\n".join([f"after {[(aim.whom, aim.phase) for aim in struck]}:", *wrong])
        with self.score.guard:
            self.score.sessions += 1
            for aim in struck:
                self.score.whom[aim.whom] += 1
                self.score.aimed[aim.phase] += 1
                self.score.phases[
                    "after a hasty start" if hasty else phase_hit(stick, ledger, aim.sight.drive, before)
                ] += 1
        self.stick = stick
        self.put_away(stick)
        if struck:
            self.spoil_some(stick)

    def put_away(self, stick: Stick) -> None:
        for drive in list(self.drives):
            for statement in stick.about(drive.serial):
                if statement.verdict != "NOT_ERASED":
                    self.drives.remove(drive)
                    drive.image.unlink()
                    again = statement.payload["resumed"] > 0
                    self.resumed += again and statement.verdict == "ERASED"
                    with self.score.guard:
                        self.score.ends[f"{statement.verdict}{', taken up again' if again else ''}"] += 1

    def spoil_some(self, stick: Stick) -> None:
        """While the power is off, a drive loses a sector that it had said it kept: verification must find it."""
        for drive in self.drives:
            written = any(run.count("CHECKPOINT") + run.count("WRITTEN") for run in stick.runs_of(drive.serial))
            if written and self.chance.random() < self.score.habits.spoiled:
                drive.spoil(self.chance.randrange(drive.size // drive.sector - 1))

    def compare(self, process: StationProcess, *, alone: bool) -> None:
        """A station that lived to its end says what it stated and what is still open; its exit status fits."""
        assert self.stick is not None
        told = process.told()
        stated = {statement.id: statement.verdict for statement in self.stick.statements}
        for line in told["drives"]:
            if line["verdict"] is None:
                assert (line["state"], alone) == ("interrupted", False), line
            else:
                assert stated.get(line["statement"]) == line["verdict"], line
        statuses = [{"ERASED": 0, "FAILED": 20, None: 22}[line["verdict"]] for line in told["drives"]]
        assert process.status == told["exit_status"] == max(statuses)

    def everything_arrived(self) -> None:
        """Send what is left: the ledger then has exactly the statements of the stick."""
        argv = [sys.executable, "-m", "station_agent", "sync", "--json", "--state", str(self.state)]
        done = subprocess.run(
            argv, env=station_environment(self.cache), check=False, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        stick, ledger = read_stick(self.state), read_ledger(self.hub.database, self.name)
        wrong = problems(stick, ledger, [], self.stick)
        assert not wrong, wrong
        assert [(row[1], row[2], row[3]) for row in ledger.rows] == [
            (s.id, s.seq, s.envelope) for s in stick.statements
        ]
        assert {s.outbox for s in stick.statements} <= {"confirmed"}


def accept_all(hub: HubProcess) -> None:
    with closing(sqlite3.connect(hub.database, timeout=30)) as database:
        database.execute("UPDATE station SET state = 'accepted'")
        database.commit()
