"""One bench whose power goes off again and again, beside a living hub: its sessions, and the judgement after each."""

import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from tests.campaigns.admission import accept, new_token
from tests.campaigns.drives import Drive, bench_file, new_drive
from tests.campaigns.eyes import Eyes
from tests.campaigns.judge import problems
from tests.campaigns.moments import NEVER, PHASES, WORKER_PHASES, Aim, Sight, phase_hit
from tests.campaigns.orders import idle, order_all, rest
from tests.campaigns.records import Stick, read_ledger, read_stick
from tests.campaigns.score import Score
from tests.campaigns.station_process import StationProcess

OWN_DAEMONS = 0.5
LAST_SESSIONS = 5  # a drive gets its verdict in the first that nobody disturbs
AT_THE_END = 0.25  # of the sectors that are lost: the very last of the drive
EXACT = 0.5  # of the kills, where an aim can be right at a change or somewhat later
LOOK_S = 1.0  # at most between two looks
WHOM = ("everything", "everything", "supervisor", "supervisor", "child")
EXIT = {"ERASED": 0, "FAILED": 20, None: 22}


class Bench:
    """One station with its state folder, and who starts it, kills it, and judges what is left."""

    def __init__(self, name: str, policy: str, folder: Path, *, hub: tuple[str, Path], seed: str, score: Score) -> None:
        """`hub` is its address and its database."""
        self.name, self.policy, self.score = name, policy, score
        self.url, self.database = hub
        self.folder, self.cache = folder, folder / "cache"
        self.state, self.bench = folder / name, folder / f"{name}.toml"
        self.images = self.state / "bench" / name
        self.chance = random.Random(f"{seed}/{name}")
        self.drives: list[Drive] = []
        self.made = 0
        self.stick: Stick | None = None
        self.prepare_s = 0.15

    def enrol(self) -> None:
        """Introduce the bench to the hub, and let a person accept it."""
        self.images.mkdir(parents=True)
        self.bench.write_text(bench_file([]), encoding="utf-8")
        self.command("enrol", "--hub", self.url, "--token", new_token(self.database), "--name", self.name, "--demo")
        accept(self.database, self.name)

    def command(self, *words: str) -> None:
        """Run one command of the bench to its end."""
        process = StationProcess([*words, "--state", str(self.state)], self.state)
        try:
            status = process.wait()
            process.settle()
            assert status == 0, process.out.read_text() + process.err.read_text()
        finally:
            process.end()

    def clear_up(self) -> None:
        """Let every drive come to its verdict and every statement to the hub, then throw the stick away."""
        for _ in range(LAST_SESSIONS):
            if self.drives:
                self.session(deadly=False)
        assert not self.drives, (
            f"no verdict after {LAST_SESSIONS} undisturbed sessions: {[d.serial for d in self.drives]}"
        )
        self.everything_arrived()
        self.score.sticks += 1
        shutil.rmtree(self.state)

    def session(self, *, deadly: bool) -> None:
        """Start the station on its drives, kill as planned, wait until all of it is dead, judge."""
        if deadly:
            self.furnish()
        self.bench.write_text(bench_file(self.drives), encoding="utf-8")
        served = deadly and self.chance.random() < self.score.habits.served
        process, how = self.daemon() if served else self.life(self.drives)
        try:
            ordered = not served or order_all(self.state, self.drives, self.policy, process.ended)
            struck = self.watch(process, self.plan() if deadly and ordered else [], served=served)
            if served and rest(self.state, process.ended):
                process.ask_to_stop()
            process.wait()
            hasty = any(aim.whom == "supervisor" for aim in struck) and self.chance.random() < self.score.habits.hasty
            if hasty:
                self.start_again_at_once()
            process.settle()
        finally:
            process.end()
        self.score.lives[how] += 1
        self.score.killed_lives[how] += len(struck)
        assert not process.crashes(), f"{[(aim.whom, aim.phase) for aim in struck]}: {process.crashes()[-3000:]}"
        self.judge(struck, hasty=hasty)
        if not served and all(aim.whom in {"worker", "child"} for aim in struck):
            self.compare(process, alone=not struck)

    def life(self, drives: Sequence[Drive]) -> tuple[StationProcess, str]:
        """Start the station on these drives: forked, or now and then as a program of its own."""
        argv = ["erase", *(drive.name for drive in drives), "--confirm", *(drive.serial for drive in drives)]
        argv += ["--policy", self.policy, "--bench", str(self.bench), "--state", str(self.state)]
        execed = self.chance.random() < self.score.habits.execed
        process = StationProcess([*argv, "--json", "--lang", "en"], self.state, self.cache if execed else None)
        return process, "exec'ed erase" if execed else "forked erase"

    def daemon(self) -> tuple[StationProcess, str]:
        """Start the daemon: forked, or as a program of its own."""
        execed = self.chance.random() < OWN_DAEMONS
        argv = ["serve", "--bench", str(self.bench), "--state", str(self.state), "--lang", "en"]
        process = StationProcess(argv, self.state, self.cache if execed else None)
        return process, "exec'ed serve" if execed else "forked serve"

    def start_again_at_once(self) -> None:
        """Go on with the drives that have no verdict, while the workers of the dead station may still hold them."""
        done = {statement.serial for statement in read_stick(self.state).statements}
        if drives := [drive for drive in self.drives if drive.serial not in done]:
            process, how = self.life(drives)
            try:
                process.wait()
                process.settle()
            finally:
                process.end()
            self.score.lives[how] += 1

    def furnish(self) -> None:
        """Put new drives in the place of those that are done."""
        while len(self.drives) < self.score.habits.drives:
            self.made += 1
            name = f"{self.policy[0]}{self.name}{self.made}"
            self.drives.append(new_drive(name, self.made, self.images, self.chance, self.score.habits.longest))

    def plan(self) -> list[Aim]:
        """Aim at some workers, and most times at the station itself; at what was hit least so far."""
        chance, habits = self.chance, self.score.habits
        sights = [Sight(drive, self.stick.runs_of(drive.serial) if self.stick else []) for drive in self.drives]
        aims = [self.aim("worker", WORKER_PHASES, sight) for sight in sights if chance.random() < habits.worker_kill]
        if chance.random() < habits.station_kill:
            spared = [sight for sight in sights if all(aim.sight is not sight for aim in aims)] or sights
            aims.append(self.aim(chance.choice(WHOM), PHASES, chance.choice(spared)))
        return aims

    def aim(self, whom: str, phases: tuple[str, ...], sight: Sight) -> Aim:
        exact = self.chance.random() < EXACT
        return Aim(whom, self.wanting(phases), sight, self.chance, self.prepare_s, exact=exact)

    def wanting(self, phases: tuple[str, ...]) -> str:
        """Choose a phase, rather one that few kills have hit."""
        if self.score.habits.only:
            return self.score.habits.only
        known = [phase for phase in phases if phase != "probe" or self.policy == "zeros"]
        return self.chance.choices(known, [1 / (1 + self.score.phases[phase]) for phase in known])[0]

    def watch(self, process: StationProcess, aims: list[Aim], *, served: bool) -> list[Aim]:
        """Look on until the station has ended or every kill has come; give the kills that met somebody."""
        struck: list[Aim] = []
        waiting = list(aims)
        sights = [*{id(aim.sight): aim.sight for aim in aims}.values()]
        for aim in aims:
            aim.begin(process.began)
        with Eyes(self.state, self.images, self.database.parent) as eyes:
            eyes.attend(process.pidfd)
            while waiting and process.status is None and not (served and idle(self.state)):
                next_s = min(aim.at for aim in waiting) - time.monotonic()
                names = eyes.changed(min(next_s, LOOK_S))
                now = time.monotonic()
                for name in names:
                    for sight in sights:
                        sight.saw(name, now)
                    for aim in waiting:
                        aim.see(name, now, process.began)
                for aim in [aim for aim in waiting if aim.at <= now]:
                    waiting.remove(aim)
                    if not self.score.over and process.kill(aim.whom, aim.sight.drive, self.chance):
                        self.score.kills += 1
                        struck.append(aim)
        for sight in sights:
            if sight.touched != NEVER:
                self.prepare_s += 0.3 * (sight.touched - process.began - self.prepare_s)
        return struck

    def judge(self, struck: list[Aim], *, hasty: bool) -> None:
        """Read what is left, judge it, count where the kills hit, and take the drives out that are done."""
        stick, before = read_stick(self.state), self.stick
        ledger = read_ledger(self.database, self.name)
        wrong = problems(stick, ledger, self.drives, before)
        if not hasty and any(
            s.verdict == "NOT_ERASED" for s in stick.statements[len(before.statements) if before else 0 :]
        ):
            wrong.append("a free drive was refused")
        assert not wrong, "\n".join([f"after {[(aim.whom, aim.phase) for aim in struck]}:", *wrong])
        for aim in struck:
            self.score.whom[aim.whom] += 1
            self.score.aimed[aim.phase] += 1
            hit = "after a hasty start" if hasty else phase_hit(stick, ledger, aim.sight.drive, before)
            self.score.phases[hit] += 1
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
                    self.score.resumed += again and statement.verdict == "ERASED"
                    self.score.ends[f"{statement.verdict}{', taken up again' if again else ''}"] += 1

    def spoil_some(self, stick: Stick) -> None:
        """While the power is off, a drive loses a sector that it had said it kept: verification must find it."""
        for drive in self.drives:
            runs = stick.runs_of(drive.serial)
            kept = any(run.count("CHECKPOINT") + run.count("WRITTEN") for run in runs)
            if kept and self.chance.random() < self.score.habits.spoiled:
                over = any(run.count("WRITTEN") for run in runs)  # until then the last sector is a mark, and guarded
                last = drive.size // drive.sector - 1
                drive.spoil(last if over and self.chance.random() < AT_THE_END else self.chance.randrange(last))

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
        assert process.status == told["exit_status"] == max(EXIT[line["verdict"]] for line in told["drives"])

    def everything_arrived(self) -> None:
        """Send what is left: the ledger then has exactly the statements of the stick."""
        self.command("sync", "--json")
        stick, ledger = read_stick(self.state), read_ledger(self.database, self.name)
        wrong = problems(stick, ledger, [], self.stick)
        assert not wrong, wrong
        mine = [(s.id, s.seq, s.envelope) for s in stick.statements]
        assert [(row[1], row[2], row[3]) for row in ledger.rows] == mine
        assert {s.outbox for s in stick.statements} <= {"confirmed"}
        self.score.statements += len(mine)
