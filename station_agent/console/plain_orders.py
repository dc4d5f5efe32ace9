"""Orders in the line mode: plan, confirm, start, stop, places and people. What is secret is read from the next line."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from station_agent.asked import PSID
from station_agent.checks.desk import LIST
from station_agent.checks.pages import page_of
from station_agent.checks.plain_console import CheckLines
from station_agent.console.checks_screen import NONE_HERE
from station_agent.console.checks_session import CheckSession
from station_agent.console.confirm_screen import ANSWERS, HOW, MISSING
from station_agent.console.detail import evidence
from station_agent.console.detail_words import detail_lines
from station_agent.console.entries import BADGE, NOT_A_PSID, PSID_HINTS, plain_psid
from station_agent.console.lists import SLEEPS, STAYS, outbox_lines
from station_agent.console.order import Order
from station_agent.console.plan_screen import NOTHING_LEFT
from station_agent.console.plan_words import plan_details
from station_agent.console.planning import NONE_OPEN, OPEN, plan_order
from station_agent.console.signs import CHOOSABLE, drive_words, frozen
from station_agent.control.view import AssetOrder, LotOrder, Plans, SignInOrder, Tile, TileState, Told
from station_agent.language import mark
from station_agent.scanner.codes import Code, Kind, read_code

if TYPE_CHECKING:
    from station_agent.console.plain import Plain

WIDE: Final = 10_000  # a line is broken where it is printed
NO_PLAN: Final = mark("Nothing is planned: `plan` first.")
PLANNED: Final = mark("{n} of {all} drives can be erased. `start` goes on; nothing has started.")
NEXT_SECRET: Final = mark("Now the {what}, on a line of its own:")
NO_RUN: Final = mark("No run of this drive is under way here.")
CANCELLED: Final = mark("The plan is forgotten. Nothing has started.")
PIN: Final = mark("PIN")
BADGE_CODE: Final = mark("code of the badge")


def plan(plain: "Plain", words: list[str], method: str = "", psid: str = "") -> None:
    """Plan drives and say each plan."""
    chosen = plain.tiles("plan", words, CHOOSABLE)
    if not chosen:
        return
    order = plan_order(tuple(str(tile.drive) for tile in chosen), method=method, psid=psid)

    def planned(plans: Plans) -> None:
        tiles = plain.view.tiles if plain.view is not None else ()
        plain.order = Order(plans.plans, tiles, psid=psid, method=method)
        _say_plan(plain, plain.order)

    plain.ask(lambda: plain.desk.plan(order), planned)


def _say_plan(plain: "Plain", order: Order) -> None:
    for one in order.plans:
        tile = order.tile(one)
        plain.say(drive_words(plain.voice, tile) if tile is not None else one.serial)
        for line in plan_details(plain.voice, one, WIDE):
            plain.say("".join(segment.text for segment in line))
    plain.tell(PLANNED, n=len(order.erasable), all=len(order.plans))


def method(plain: "Plain", words: list[str]) -> None:
    """Plan by a method that is named."""
    plan(plain, words[1:], method=words[0] if words else "")


def resume(plain: "Plain", _words: list[str]) -> None:
    """Plan every interrupted run; each drive is confirmed before it goes on."""
    tiles = plain.view.tiles if plain.view is not None else ()
    slots = [tile.serial for tile in tiles if tile.state in OPEN and tile.serial]
    if slots:
        plan(plain, slots)
    else:
        plain.tell(NONE_OPEN)


def drop(plain: "Plain", words: list[str]) -> None:
    """Take drives out of the plan."""
    if plain.order is None:
        plain.tell(NO_PLAN)
        return
    for tile in plain.tiles("drop", words):
        plain.order.drop(str(tile.drive))
    plain.tell(PLANNED, n=len(plain.order.erasable), all=len(plain.order.plans))


def start(plain: "Plain", _words: list[str]) -> None:
    """Begin what was planned and confirmed; say what is missing."""
    order = plain.order
    if order is None:
        plain.tell(NO_PLAN)
    elif not order.erasable:
        plain.tell(NOTHING_LEFT)
    elif order.missing:
        plain.tell(HOW)
        for one in order.missing:
            tile = order.tile(one)
            plain.say(f"[ ] {drive_words(plain.voice, tile) if tile is not None else one.serial}")
    else:
        plain.order = None
        given = order.to_erase()
        plain.ask(lambda: plain.desk.erase(given), lambda answer: _begun(plain, answer))


def _begun(plain: "Plain", answer: Told) -> None:
    plain.awaited |= set(answer.runs)
    plain.told(answer)


def confirm(plain: "Plain", words: list[str]) -> None:
    """Confirm a drive of the plan."""
    order = plain.order
    if order is None:
        plain.tell(NO_PLAN)
        return
    match, serial = order.confirm(" ".join(words))
    plain.tell(ANSWERS[match], serial=serial)
    plain.tell(MISSING, done=len(order.erasable) - len(order.missing), all=len(order.erasable))


def cancel(plain: "Plain", _words: list[str]) -> None:
    """Forget the plan."""
    plain.order = None
    plain.tell(CANCELLED)


def details(plain: "Plain", words: list[str]) -> None:
    """Say all about drives."""
    for tile in plain.tiles("details", words):
        plain.ask(
            partial(plain.desk.drive, str(tile.drive)),
            lambda known: _say_all(plain, [text for text, _ in detail_lines(plain.voice, known.tile, known)]),
        )


def show_evidence(plain: "Plain", words: list[str]) -> None:
    """Say the record of the last run of drives."""
    for tile in plain.tiles("evidence", words):
        plain.ask(
            partial(plain.desk.drive, str(tile.drive)),
            lambda known: _say_all(plain, evidence(plain.voice, known.report)),
        )


def _say_all(plain: "Plain", lines: list[str]) -> None:
    for line in lines:
        if line:
            plain.say(line)


def stop(plain: "Plain", words: list[str]) -> None:
    """Stop runs."""
    _runs(plain, "stop", words, frozenset({TileState.RUNNING}), plain.desk.stop)


def give_up(plain: "Plain", words: list[str]) -> None:
    """Give interrupted runs up; `all` is not taken."""
    _runs(plain, "give-up", words, OPEN, plain.desk.give_up)


def _runs(
    plain: "Plain", name: str, words: list[str], states: frozenset[TileState], call: Callable[[str], object]
) -> None:
    for tile in plain.tiles(name, words, states):
        if tile.run is None or tile.state not in states:
            plain.tell(NO_RUN)
        else:
            plain.ask(partial(call, tile.run.run_id), plain.told)


def hold(plain: "Plain", words: list[str]) -> None:
    """Let drives not start by themselves."""
    _drives(plain, "hold", words, frozenset({TileState.COUNTDOWN}), plain.desk.hold)


def unfreeze(plain: "Plain", words: list[str]) -> None:
    """Suspend the machine, once for all frozen drives."""
    named = plain.tiles("unfreeze", words)
    if named:
        drive = str(next((tile for tile in named if frozen(tile)), named[0]).drive)  # the bench refuses one that is not
        plain.tell(SLEEPS)
        plain.ask(lambda: plain.desk.unfreeze(drive), plain.told)
        plain.tell(STAYS)


def _drives(
    plain: "Plain", name: str, words: list[str], states: frozenset[TileState], call: Callable[[str], object]
) -> None:
    for tile in plain.tiles(name, words, states):
        plain.ask(partial(call, str(tile.drive)), plain.told)


def set_lot(plain: "Plain", words: list[str]) -> None:
    """Set the lot, or none."""
    plain.ask(lambda: plain.desk.set_lot(LotOrder(lot=" ".join(words))), plain.told)


def set_asset(plain: "Plain", words: list[str]) -> None:
    """Set the tag of a drive that is named by its slot, else of the machine."""
    here = plain.view.tiles if plain.view is not None else ()
    tile = next((tile for tile in here if words and tile.slot == words[0] and tile.drive is not None), None)
    named: Tile | None = tile if len(words) > 1 else None
    tag = " ".join(words[1:] if named is not None else words)
    drive = None if named is None else named.drive
    plain.ask(lambda: plain.desk.set_asset(AssetOrder(asset=tag, drive=drive)), plain.told)


def open_by_psid(plain: "Plain", words: list[str]) -> None:
    """Ask for the PSID of one drive on the next line, and plan the drive with it."""
    drives = plain.tiles("psid", words[:1])
    if len(drives) != 1:
        return

    def then(text: str) -> None:
        code = plain_psid(text)
        if PSID.fullmatch(code):
            plan(plain, words[:1], psid=code)
        else:
            plain.tell(NOT_A_PSID, n=len(code))

    for hint in PSID_HINTS:
        plain.tell(hint)
    plain.tell(NEXT_SECRET, what="PSID")
    plain.secret = then


def sign_in(plain: "Plain", words: list[str]) -> None:
    """Ask for a PIN or a badge on the next line."""
    name = " ".join(words)

    def then(text: str) -> None:
        enter(plain, SignInOrder(badge="" if name else badge_of(text), operator=name, pin=text if name else ""))

    if len(name) >= BADGE:
        enter(plain, SignInOrder(badge=badge_of(name), operator="", pin=""))
        return
    plain.tell(NEXT_SECRET, what=plain.voice.say(PIN if name else BADGE_CODE))
    plain.secret = then


def enter(plain: "Plain", order: SignInOrder) -> None:
    """Sign somebody in; what was confirmed before is confirmed anew."""
    if plain.order is not None:
        plain.order.given.clear()  # who confirms is who is signed in
    plain.ask(lambda: plain.desk.sign_in(order), plain.told)


def badge_of(text: str) -> str:
    """Give what a badge holds, without what shows that it is one; other text as it is."""
    read = read_code(text)
    return read.value if isinstance(read, Code) and read.kind is Kind.OPERATOR else text


def sign_out(plain: "Plain", _words: list[str]) -> None:
    """Sign out."""
    plain.ask(plain.desk.sign_out, plain.told)


def outbox(plain: "Plain", _words: list[str]) -> None:
    """Say where the reports are, and the notices."""
    if plain.view is not None:
        _say_all(plain, [text for text, _ in outbox_lines(plain.voice, plain.view)])


def check(plain: "Plain", _words: list[str]) -> None:
    """Go on with the guided checks of this machine; every line is theirs until they are left by `q`."""
    opening, view = plain.opening, plain.view
    if opening is None or view is None:
        plain.tell(NONE_HERE)
        return

    def opened(session: CheckSession) -> None:
        plain.session = session
        page = lambda: page_of(session.desk, plain.voice, session.name)  # noqa: E731
        plain.checks = CheckLines(session.desk, page, plain.say)

    if plain.session is not None:
        plain.session.desk.state = LIST
        opened(plain.session)
        return
    asset = view.asset if view.mode == "machine" else ""
    plain.ask(lambda: opening(asset, view.operator), opened)


ORDERS: Final[dict[str, Callable[["Plain", list[str]], None]]] = {
    "plan": plan, "resume": resume, "method": method, "drop": drop, "start": start, "confirm": confirm,
    "cancel": cancel, "details": details, "evidence": show_evidence, "stop": stop, "hold": hold, "give-up": give_up,
    "lot": set_lot, "asset": set_asset, "unfreeze": unfreeze, "psid": open_by_psid, "sign-in": sign_in,
    "sign-out": sign_out, "outbox": outbox, "check": check,
}  # fmt: skip
