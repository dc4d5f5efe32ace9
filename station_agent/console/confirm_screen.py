"""Each drive of an order is confirmed by its serial number or its tag, typed or scanned; nothing starts before."""

from typing import Final

from station_agent.console.entry import LONGEST, typed_line
from station_agent.console.frame import Action, Line, Size, fit, told, window, words
from station_agent.console.order import Match, Order
from station_agent.console.scan import NAMES, Scan
from station_agent.console.scans import ONLY_NAMES, refuse, sign_in_by_badge
from station_agent.console.screen import Screen
from station_agent.console.session import ConsoleSession
from station_agent.control.view import BenchView, PlanView, Told
from station_agent.language import mark, visible
from station_agent.scanner.codes import Kind
from station_agent.words import size_words

HOW: Final = mark(
    "Read the label of each drive. Type or scan its serial number or its tag, then Enter. Everything on these drives "
    "is destroyed; nothing starts before all of them are confirmed."
)
ANSWERS: Final = {
    Match.MATCHED: mark("Confirmed: {serial}."),
    Match.AGAIN: mark("{serial} is confirmed already."),
    Match.OTHER: mark("{serial} is a drive of this bench, but NOT in this order: it is not erased."),
    Match.AMBIGUOUS: mark("Two drives have {serial}: confirm them by their tags, or one after the other."),
    Match.UNKNOWN: mark("{serial} is none of these drives. Nothing has started."),
    Match.CLOSE: mark("{serial} is not the whole serial or tag, or its capitals differ. Nothing has started."),
}
SIGN_IN_FIRST: Final = mark("Nobody is signed in any more: scan a badge, or Esc and then key i. Confirm anew after it.")
CONFIRMED: Final = mark("confirmed")
MISSING: Final = mark("{done} of {all} confirmed")
EMPTY: Final = mark("Nothing was typed. Nothing has started.")
STILL_MISSING: Final = mark("Not every drive is confirmed yet. Nothing has started.")
ALL_DONE: Final = mark("All are confirmed ({n}): Enter starts the erasure.")


def must_sign_in(view: BenchView | None) -> bool:
    """Say whether somebody has to sign in before this bench erases anything."""
    return view is not None and view.operators_known and not view.operator


class Confirming(Screen):
    """Takes serials until every drive is confirmed."""

    title = mark("Confirm each drive")
    typing = True
    commands = frozenset({"S"})

    def __init__(self, console: ConsoleSession, order: Order) -> None:
        super().__init__(console)
        self.made = order
        self.typed = ""

    def body(self, size: Size) -> tuple[Line, ...]:
        """Draw the drives, confirmed or not, and what was typed."""
        plans = self.made.erasable
        head = told(self.say(HOW), size.columns)
        if must_sign_in(self.console.view):  # signed out meanwhile; here every letter is text
            head = [*head, *told(self.say(SIGN_IN_FIRST), size.columns, "warn")]
        tail = [(), typed_line(self.console.voice, self.say(mark("serial or tag")), self.typed, size.columns)]
        lines = [self._line(plan, size.columns) for plan in plans]
        first = next((n for n, plan in enumerate(plans) if plan.id not in self.made.given), 0)
        shown, _ = window(lines, first - 1, size.body - len(head) - len(tail) - 2)
        done = self.say(MISSING, done=len(plans) - len(self.made.missing), all=len(plans))
        return (*head, (), *shown, words(f" {done}", "strong"), *tail)

    def _line(self, plan: PlanView, columns: int) -> Line:
        tile = self.made.tile(plan)
        done = plan.id in self.made.given
        drive = plan.serial if tile is None else f"{fit(tile.slot, 5)} {fit(tile.model, 22)} {fit(plan.serial, 21)}"
        size = "" if tile is None else f"{size_words(tile.size_bytes, self.console.voice.lang):>7}"
        box = f"☑ {self.say(CONFIRMED)}" if done else "☐"
        return words(fit(f" {drive} {size}  {box}", columns), "good" if done else "")

    def actions(self) -> tuple[Action, ...]:
        """Name what Enter does now."""
        todo = mark("START") if not self.made.missing and not self.typed.strip() else mark("confirm this drive")
        keys = [
            Action("enter", self.say(todo), self.say("Enter")),
            Action("escape", self.say(mark("start nothing")), self.say("Esc")),
        ]
        return (*keys, Action("f1", self.say(mark("help")), "F1"))

    def press(self, key: str) -> None:
        """Take letters; Enter confirms one drive, and starts when all are confirmed and nothing is typed."""
        if key == "enter":
            self._enter()
        elif key == "escape":
            self.typed = ""
            self.made.given.clear()
            self.console.leave(self)
        elif key == "backspace":
            self.typed = self.typed[:-1]
        elif key == "space" or (len(key) == 1 and key.isprintable()):
            self.typed = (self.typed + (" " if key == "space" else key))[:LONGEST]

    def _enter(self) -> None:
        typed, self.typed = self.typed, ""
        if not typed.strip():
            if self.made.missing:
                self.console.tell(EMPTY)
            else:
                self._start()
            return
        self._judge(typed)

    def command(self, key: str) -> None:
        """Take START and CONFIRM of the sheet as Enter, START only when every drive is confirmed."""
        if key == "S" and (self.made.missing or self.typed.strip()):
            self.console.tell(STILL_MISSING)
        else:
            super().command("enter" if key == "S" else key)

    def scan(self, scan: Scan) -> None:
        """Confirm the drive that has this serial or tag, by the rules of what is typed; a badge begins anew."""
        typed, self.typed = self.typed if scan.typed else "", ""
        code = scan.code
        if code is not None and code.kind is Kind.OPERATOR:
            self.made.given.clear()  # who confirms is who is signed in
            sign_in_by_badge(self.console, code)
        elif not scan.damaged and (scan.kinds & NAMES or (typed and not scan.kinds)):
            self._judge(f"{typed}{scan.text}" if typed else self._name(scan))
        else:
            refuse(self.console, scan, ONLY_NAMES)

    def _name(self, scan: Scan) -> str:
        """Give the code as it stands where a drive has just that name, else without what a label puts before it."""
        names = {name for tile in self.made.tiles for name in (tile.serial, tile.asset)}
        return scan.text if scan.text in names else scan.name

    def _judge(self, typed: str) -> None:
        match, serial = self.made.confirm(typed)
        if match is Match.MATCHED and not self.made.missing:
            self.console.tell(ALL_DONE, n=len(self.made.erasable))
        else:
            self.console.tell(ANSWERS[match], serial=visible(serial))

    def _start(self) -> None:
        order = self.made.to_erase()
        self.console.order(lambda: self.console.desk.erase(order), self._begun, self.made.given.clear)

    def _begun(self, answer: Told) -> None:
        self.console.chosen.clear()
        self.made.psid = ""
        self.console.home()
        self.console.said = answer.what
