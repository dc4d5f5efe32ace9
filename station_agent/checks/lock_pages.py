"""The screens of the locks: the boxes, who looked, and what a lock means. Nothing is decided here."""

from collections.abc import Callable, Iterable
from typing import Final

from diagnostics import machine_wording, wording
from diagnostics.locks import DECLARED_LOCKS, LockFinding
from station_agent.checks.desk import Desk
from station_agent.checks.lock_ticks import ABSENT, NOT_LOOKED, PRESENT
from station_agent.checks.page import Action, Line, Segment, words
from station_agent.language import Voice, mark, visible

BOXES: Final = {NOT_LOOKED: ("[  ]", "dim"), PRESENT: ("[KO]", "bad"), ABSENT: ("[OK]", "good")}
STATES: Final = {NOT_LOOKED: mark("not looked yet"), PRESENT: mark("found"), ABSENT: mark("none")}
NAMES: Final = {
    "bios-password": mark("BIOS administrator password"),
    "absolute": mark("Absolute / Computrace"),
    "mdm": mark("MDM (company or school)"),
    "autopilot": mark("Windows Autopilot"),
    "icloud": mark("iCloud / Find My"),
    "chromeos": mark("ChromeOS enrolment"),
    "android": mark("Google account (Android)"),
}
WHERE: Final = {
    "bios-password": mark("the firmware set-up asks for it"),
    "absolute": mark("firmware set-up, page Security"),
    "mdm": mark("first start of Windows or macOS"),
    "autopilot": mark("first start shows a firm's name"),
    "icloud": mark("Find My is on, an Apple ID is asked"),
    "chromeos": mark("sign-in page names a firm or school"),
    "android": mark("set-up asks for the old account"),
}
REMEDIES: Final = {
    "bios-password": mark("Without it nobody can boot the wipe stick for sure. Ask the donor for it."),
    "absolute": mark("The donor's agent can lock the machine from afar: its owner must release it."),
    "mdm": mark("The firm or school takes it back at set-up: its administrator releases it."),
    "autopilot": mark("Windows enrols it again: the former tenant must delete its hardware id."),
    "icloud": mark("Useless to anybody else: the owner signs out, or removes it at icloud.com."),
    "chromeos": mark("It enrols again at each reset: the administrator must deprovision it."),
    "android": mark("It asks for the old Google account after a reset: the owner signs out."),
}
MOST_READ, MOST_HELD = 3, 5
Translate = Callable[[str], str]
Drawn = tuple[str, tuple[Line, ...], tuple[Action, ...]]


def ticks_page(desk: Desk, voice: Voice, translate: Translate) -> Drawn:
    """Draw the boxes; what the machine itself shows stands above them."""
    lines: list[Line] = [words(voice.say("Before anything else: a locked machine cannot be reused."), "strong"), ()]
    read = tuple(_read(desk.read, translate))[:MOST_READ]
    if read:
        lines += [words(voice.say("The machine itself shows:"), "head"), *read, ()]
    for number, (lock, state) in enumerate(desk.ticks.states.items(), 1):
        box, style = BOXES[state]
        name = voice.say(NAMES[lock])
        lines.append(
            (
                Segment(f" {number} ", "key"),
                Segment(f" {box} ", style),
                Segment(f"{name[:33]:<33} ", "strong" if state == PRESENT else ""),
                Segment(voice.say(STATES[state]) if state else voice.say(WHERE[lock]), style),
            )
        )
    lines += [(), words(voice.say("A number changes its box: found, none, not looked yet."), "dim")]
    actions = (
        Action(f"1-{len(DECLARED_LOCKS)}", voice.say("change")),
        Action("a", voice.say("looked: no other")),
        Action("enter", voice.say("keep")),
        Action("s", voice.say("later")),
        Action("escape", voice.say("list")),
    )
    return voice.say("Locks"), tuple(lines), actions


def who_page(desk: Desk, voice: Voice, _translate: Translate) -> Drawn:
    """Ask who looked: a lock that nobody vouches for is nobody's word."""
    lines: tuple[Line, ...] = (
        (),
        words(voice.say("Who looked? Your pseudonym for the record (never a name):"), "strong"),
        (),
        (Segment("> ", "warn"), Segment(desk.who), Segment("█", "warn")),
        (),
        words(voice.say("Next time give it at the start: --operator, or ETABLI_OPERATOR."), "dim"),
    )
    return voice.say("Locks"), lines, (Action("enter", voice.say("keep")), Action("escape", voice.say("back")))


def held_page(desk: Desk, voice: Voice, _translate: Translate) -> Drawn:
    """Say what each lock that was found means and what to do; going on is the person's choice."""
    lines: list[Line] = [words(voice.say("This machine is locked. Do not spend time on it yet."), "bad"), ()]
    found = desk.ticks.found
    for lock in found[:MOST_HELD]:
        lines.append((Segment("[KO] ", "bad"), Segment(voice.say(NAMES[lock]), "strong")))
        lines.append(words("     " + voice.say(REMEDIES[lock]), ""))
    if len(found) > MOST_HELD:
        others = ", ".join(voice.say(NAMES[lock]) for lock in found[MOST_HELD:])
        lines.append((Segment("[KO] ", "bad"), Segment(others, "strong")))
    lines += [
        (),
        words(voice.say("It is kept. Put the machine aside with its tag and tell the lead.")),
        words(voice.say("Its drives may still be erased. For parts or recycling you can go on.")),
    ]
    actions = (
        Action("enter", voice.say("stop here")),
        Action("g", voice.say("go on all the same")),
        Action("escape", voice.say("back to the boxes")),
    )
    return voice.say("Locks"), tuple(lines), actions


def _read(findings: Iterable[LockFinding], translate: Translate) -> Iterable[Line]:
    for one in findings:
        if one.weight in ("blocks", "look") and not one.code.startswith("lock.declared"):
            values = {name: visible(value) for name, value in one.values}
            said = wording.render(*machine_wording.lock(one.code, values), translate)
            blocks = one.weight == "blocks"
            yield (Segment("[KO] " if blocks else "[ATT] ", "bad" if blocks else "warn"), Segment(said[:72]))
