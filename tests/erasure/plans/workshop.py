"""A random workshop with a journal: what a bench does with its drives, step by step, judged after each of them.

The journal is kept as it would lie on a disk: one JSON document a line. The judge reads those lines and the bytes of
the media; it shares no code with the engine.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from typing import Any

from erasure.clearance import Confirmation
from erasure.errors import ErasureError
from erasure.facts import read_facts
from erasure.journal import EntryKind, JournalEntry
from erasure.orders import WorkOrder
from erasure.passes import Secrets
from erasure.plan import ErasurePlan, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.resume import ResumePoint
from erasure.worker import erase
from tests.erasure.plans.chance import drawn_from
from tests.erasure.plans.judge import Ending, Medium, judge
from tests.erasure.plans.lottery import PSID, Cut
from tests.erasure.plans.shelf import Piece, Shelf
from tests.erasure.plans.table import OPT_IN, Clock, Line, serials
from tests.erasure.plans.wire import Killed, Tap
from tests.erasure.simulated_bench import PERSON

SUCCESS = ("ERASED", "ERASED_WITH_EXCEPTIONS")


class Pages(list[JournalEntry]):
    """A journal that gives back what JSON keeps of an entry, and nothing else."""

    def append(self, entry: JournalEntry) -> None:
        written = json.dumps([entry.run_id, str(entry.kind), entry.data])
        run_id, kind, data = json.loads(written)
        super().append(JournalEntry(run_id, EntryKind(kind), data))


@dataclass(eq=False)
class Run:
    """One run of one drive, from its order to its statement."""

    piece: Piece
    run_id: str
    before: dict[str, bytes]  # of every medium, when it was ordered
    pages: Pages = field(default_factory=Pages)
    tap: Tap = field(default_factory=Tap)
    report: ErasureReport | None = None
    given_up: bool = False

    @property
    def intent(self) -> dict[str, Any] | None:
        return next((dict(entry.data) for entry in self.pages if entry.kind == "INTENT"), None)

    @property
    def open(self) -> bool:
        return self.intent is not None and self.report is None and not self.given_up

    def of(self, identity: Any) -> bool:
        """Say whether its intent names this drive."""
        told = (self.intent or {}).get("identity", {})
        return [told.get(name) for name in ("model", "serial", "wwn")] == [
            identity.model,
            identity.serial,
            identity.wwn,
        ]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for, and what happens meanwhile."""

    policy: str = "purge-preferred"
    wanted: str = ""
    cut: Cut | None = None
    swapped: bool = False  # between plan and order another drive takes the node
    unstated: bool = False  # the bench dies between the engine's report and its statement


@dataclass
class WorkLine(Line):
    """The worker's end of the pipe; it looks at the journal before anything destructive goes out."""

    shelf: Any = None
    objections: list[str] = field(default_factory=list)
    power_lost: bool = False

    def before(self, moment: str) -> None:
        super().before(moment)
        kinds = [str(entry.kind) for entry in self.entries]
        if moment in ("write", "command") and "INTENT" not in kinds:
            self.objections.append(f"a destructive {moment} before the intent was durable: {kinds}")
        sent = [
            one for one in self.tap.sent if one.meaning.split(".")[-1] in ("crypto", "block", "overwrite", "sanitize")
        ]
        if moment == "command" and kinds.count("COMMANDED") < 1:
            self.objections.append(f"a command went out after {len(sent)} others, and was not announced: {kinds}")

    def end(self) -> None:
        if self.cut is not None and self.cut.how in ("power", "unplug") and not self.power_lost:
            self.power_lost = True
            self.shelf.pull()
            if self.cut.how == "power":
                self.dead = True
                raise Killed
        elif not self.power_lost:
            super().end()


@dataclass
class Workshop:
    """Everything that can be done, and everything that is wrong so far."""

    shelf: Shelf
    clock: Clock
    runs: list[Run] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    told: str = ""
    taken_up: int = 0
    chance: Random = field(default_factory=lambda: Random("a workshop"))  # the same steps have the same end

    def erase(self, node: str, wish: Wish, forced: Run | None = None) -> None:
        """Ask the drive under a node, take up its open run or begin one; `forced` is a run of some other drive."""
        piece = self.shelf.at(node)
        facts = None if piece is None else self.asked(piece)
        if piece is None or facts is None:
            return
        open_run = forced or next((run for run in self.runs if run.open and run.of(facts.device.identity)), None)
        method = str((open_run.intent or {}).get("method", "")) if open_run else ""
        wanted = "" if method else wish.wanted
        planned = plan(facts, (), load_policy(wish.policy), allowed=OPT_IN, wanted=wanted, resuming=method)
        if not isinstance(planned, ErasurePlan):
            self.told = f"refused: {planned.reasons}"
            return
        self.taken_up += open_run is not None
        run = open_run or Run(piece, f"{len(self.runs) + 1:032x}", piece.media())
        if open_run is None:
            self.runs.append(run)
        self.order(run, planned, wish)

    def asked(self, piece: Piece) -> Any:
        """Read the facts of a drive; None when it cannot be asked."""
        tap = Tap()
        try:
            with self.opened(), self.shelf.open(self.first_name(piece), tap) as port:
                return read_facts(port)
        except (OSError, ErasureError) as error:
            self.told = repr(error)
            return None
        finally:
            if tap.sent or tap.written:
                self.objections.append(f"reading the facts sent {tap.sent} {tap.written}")

    def first_name(self, piece: Piece) -> str:
        return piece.node + piece.disks()[0].name.removeprefix(f"d{piece.number}")

    @contextmanager
    def opened(self) -> Iterator[None]:
        try:
            with drawn_from(self.chance):
                yield
        finally:
            self.shelf.open_ports.clear()

    def order(self, run: Run, planned: ErasurePlan, wish: Wish) -> None:
        """Give the order to a worker, and note how it ended."""
        node, piece = planned.facts.device.name, run.piece
        if wish.swapped:
            self.swap(node)
        resume = ResumePoint.from_entries(run.pages) if run.intent is not None else None
        line = WorkLine(run.pages, run.tap, wish.cut, shelf=self.shelf)
        device = planned.facts.device
        confirmed = Confirmation(PERSON, device.identity.serial)
        order = WorkOrder(run.run_id, device, planned, confirmed, False, resume, Secrets(psid=PSID))
        try:
            with self.opened():
                wire: Any = line
                opener: Any = lambda asked: self.shelf.open(asked.name, run.tap)  # noqa: E731
                report = erase(order, wire, opener, lambda device: (), self.clock)
                self.close(run, report, wish)
        except Killed:
            self.told = "killed"
        except ErasureError as error:
            self.told = repr(error)
        finally:
            self.objections += line.objections
            run.tap.before = run.tap.after = lambda moment: None
            self.after(line, wish, piece)

    def after(self, line: WorkLine, wish: Wish, piece: Piece) -> None:
        """Let the world follow what the cut did."""
        if line.power_lost and wish.cut is not None:
            if wish.cut.how == "power":
                self.shelf.power_cycle()
                self.clock.boots += 1
            else:
                self.shelf.unplug(piece)

    def swap(self, node: str) -> None:
        """Plug another drive under the node, where there is one."""
        here = next((piece for piece in self.shelf.pieces if node.startswith(piece.node or "-")), None)
        other = next((piece for piece in self.shelf.pieces if piece is not here), None)
        if here is not None and other is not None:
            self.shelf.plug(other, here.node)

    def close(self, run: Run, report: ErasureReport, wish: Wish) -> None:
        """State how a run ended, unless the bench dies just before; then it stays open."""
        self.objections += [f"{text} ({run.piece.table} {run.piece.vices})" for text in self.wrongs(run, report)]
        if run.intent is None and report.verdict != "NOT_ERASED":
            self.objections.append(f"{report.verdict} of a run without an intent")
        if not wish.unstated:
            run.report = report
            self.verdicts.append(str(report.verdict))
        else:
            self.clock.boots += 1

    def wrongs(self, run: Run, report: ErasureReport) -> list[str]:
        """Judge a report by the media and by the wire."""
        piece, now = run.piece, run.piece.media()
        if report.verdict == "NOT_ERASED" and not (run.tap.sent or run.tap.written):
            now = run.before  # it may be at a sanitize of before
        said = ((run.intent or {}).get("identity") or {}).get("serial", piece.serial)
        known = serials(report)
        honest = {said.removesuffix("-OTHER")} <= piece.names and known == {said}
        ending = Ending(
            plan=SimpleNamespace(healthy=False),
            verdict=str(report.verdict),
            level=str(report.level),
            method=report.method_achieved,
            size_bytes=report.facts.size_bytes,
            reasons=tuple(f"{one.code}: {one.detail}" for one in report.reasons),
            exceptions=tuple(f"{one.code}: {one.detail}" for one in report.exceptions),
            target=next(disk.name for disk in piece.disks()),
            media={name: Medium(content, now[name]) for name, content in run.before.items()},
            untouched=True,  # the machine compares every other drive after each step
            sent=tuple((one.meaning, one.good) for one in run.tap.sent),
            written=tuple(run.tap.written),
            memory=piece.memory(),
            serials=frozenset({"DEMO-TARGET"}) if honest else known,
        )
        return judge(ending)
