"""What each state of the desk looks like, in the language of the person: title, body, keys. Nothing is decided here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from diagnostics import wording
from diagnostics.checks import OPTIONAL_ROLE, UNWANTED_ROLES, AnsweredCheck, CheckOutcome, without_result
from diagnostics.grading import load_grade_policy
from diagnostics.guided.instructions import instruction
from station_agent.checks.desk import (
    HELD,
    HOW,
    JOB_CHECKS,
    LIST,
    LIVE,
    NOTE,
    PARTS,
    PHOTO,
    REASON,
    TICKS,
    TRIAL_CHECKS,
    WHO,
    Desk,
)
from station_agent.checks.jobs import Job
from station_agent.checks.lock_pages import held_page, ticks_page, who_page
from station_agent.checks.page import COLUMNS, Action, Line, Page, Segment, bar, shortened, words
from station_agent.checks.photo_page import photo_page
from station_agent.diagnose import diagnostics_words
from station_agent.language import Voice, mark, visible

MARKS: Final = {
    CheckOutcome.PASS: ("[OK]", "good"),
    CheckOutcome.FAIL: ("[KO]", "bad"),
    CheckOutcome.NOT_APPLICABLE: ("[--]", "dim"),
    CheckOutcome.NOT_TESTED: ("[  ]", ""),
}
SHOWN: Final = 15  # checks of the list on one screen
FACT_WORDS: Final = {
    "adapter": mark("adapter"),
    "blocked": mark("blocked"),
    "soft": mark("by software"),
    "hard": mark("by its switch"),
    "no-link": mark("nothing plugged in"),
    "ports-seen": mark("ports seen"),
    "inside-now": mark("inside now"),
    "slots": mark("slots"),
    "sim-slot": mark("mobile modem: look for a SIM card"),
    "charger": mark("charger"),
    "online": mark("plugged in"),
    "brightness": mark("brightness"),
    "seen": mark("seen"),
    "not-yet": mark("not yet"),
    "tones": mark("tones"),
    "played": mark("played"),
    "tone-over-noise": mark("tone above the noise"),
    "picture": mark("picture"),
    "one-colour": mark("black or of one colour: is the shutter open?"),
    "networks": mark("networks seen"),
    "tested": mark("memory tested"),
    "wrong-words": mark("words that came back different"),
    "hottest": mark("hottest"),
    "throttled": mark("times slowed down by heat"),
    "under-load": mark("under load"),
    "holds": mark("it holds"),
    "gives-way": mark("it gives way: replace it"),
    "gauge-stuck": mark("its gauge stands still: do not trust its figures"),
    "unclear": mark("too few figures for a result"),
    "stopped": mark("stopped, no result"),
    "plugged": mark("a charger was plugged in, no result"),
    "voltage-sag": mark("fall of its voltage"),
    "verdict": mark("result"),
    "pass": mark("good"),
    "fail": mark("bad"),
    "review": mark("a person must look"),
    "unknown": mark("not known"),
    "passed": mark("passed"),
    "failed": mark("failed: the drive found a fault"),
    "aborted": mark("broken off"),
    "timed-out": mark("not finished in its time"),
    "refused": mark("it cannot be asked"),
}
CHASSIS: Final = {
    "laptop": mark("laptop"),
    "desktop": mark("desktop computer"),
    "all-in-one": mark("all-in-one computer"),
    "tablet": mark("tablet"),
    "server": mark("server"),
    "drive": mark("bare drive"),
    "": mark("unknown machine"),
}


def page_of(desk: Desk, voice: Voice, machine: str) -> Page:
    """Draw the desk. `machine` names it: maker, model and tag."""
    if desk.state == LIVE and desk.trial is not None:
        filled = desk.trial.fill()
        if filled is not None:
            return filled
    answered = desk.answers.answered()
    wanted = sum(row.check.role not in UNWANTED_ROLES for row in answered)
    done = wanted - len(without_result(answered))
    drawn = _DRAWN.get(desk.state, _list)
    title, body, actions = drawn(desk, voice, diagnostics_words(voice.lang), answered)
    right = voice.say("{done} of {count} done", done=done, count=wanted)
    return Page(
        title=f"Établi - {title}" if desk.state != LIST else f"{title} - {visible(machine)}",
        right=right,
        permille=done * 1000 // max(1, wanted),
        body=body,
        actions=tuple(replace(action, name=_key_name(voice, action.key)) for action in actions),
        notice=voice.say(desk.notice) if desk.notice else _running(desk, voice),
    )


def _key_name(voice: Voice, key: str) -> str:
    return voice.say(KEY_NAMES[key]) if key in KEY_NAMES else key


KEY_NAMES: Final = {"enter": mark("Enter"), "escape": mark("Esc")}
Drawn = tuple[str, tuple[Line, ...], tuple[Action, ...]]
Translate = Callable[[str], str]


def _running(desk: Desk, voice: Voice) -> str:
    """Say which long tests go on beside this screen."""
    told = []
    for name, job in desk.jobs.items():
        if job.found is None and name != desk.check.id:
            check = diagnostics_words(voice.lang)(wording.CHECKS[name])
            told.append(f"{check} {job.progress.permille // 10} %")
    return voice.say("Meanwhile: {tests}", tests=", ".join(told)) if told else ""


def _list(desk: Desk, voice: Voice, translate: Translate, answered: tuple[AnsweredCheck, ...]) -> Drawn:
    first = max(0, min(desk.place - SHOWN // 2, len(answered) - SHOWN))
    lines = [
        _row(row, translate, chosen=first + offset == desk.place)
        for offset, row in enumerate(answered[first : first + SHOWN])
    ]
    open_checks = len(without_result(answered))
    said = (
        voice.count("{n} function without a result: not yet « reconditionné ».",
                    "{n} functions without a result: not yet « reconditionné ».", open_checks)
        if open_checks
        else voice.say("Every function has a result. Now: etabli-station diagnose")
    )  # fmt: skip
    more = "   ▼" if first + SHOWN < len(answered) else "   ▲" if first else ""
    actions = (
        Action("enter", voice.say("do this check")),
        Action("↑↓", voice.say("choose")),
        Action("q", voice.say("leave; answers are kept")),
    )
    title = voice.say("Checks: {chassis}", chassis=voice.say(CHASSIS.get(desk.answers.chassis, "unknown machine")))
    return title, (*lines, (), words(said + more, "strong" if open_checks else "good")), actions


def _short(translate: Translate, check_id: str) -> str:
    """Name a check by what stands before its colon: the rest is told on its screen."""
    return translate(wording.CHECKS[check_id]).partition(":")[0].rstrip()


def _row(row: AnsweredCheck, translate: Translate, *, chosen: bool) -> Line:
    sign, style = MARKS[row.result.outcome]
    name = _short(translate, row.check.id)
    detail = visible(row.result.value) or translate(wording.ABSENCE_REASONS.get(row.result.reason, ""))
    detail = detail if row.result.reason or row.result.value else ""
    times = f" ({row.attempts}x)" if row.attempts > 1 else ""
    text = f" {shortened(name, 62 - len(times))}{times}"
    pointer = "▶ " if chosen else "  "
    right = detail if row.result.outcome is not CheckOutcome.NOT_TESTED else _usual(row.check.seconds)
    blank = " " * max(1, 66 - len(text) - len(right[:20]))
    return (
        Segment(pointer, "warn"),
        Segment(sign, style),
        Segment(text, "chosen" if chosen else ""),
        Segment(blank, "chosen" if chosen else ""),
        Segment(right[:20] + " ", "chosen" if chosen else "dim"),
    )


def _how(desk: Desk, voice: Voice, translate: Translate, answered: tuple[AnsweredCheck, ...]) -> Drawn:
    check = desk.check
    told = instruction(check.id, voice.lang)
    lines: list[Line] = [_heading(voice.say("TO DO"), _usual(check.seconds))]
    lines += [(Segment(f"  {line}", "strong"),) for line in told.lines]
    lines += [(), _heading(voice.say("GOOD WHEN")), words(f"  {told.passed}")]
    seen = [*_facts(desk, voice), *_job_lines(desk.jobs.get(check.id), voice), *_evidence_lines(desk, voice, translate)]
    if desk.found is not None:
        seen += desk.found.drawing
    if seen:
        lines += [(), _heading(voice.say("SEEN BY THE BENCH")), *((Segment("  "), *line) for line in seen)]
    if desk.photo is not None:
        lines += [(Segment(voice.say("Photo:") + " ", "dim"), Segment(desk.photo.sha256[:16], "good"))]
    if desk.note:
        lines += [(), (Segment(voice.say("Note:") + " ", "dim"), Segment(desk.note))]
    earlier = answered[desk.place]
    if earlier.attempts:
        result = translate(wording.CHECK_RESULTS[str(earlier.result.outcome)])
        lines += [(), words(voice.say("Last time: {result}. A new answer counts instead.", result=result), "dim")]
    return _short(translate, check.id), tuple(lines), _how_actions(desk, voice)


def _heading(text: str, right: str = "") -> Line:
    rule = "─" * (COLUMNS - 4 - len(text) - len(right) - (1 if right else 0))
    return (Segment(text, "head"), Segment(f" {rule} ", "faint"), Segment(right, "dim"))


def _usual(seconds: int) -> str:
    """Say the usual time."""
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"  # noqa: PLR2004 - two minutes


def _how_actions(desk: Desk, voice: Voice) -> tuple[Action, ...]:
    check = desk.check
    actions = []
    if desk.running is not None:
        actions.append(Action("a", voice.say("break off")))
    elif check.id in (*TRIAL_CHECKS, *JOB_CHECKS):
        actions.append(Action("enter", voice.say("begin")))
    if check.role == "looks":
        actions.append(Action("0-9", "C0-C9"))
    elif check.role == OPTIONAL_ROLE:
        actions.append(Action("1-4", voice.say("choose")))
    else:
        actions += [Action("p", voice.say("passed")), Action("f", voice.say("failed"))]
        if check.role == "parts":
            actions[-2:] = [Action("p", voice.say("choose the parts"))]
    if desk.answers.offers_absence(check):
        actions.append(Action("n", voice.say("has none")))
    if check.id == "keyboard":
        actions.append(Action("k", desk.layout))
    if desk.album is not None:
        actions.append(Action("c", voice.say("photo")))
    actions += [Action("t", voice.say("note")), Action("s", voice.say("later"))]
    return (*actions, Action("escape", voice.say("list")))


def _facts(desk: Desk, voice: Voice) -> list[Line]:
    facts = (*desk.seen.facts, *(desk.found.facts if desk.found else ()))
    return [
        (
            Segment(voice.say("{name}:", name=_fact(voice, name)) + " ", "dim"),
            Segment(_fact(voice, value), "good" if value != "-" else "dim"),
        )
        for name, value in facts[:7]
    ]


def _fact(voice: Voice, text: str) -> str:
    return voice.say(FACT_WORDS[text]) if text in FACT_WORDS else text


def _job_lines(job: Job | None, voice: Voice) -> list[Line]:
    if job is None or job.found is not None:
        return []
    told = f" {job.progress.permille // 10:3d} %  {job.progress.seconds} s  {job.progress.figure}"
    return [(*bar(job.progress.permille, 40), Segment(told, "strong")), words(voice.say("It runs ..."), "dim")]


def _evidence_lines(desk: Desk, voice: Voice, translate: Translate) -> list[Line]:
    lines: list[Line] = []
    evidence = desk.found.evidence if desk.found else {}
    for name, sentence in EVIDENCE.items():
        value = evidence.get(name)
        if value:
            shown = ", ".join(str(one) for one in value[:8]) if isinstance(value, list) else str(value)
            lines.append((Segment(voice.say(sentence) + " ", "dim"), Segment(shown, "bad")))
    if desk.proposal is not None:
        sign, style = MARKS[desk.proposal]
        result = translate(wording.CHECK_RESULTS[str(desk.proposal)])
        said = voice.say("The bench would say: {result}. You decide.", result=result)
        lines += [(Segment(sign, style), Segment(" " + said, "strong"))]
    return lines


EVIDENCE: Final = {
    "missing": mark("Keys without an answer (codes):"),
    "stuck": mark("Keys that stick (codes):"),
    "chattering": mark("Keys that chatter (codes):"),
    "marks": mark("Places marked:"),
}


def _live(desk: Desk, voice: Voice, translate: Translate, _answered: tuple[AnsweredCheck, ...]) -> Drawn:
    body = desk.trial.body(voice) if desk.trial is not None else ()
    return _short(translate, desk.check.id), body, (Action("escape", voice.say("end (from another keyboard)")),)


def _reason(desk: Desk, voice: Voice, translate: Translate, _answered: tuple[AnsweredCheck, ...]) -> Drawn:
    lines: list[Line] = [(), words(voice.say("Why does this check not apply?"), "strong"), ()]
    for number, sentence in enumerate(wording.ABSENCE_REASONS.values(), 1):
        lines.append((Segment(f" {number} ", "key"), Segment(f"  {translate(sentence)}")))
        lines.append(())
    numbers = Action(f"1-{len(wording.ABSENCE_REASONS)}", voice.say("choose"))
    return _short(translate, desk.check.id), tuple(lines), (numbers, Action("escape", voice.say("back")))


def _parts(desk: Desk, voice: Voice, translate: Translate, _answered: tuple[AnsweredCheck, ...]) -> Drawn:
    lines: list[Line] = [(), words(voice.say("Which parts are missing?"), "strong"), ()]
    for number, part in enumerate(load_grade_policy().stops_use, 1):
        box, style = ("[x]", "bad") if part in desk.chosen else ("[ ]", "dim")
        name = translate(wording.PARTS[part])
        lines.append((Segment(f" {number} ", "key"), Segment(f"  {box} ", style), Segment(name)))
    accept = voice.say("these are missing") if desk.chosen else voice.say("nothing is missing")
    actions = (Action("1-8", voice.say("choose")), Action("enter", accept), Action("escape", voice.say("back")))
    return _short(translate, desk.check.id), tuple(lines), actions


def _photo(desk: Desk, voice: Voice, translate: Translate, _answered: tuple[AnsweredCheck, ...]) -> Drawn:
    return _short(translate, desk.check.id), *photo_page(desk, voice)


def _note(desk: Desk, voice: Voice, translate: Translate, _answered: tuple[AnsweredCheck, ...]) -> Drawn:
    lines: tuple[Line, ...] = (
        (),
        words(voice.say("Note for the record (no name of a person):"), "strong"),
        (),
        (Segment("> ", "warn"), Segment(desk.note), Segment("█", "warn")),
    )
    actions = (Action("enter", voice.say("keep")), Action("escape", voice.say("drop")))
    return _short(translate, desk.check.id), lines, actions


Drawer = Callable[[Desk, Voice, Translate, tuple[AnsweredCheck, ...]], Drawn]


def _of_locks(draw: Callable[[Desk, Voice, Translate], Drawn]) -> Drawer:
    return lambda desk, voice, translate, _answered: draw(desk, voice, translate)


_DRAWN: Final[dict[str, Drawer]] = {
    LIST: _list,
    HOW: _how,
    LIVE: _live,
    REASON: _reason,
    PARTS: _parts,
    NOTE: _note,
    PHOTO: _photo,
    TICKS: _of_locks(ticks_page),
    WHO: _of_locks(who_page),
    HELD: _of_locks(held_page),
}
