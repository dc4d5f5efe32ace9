"""A plan in plain words: the line of each drive, and below it every method with its reason, exceptions and remedies."""

from typing import Final

from certificates.wording.techniques import planned_words
from station_agent.console.frame import Line, fit, told, words
from station_agent.console.order import Order, can_start
from station_agent.console.signs import joined, level_word, remedy, serial_end, why
from station_agent.control.view import MethodView, PlanView, ReasonView, Tile
from station_agent.drive_words import shortened
from station_agent.language import Voice, mark
from station_agent.words import fact_words, size_words, time_words

TAKEN: Final = mark("{method}: {words}. Level {level}.")
LASTS: Final = mark("It takes about {time}.")
FIRST: Final = mark("first: {step} ({words})")
EXCEPTION: Final = mark("Known beforehand, for a lead to accept by name: {why}")
GOES_ON: Final = mark("An interrupted run of this drive is taken up where it was.")
TOGETHER: Final = mark("One drive with {other}: it is erased in the same run, and confirmed there.")
REFUSED: Final = mark("NOT erased: {why}")
DO: Final = mark("What to do: {remedy}")
NOT_USED: Final = mark("not used: {methods}: {why}")
POSSIBLE: Final = mark("possible too (key m): {methods}")
NEEDS_PSID: Final = mark("It is opened by its PSID first (key k on the wall).")
REFUSED_SHORT: Final = mark("[--] not erased")
BY_CHOICE: Final = "OPERATOR"  # set aside by a policy or a person, not by the drive
WITH_IT: Final = mark("[=] with {other}")


def plan_line(voice: Voice, order: Order, plan: PlanView, columns: int, *, here: bool) -> Line:
    """Give the line of one drive: slot, end of the serial, model, size, method, level, time."""
    tile = order.tile(plan)
    head = _head(voice, plan, tile, columns)
    style = "chosen" if here else "" if can_start(plan) else "dim"
    pointer = "▶" if here else " "
    if plan.refusals or not plan.method:
        tail = voice.say(REFUSED_SHORT)
    elif plan.together:
        tail = voice.say(WITH_IT, other=plan.together)
    else:
        time = "" if plan.expected_s is None else time_words(plan.expected_s)
        flag = "[!!]" if plan.exceptions else ""
        tail = " ".join(part for part in (plan.method, level_word(plan.level), time, flag) if part)
    return words(fit(f"{pointer}{head} {tail}", columns), style)


def _head(voice: Voice, plan: PlanView, tile: Tile | None, columns: int) -> str:
    if tile is None:
        return fit(plan.serial, 34)
    size = size_words(tile.size_bytes, voice.lang)
    model = max(12, min(30, columns - 60))
    return f"{fit(tile.slot, 5)} {fit(serial_end(tile), 6)} {fit(tile.model, model)} {size:>7}"


def plan_details(voice: Voice, plan: PlanView, columns: int) -> list[Line]:
    """Say all about one plan."""
    said: list[tuple[str, str]] = []
    if plan.together:
        said.append((voice.say(TOGETHER, other=plan.together), "warn"))
    if plan.method and not plan.refusals:
        said += _taken(voice, plan)
    for reason in joined(plan.refusals):
        said.append((voice.say(REFUSED, why=why(voice, reason)), "bad"))
        if reason.remedy is not None:
            said.append((voice.say(DO, remedy=remedy(voice, reason)), "good"))
    for reason in joined(plan.exceptions):
        said.append((voice.say(EXCEPTION, why=why(voice, reason)), "warn"))
        if reason.remedy is not None:
            said.append((voice.say(DO, remedy=remedy(voice, reason)), "good"))
    said += [(line, "dim") for line in method_lines(voice, plan)]
    return [line for text, style in said for line in told(text, columns, style, begin=" ", then="   ")]


def _taken(voice: Voice, plan: PlanView) -> list[tuple[str, str]]:
    said = [(voice.say(GOES_ON), "strong")] if plan.goes_on else []
    said += [(voice.say(NEEDS_PSID), "warn")] if plan.wants_psid else []
    for method in plan.methods:
        if method.step:
            said.append((voice.say(FIRST, step=method.id, words=method_meaning(voice, method.id)), ""))
    level = level_word(plan.level) or "-"
    said.append((voice.say(TAKEN, method=plan.method, words=method_meaning(voice, plan.method), level=level), "strong"))
    if plan.expected_s is not None:
        said.append((voice.say(LASTS, time=time_words(plan.expected_s)), ""))
    return said


def method_lines(voice: Voice, plan: PlanView) -> list[str]:
    """Say of every other method whether it is possible or why it is not used; those with one reason share a line."""
    groups: dict[tuple[str, str], list[str]] = {}
    free: list[MethodView] = []
    for method in plan.methods:
        if method.chosen or method.step:
            continue
        if method.reason is None:
            free.append(method)
        else:
            groups.setdefault((method.reason.code, method.reason.detail), []).append(method.id)
    said = [voice.say(POSSIBLE, methods=by_level(free))] if free and not plan.refusals else []
    for (code, detail), names in groups.items():
        reason = fact_words(voice, detail) if detail else why(voice, ReasonView(code=code))
        said.append(voice.say(NOT_USED, methods=shortened(names), why=reason))
    return said


def by_level(methods: list[MethodView]) -> str:
    """Name methods with the level that each would earn; those of one level together."""
    levels = dict.fromkeys(level_word(method.level) for method in methods)
    named = ((level, shortened([one.id for one in methods if level_word(one.level) == level])) for level in levels)
    return "; ".join(f"{names} ({level})" if level else names for level, names in named)


def possible_methods(plans: tuple[PlanView, ...]) -> tuple[MethodView, ...]:
    """Give the methods that apply to at least one of these drives: those that only a policy set aside count too."""
    found: dict[str, MethodView] = {}
    for plan in plans:
        for method in plan.methods:
            free = method.reason is None or method.reason.code == BY_CHOICE
            if not method.step and (method.chosen or free):
                found.setdefault(method.id, method)
    return tuple(found.values())


def method_meaning(voice: Voice, method: str) -> str:
    """Say in plain words what a method will do; of a newer bench its id has to say it."""
    return planned_words(method, voice.lang).replace("’", "'")
