"""The course of a run in words: each item of its transcript in order, none left out.

A kind that is not known here is shown plainly, member by member: an auditor sees more than this version understands.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from station_agent.language import Voice, mark, visible

MOST: Final = 300  # characters of one value
Data = dict[str, Any]

NAMES: Final = {
    "facts": mark("facts read before"),
    "facts-after": mark("facts read after"),
    "INTENT": mark("intent, durable before the first write"),
    "CHECKPOINT": mark("written and flushed so far"),
    "RESTORED": mark("hidden areas"),
    "POWER_CYCLE": mark("waits for a power cycle"),
    "PLANTED": mark("marks on the drive"),
    "COMMANDED": mark("announced, durable before it was sent"),
    "command": mark("sent"),
    "ACCEPTED": mark("the drive took it"),
    "OBSERVED": mark("seen"),
    "STEPPED": mark("step done"),
    "WRITTEN": mark("the erase pass is over"),
    "FOUND": mark("found while reading back"),
    "VERIFIED": mark("read back"),
    "RESUMED": mark("taken up again"),
    "CLOSED": mark("closed"),
    "smart": mark("SMART before and after"),
}
FORMS: Final = {
    "PLANTED": mark("{planted} marks written and read back, {fingerprints} old contents noted, {lost} marks lost"),
    "STEPPED": mark("{method}"),
    "OBSERVED": mark("{method}: {state} {detail}"),
    "VERIFIED": mark("{mode}: {sectors} sectors compared, {nonmatching} different, {unreadable} unreadable"),
    "POWER_CYCLE": mark("native capacity {native_bytes} bytes"),
    "CHECKPOINT": mark("{phase}, up to byte {offset}"),
    "INTENT": mark("{method}, version {method_version}; policy {policy}, version {policy_version}"),
}


def course_lines(voice: Voice, timed: tuple[tuple[str, Data], ...]) -> list[str]:
    """Give every item as one entry: number, time, kind, and what it holds."""
    said = []
    for number, (wall, item) in enumerate(timed, 1):
        what, data = str(item["what"]), dict(item["data"])
        name = voice.say(NAMES[what]) if what in NAMES else what
        said.append(f"  {number:3d}  {wall or '-':20}  {name}")
        said += [f"       - {visible(line)}" for line in TOLD.get(what, plain_lines)(voice, what, data)]
    return said


def plain_lines(_voice: Voice, _what: str, data: Data) -> list[str]:
    """Show members as they are, one line each, long values cut with a visible mark."""
    return [f"{name} = {shown(value)}" for name, value in sorted(data.items())]


def shown(value: Any) -> str:
    """Write a value as JSON, cut at 300 characters."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= MOST else f"{text[:MOST]} [.. {len(text) - MOST}]"


def form_lines(voice: Voice, what: str, data: Data) -> list[str]:
    """Say an item in one sentence, then what the sentence leaves out."""
    facts = {name: len(value) if isinstance(value, list) else value for name, value in data.items()}
    try:
        sentence = voice.say(FORMS[what], **{"detail": "", **facts}).strip()
    except KeyError:  # an older or newer item: plainly then
        return plain_lines(voice, what, data)
    left = {name: value for name, value in data.items() if f"{{{name}}}" not in FORMS[what]}
    return [sentence, *plain_lines(voice, what, left)]


def command_lines(voice: Voice, _what: str, data: Data) -> list[str]:
    """Show a command and its reply, and how often it was asked."""
    if "asked" not in data:
        return plain_lines(voice, "command", data)
    asked = " ".join(f"{name}={shown(value)}" for name, value in sorted(data["asked"].items()))
    answered = " ".join(f"{name}={shown(value)}" for name, value in sorted(data.get("answered", {}).items()))
    times = voice.say(", {n} times", n=data["times"]) if "times" in data else ""
    return [voice.say("at {ms} ms{times}: {asked}", ms=data.get("ms", "?"), times=times, asked=asked), f"-> {answered}"]


def facts_lines(voice: Voice, what: str, data: Data) -> list[str]:
    """Show who the drive is and its ledger of sizes; the raw readings are in the JSON form."""
    try:
        identity, hidden = data["device"]["identity"], data["hidden"]
        named = f"{identity['model']}  {identity['serial']}  {identity['wwn']}  {identity['firmware']}"
        areas = ", ".join(f"{name.upper()} {hidden[name]}" for name in ("hpa", "dco", "ama"))
    except (KeyError, TypeError):
        return plain_lines(voice, what, data)
    sizes = voice.say(
        "visible {visible} bytes, native {native}, DCO {dco}, the drive itself says {current}; {areas}",
        visible=data.get("size_bytes"),
        **{name: _or_unknown(voice, hidden.get(f"{name}_bytes")) for name in ("native", "dco", "current")},
        areas=areas,
    )
    raw = data.get("raw") or {}
    return [named, sizes, voice.say("{n} raw readings kept: {names}", n=len(raw), names=", ".join(sorted(raw)) or "-")]


def _or_unknown(voice: Voice, value: object) -> str:
    return voice.say("unknown") if value is None else str(value)


TOLD: Final[dict[str, Callable[[Voice, str, Data], list[str]]]] = {
    **dict.fromkeys(FORMS, form_lines),
    "command": command_lines,
    "facts": facts_lines,
    "facts-after": facts_lines,
}
