"""Lists of the console: what was found at the start, methods to choose from, reports and notices, frozen drives."""

from typing import Final

from station_agent.console.frame import Action, Line, Size, fit, told, words
from station_agent.console.plan_words import method_meaning, possible_methods
from station_agent.console.planning import DEFAULT, OPEN, plan_drives, plan_interrupted, plan_order
from station_agent.console.screen import UP_DOWN, Question, Screen, Scroll
from station_agent.console.session import ConsoleSession
from station_agent.console.signs import drive_words, level_word, outbox_words, phrase
from station_agent.console.signs import frozen as is_frozen
from station_agent.control.view import BenchView, MethodView, Plans, Tile, Told
from station_agent.language import Voice, mark, visible
from station_agent.sync_words import sync_words
from station_agent.words import time_words

BY_ITSELF: Final = mark("This is what the bench found; nothing has to be pressed for it now.")
POLICY: Final = mark("as the policy says")
READS: Final = mark("The drives are asked which methods they have ...")
CHOOSE: Final = mark("Methods that apply to at least one of the chosen drives. Reasons for the others: in the plan.")
SLEEPS: Final = mark(
    "The bench will sleep 5 s: the screen goes black and comes back. Nothing is erased. Runs that are open forbid it."
)
STAYS: Final = mark(
    "A drive that stays frozen: pull its power and plug it in again while the bench runs, or try another port or "
    "another machine."
)
ASLEEP: Final = mark("The bench goes to sleep and wakes up ...")
LAST: Final = mark("last attempt: {state} {message}")
REFUSED: Final = mark("{n} reports were refused by the hub. They are kept here; a lead decides.")
CONFLICT: Final = mark("{n} reports contradict what the hub has. They are kept here; tell the lead now.")
NEVER_LOST: Final = mark("Reports wait on this bench for days without a hub; none is dropped.")
EVERYTHING: Final = mark("All reports with their state: `etabli-station outbox`")
NOTICES: Final = mark("What everybody should know")
NO_NOTICES: Final = mark("nothing")
STOPS_NEW: Final = mark("No new erase may begin: {why}")


class Found(Scroll):
    """What was found when the bench started, and what it did about it."""

    title = mark("Found at the start")

    def lines(self, size: Size) -> list[Line]:
        """Say every finding."""
        view, lines = self.console.view, []
        for said in view.found_at_start if view is not None else ():
            lines += [*told(phrase(self.console.voice, said), size.columns, begin=" • "), ()]
        return [(), *lines, *told(self.say(BY_ITSELF), size.columns, "dim")]

    def actions(self) -> tuple[Action, ...]:
        """Enter goes on; R plans what was interrupted."""
        view = self.console.view
        waits = view is not None and any(tile.state in OPEN for tile in view.tiles)
        again = (Action("R", self.say(mark("go on with every interrupted run"))),) if waits else ()
        return (Action("enter", self.say(mark("to the bench")), self.say("Enter")), *again, *super().actions())

    def press(self, key: str) -> None:
        """Go on to the wall, or to the plan of what was interrupted."""
        if key == "enter":
            self.console.leave(self)
        elif key == "R":
            plan_interrupted(self.console)
        else:
            super().press(key)


class Outbox(Scroll):
    """Where the reports are, and every notice in full."""

    title = mark("Reports and notices")

    def lines(self, size: Size) -> list[Line]:
        """Say counts, the last attempt, and the notices."""
        view = self.console.view
        if view is None:
            return []
        told_lines = outbox_lines(self.console.voice, view)
        return [line for text, style in told_lines for line in (told(text, size.columns, style) or [()])]


def outbox_lines(voice: Voice, view: BenchView) -> list[tuple[str, str]]:
    """Say counts, the last attempt, and the notices, each with its style."""
    box = view.outbox
    said = [("", ""), (outbox_words(voice, box), "strong")]
    if box.sync or box.message:
        said.append((voice.say(LAST, state=sync_words(voice, box.sync), message=visible(box.message)), ""))
    said += [(voice.say(REFUSED, n=box.refused), "bad")] if box.refused else []
    said += [(voice.say(CONFLICT, n=box.conflict), "bad")] if box.conflict else []
    said += [
        ("", ""),
        (voice.say(NEVER_LOST), ""),
        (voice.say(EVERYTHING), "dim"),
        ("", ""),
        (voice.say(NOTICES), "strong"),
    ]
    if view.stops_new is not None:
        said.append((voice.say(STOPS_NEW, why=phrase(voice, view.stops_new)), "bad"))
    said += [(f"• {phrase(voice, notice)}", "") for notice in view.notices]
    if view.stops_new is None and not view.notices:
        said.append((voice.say(NO_NOTICES), "dim"))
    return said


class Methods(Screen):
    """Every method that applies to the chosen drives; the one that is taken is planned for all of them."""

    title = mark("Method")

    def __init__(self, console: ConsoleSession, drives: tuple[str, ...]) -> None:
        super().__init__(console)
        self._drives = drives
        self._place = 0
        self._methods: tuple[MethodView, ...] | None = None
        order = plan_order(drives)
        console.order(lambda: console.desk.plan(order), self._known, lambda: console.leave(self))

    def _known(self, plans: Plans) -> None:
        self._methods = possible_methods(plans.plans)

    def body(self, size: Size) -> tuple[Line, ...]:
        """List the methods."""
        head = told(self.say(CHOOSE if self._methods is not None else READS), size.columns)
        rows: list[Line] = []
        for n, (method, name) in enumerate(self._choices()):
            level = "" if method is None else self._meaning(method)
            pointer = "▶" if n == self._place else " "
            rows.append(words(fit(f" {pointer} {name} {level}", size.columns), "chosen" if n == self._place else ""))
        return (*head, (), *rows)

    def _meaning(self, method: MethodView) -> str:
        lasts = "" if method.expected_s is None else time_words(method.expected_s)
        parts = level_word(method.level), lasts, method_meaning(self.console.voice, method.id)
        return "  ".join(part for part in parts if part)

    def _choices(self) -> list[tuple[MethodView | None, str]]:
        return [(None, self.say(POLICY)), *((method, method.id) for method in self._methods or ())]

    def actions(self) -> tuple[Action, ...]:
        """Enter plans by the method under the cursor."""
        plans = Action("enter", self.say(mark("plan by it")), self.say("Enter"))
        return (plans, Action("up", self.say(UP_DOWN), "↑ ↓"), *super().actions())

    def press(self, key: str) -> None:
        """Choose."""
        choices = self._choices()
        if key in ("up", "down"):
            self._place = max(0, min(len(choices) - 1, self._place + (1 if key == "down" else -1)))
        elif key == "enter":
            method = choices[self._place][0]
            plan_drives(self.console, self._drives, method=DEFAULT if method is None else method.id)
        else:
            super().press(key)


def unfreeze_question(console: ConsoleSession, frozen: list[Tile]) -> Question:
    """Say what a suspension does, and to which drives; Enter does it."""
    keys = [tile.drive for tile in sorted(frozen, key=lambda tile: not tile.frozen) if tile.drive is not None]

    def lines(size: Size) -> list[Line]:
        voice = console.voice
        count = voice.count("{n} drive is frozen:", "{n} drives are frozen:", len(keys))
        named = [words(f"   {drive_words(voice, tile)}") for tile in frozen]
        below = [*told(voice.say(SLEEPS), size.columns, "strong"), (), *told(voice.say(STAYS), size.columns)]
        return [(), *told(count, size.columns), *named, (), *below]

    def thawed(answer: Told) -> None:
        left = [tile for key in keys if (tile := console.tile_of(key)) is not None and is_frozen(tile)]
        console.open(Thawed(console, answer, len(keys), left))

    def then() -> None:
        console.order(lambda: console.desk.unfreeze(keys[0]), thawed)
        if console.errands.busy:
            console.tell(ASLEEP)

    return Question(console, mark("Frozen drives"), lines, mark("sleep 5 s"), then)


class Thawed(Scroll):
    """What a suspension did, and what to do with drives that are still frozen."""

    title = mark("Frozen drives")

    def __init__(self, console: ConsoleSession, answer: Told, count: int, left: list[Tile]) -> None:
        super().__init__(console)
        self._answer, self._count, self._left = answer, count, left

    def lines(self, size: Size) -> list[Line]:
        """Say what the bench said, how many were frozen, and what to do with the rest."""
        voice = self.console.voice
        still = [tile for tile in self._left if _frozen(self.console, tile)]
        count = voice.say(mark("{n} of {all} thawed."), n=self._count - len(still), all=self._count)
        lines = [(), *told(phrase(voice, self._answer.what), size.columns), (), *told(count, size.columns, "strong")]
        lines += [words(f"   {drive_words(voice, tile)}", "warn") for tile in still]
        return [*lines, (), *(told(voice.say(STAYS), size.columns) if still else [])]


def _frozen(console: ConsoleSession, tile: Tile) -> bool:
    now = console.tile_of(tile.drive) if tile.drive is not None else None
    return now is not None and is_frozen(now)
