"""A workshop as a state machine of hypothesis: between any two steps drives come, go, lie, lose power, change places.

Invariants, after each step, from the bytes of the media and the pages of the journal alone: no claim of erasure is
false; no drive changed but the one that was ordered; no drive changed that has no intent in the journal; the intent was
durable before the first destructive write or command; a run is open or stated, and an open one is found again by the
name in its intent. The engine knows no hub: every step here is one without it.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from erasure.simulated import FaultKind
from erasure.simulated.firmware import Vice
from tests.erasure.plans.lottery import FIRMWARE, KINDS, POLICIES, TELLING, Cut, fault
from tests.erasure.plans.shelf import NODES, Piece, Shelf
from tests.erasure.plans.table import Clock
from tests.erasure.plans.workshop import SUCCESS, Wish, Workshop

MOMENTS = {"record": 14, "command": 6, "ask": 60, "write": 40}
ENDINGS = ("kill", "kill", "power", "power", "unplug", "unplug", "stop", "journal")
FINISHING = 8  # rounds that a sound drive gets to come to its end
PLACES = st.integers(0, 2)


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """What ends an attempt, and when: the power of the bench, the cord of the drive, the worker, the journal."""
    how = draw(st.sampled_from(ENDINGS))
    moment = {"stop": "ask", "journal": "record"}.get(how) or draw(st.sampled_from(sorted(MOMENTS)))
    return Cut(how, moment, draw(st.integers(0, MOMENTS[moment])), draw(st.booleans()))


RARELY = st.sampled_from([False] * 7 + [True])
CUTS = st.one_of(st.none(), cuts(), cuts())
VICES = st.sets(st.sampled_from([*TELLING, *(vice for vice in Vice if vice is not Vice.WRAPS)]), max_size=2)
FAULTS = tuple(kind for kind in FaultKind if kind not in (FaultKind.WRAP, FaultKind.RENAMED))
WISHES = st.builds(
    Wish, policy=st.sampled_from(POLICIES), wanted=st.just(""), cut=CUTS, swapped=RARELY, unstated=RARELY
)


@dataclass
class Tally:
    """How the runs of many workshops ended, and how often one was taken up."""

    workshops: int = 0
    taken_up: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)

    def note(self, shop: Workshop) -> None:
        self.workshops += 1
        self.taken_up += shop.taken_up
        self.verdicts.update(shop.verdicts)
        self.verdicts["OPEN"] += sum(run.open for run in shop.runs)

    def lines(self) -> list[str]:
        ended = ", ".join(f"{word} {number}" for word, number in self.verdicts.most_common())
        return [f"workshops: {self.workshops}, runs taken up: {self.taken_up}", f"runs: {ended}"]


class WorkshopMachine(RuleBasedStateMachine):
    """Rules are what happens in a workshop."""

    tally = Tally()

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        clock = Clock()
        self.shop = Workshop(Shelf(Path(self.folder.name), clock), clock)
        self.addressed: set[int] = set()  # numbers of the drives that the last step ordered
        self.at_work: set[int] = set()  # of those that were at an erase of ours before it, and go on by themselves
        self.seen: dict[int, dict[str, bytes]] = {}
        self.donor: dict[int, dict[str, bytes]] = {}
        self.offers: dict[int, tuple[str, ...]] = {}

    # What happens ---------------------------------------------------------------------------------------------------

    @initialize(first=KINDS, second=KINDS, twins=st.booleans(), vices=VICES)
    def two_drives_are_plugged(self, first: Any, second: Any, vices: set[Vice], *, twins: bool) -> None:
        """Of the same make and size, or not; one of them has vices, or not."""
        self.spoil(self.comes(first, 0), vices)
        self.comes(first if twins else second, 1)

    @rule(kind=KINDS, place=PLACES)
    def plug(self, kind: Any, place: int) -> None:
        """Another drive comes; it takes the node of the one that is there."""
        if len(self.pieces) < len(NODES):
            self.comes(kind, place)

    @rule(which=PLACES, vices=VICES)
    def set_a_vice(self, which: int, vices: set[Vice]) -> None:
        self.spoil(self.piece(which), vices)

    @rule(which=PLACES, data=st.data())
    def set_a_fault(self, which: int, data: st.DataObject) -> None:
        piece = self.piece(which)
        piece.sound = False
        piece.faults = (data.draw(fault(piece.table, FAULTS)),)

    @rule(which=PLACES)
    def heal(self, which: int) -> None:
        piece = self.piece(which)
        piece.vices, piece.faults = (), ()

    @rule()
    def power_cut(self) -> None:
        self.shop.shelf.power_cycle()
        self.shop.clock.boots += 1

    @rule()
    def reboot(self) -> None:
        self.shop.clock.boots += 1

    @rule(which=PLACES)
    def unplug(self, which: int) -> None:
        self.shop.shelf.unplug(self.piece(which))

    @rule(which=PLACES, place=PLACES)
    def replug(self, which: int, place: int) -> None:
        """It comes back, under any node, in place of whatever is there."""
        self.shop.shelf.plug(self.piece(which), NODES[place])

    @rule(which=PLACES, place=PLACES, wish=WISHES, data=st.data())
    def erase_or_resume(self, which: int, place: int, wish: Wish, data: st.DataObject) -> None:
        """Order what was cut short by whatever comes in between, or not at all."""
        piece = self.piece(which)
        named = ("", "", *self.offers[piece.number], "overwrite.keystream", "overwrite.zeros")
        if not piece.node:
            self.shop.shelf.plug(piece, NODES[place])
        self.order(piece, replace(wish, wanted=data.draw(st.sampled_from(named))))

    @rule(which=PLACES, wish=WISHES, data=st.data())
    def erase_what_is_plugged(self, which: int, wish: Wish, data: st.DataObject) -> None:
        self.erase_or_resume(which, which, wish, data)

    @rule(which=PLACES, wish=WISHES)
    def die_before_the_statement(self, which: int, wish: Wish) -> None:
        self.order(self.piece(which), Wish(wish.policy, unstated=True))

    @rule(which=PLACES, cut=cuts())
    def cut_short(self, which: int, cut: Cut) -> None:
        """Order, and never in peace."""
        self.order(self.piece(which), Wish(cut=cut))

    @precondition(lambda self: any(run.open for run in self.shop.runs))
    @rule(place=PLACES, which=PLACES)
    def resume_on_another_drive(self, place: int, which: int) -> None:
        """Somebody takes up a run on a drive that is not the one of its intent: nothing may happen."""
        run = next(run for run in self.shop.runs if run.open)
        others = [piece for piece in self.pieces if piece is not run.piece]
        piece = others[which % len(others)]
        if not piece.node:
            self.shop.shelf.plug(piece, NODES[place])
        before = (list(run.tap.sent), list(run.tap.written), None)
        self.order(piece, Wish(), run)
        assert (run.tap.sent, run.tap.written, run.report) == before, "another drive was taken for the one of a run"

    @precondition(lambda self: any(run.open for run in self.shop.runs))
    @rule()
    def restart(self) -> None:
        """A person gives an interrupted run up: the next order on its drive is a new run."""
        next(run for run in self.shop.runs if run.open).given_up = True

    @rule(which=PLACES)
    def go_on_to_the_end(self, which: int) -> None:
        """Nothing disturbs any more: a drive that never had a vice comes to a good end, whatever happened before."""
        piece = self.piece(which)
        self.shop.shelf.plug(piece, NODES[which])
        piece.vices, piece.faults = (), ()
        count = len(self.shop.verdicts)
        for _ in range(FINISHING):
            if len(self.shop.verdicts) > count:
                break
            self.order(piece, Wish())
            self.shop.shelf.plug(piece, NODES[which])
            self.shop.clock.boots += 1
        ended = self.shop.verdicts[count:] or ["nothing"]
        if piece.sound and not self.waits_for_a_person(piece):
            assert ended[0] in SUCCESS, f"a sound drive ends {ended[0]}: {self.shop.told} {piece.table}"

    # What must hold -------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_claimed_falsely(self) -> None:
        assert not self.shop.objections, self.shop.objections[0]

    @invariant()
    def no_other_drive_changed(self) -> None:
        now = {piece.number: piece.media() for piece in self.pieces}
        changed = {number for number, media in now.items() if media != self.seen[number]}
        others = changed - self.addressed - self.at_work
        assert not others, f"drives {others} changed, ordered were {self.addressed}"
        self.seen, self.addressed = now, set()
        commanded = {run.piece.number for run in self.shop.runs if run.tap.sent}
        self.at_work = {
            piece.number for piece in self.pieces if piece.number in commanded and '"running"' in piece.memory()
        }

    @invariant()
    def every_changed_drive_stands_in_the_journal(self) -> None:
        for piece in self.pieces:
            if self.seen[piece.number] != self.donor[piece.number]:
                told = [run.intent["identity"]["serial"] for run in self.shop.runs if run.intent]
                assert any(name.removesuffix("-OTHER") in piece.names for name in told), (
                    f"{piece.serial} is in no intent"
                )

    @invariant()
    def every_run_is_open_or_stated(self) -> None:
        for run in self.shop.runs:
            intents = [entry for entry in run.pages if entry.kind == "INTENT"]
            assert len(intents) == bool(run.pages), "a run has one intent, and it comes first"
            touched = bool(run.tap.sent or run.tap.written)
            assert intents or not touched, "a drive was touched, and no run tells of it"
            assert run.open or run.report is not None or run.given_up or not touched

    def teardown(self) -> None:
        self.tally.note(self.shop)
        self.folder.cleanup()

    # How ------------------------------------------------------------------------------------------------------------

    @property
    def pieces(self) -> list[Piece]:
        return self.shop.shelf.pieces

    def piece(self, which: int) -> Piece:
        return self.pieces[which % len(self.pieces)]

    def comes(self, kind: Any, place: int) -> Piece:
        table, offers = kind
        piece = self.shop.shelf.add(table, sound=True)
        self.shop.shelf.plug(piece, NODES[place])
        self.offers[piece.number] = offers
        self.donor[piece.number] = self.seen[piece.number] = piece.media()
        return piece

    def spoil(self, piece: Piece, vices: set[Vice]) -> None:
        """Give firmware its vices; addresses that wrap need a table of their own, and stay with the fault plans."""
        if vices and any(kind in piece.table for kind in FIRMWARE):
            piece.vices, piece.sound = tuple(sorted(str(vice) for vice in vices)), False

    def order(self, piece: Piece, wish: Wish, run: Any = None) -> None:
        self.addressed.add(piece.number)
        if piece.node:
            self.shop.erase(piece.node, wish, run)

    def waits_for_a_person(self, piece: Piece) -> bool:
        """Say whether a password or a lock may keep the drive, or a run was given up in the middle of something."""
        runs = [run for run in self.shop.runs if run.piece is piece]
        password = any(one.meaning == "password" for run in runs for one in run.tap.sent)
        return password or "opal" in piece.table or any(run.given_up for run in runs) or "IDENTITY" in self.shop.told
