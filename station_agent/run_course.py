"""The course of a run in words: each item of its transcript in order, none left out.

A kind that is not known here is shown plainly, member by member: an auditor sees more than this version understands.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from certificates.wording import area_words
from station_agent.command_names import command_name, reply_words
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
    "readers": mark("smartctl and pySMART compared"),
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
SAID: Final = {True: mark("yes"), False: mark("no"), None: mark("nothing")}
UNREAD: Final = {
    ("before",): mark("not read before: what changed is not known"),
    ("after",): mark("not read after: what changed is not known"),
    ("before", "after"): mark("not read, neither before nor after"),
}


def course_lines(voice: Voice, timed: tuple[tuple[str, Data], ...]) -> list[str]:
    """Give every item as one entry: number, time, kind, and what it holds."""
    said = []
    for number, (wall, item) in enumerate(timed, 1):
        what, data = visible(str(item["what"])), {**cleaned(item["data"])}
        name = voice.say(NAMES[what]) if what in NAMES else what
        time = wall or (f"+{int(data['ms']) / 1000:.3f} s" if isinstance(data.get("ms"), int) else "-")
        said.append(f"  {number:3d}  {time:20}  {name}")
        said += [f"       - {line}" for line in TOLD.get(what, plain_lines)(voice, what, data)]
    return said


def cleaned(value: Any) -> Any:
    """Make every text of a value visible ASCII: drives and hubs wrote them, and they meet translated words here."""
    if isinstance(value, dict):
        return {visible(str(name)): cleaned(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(held) for held in value]
    return visible(value) if isinstance(value, str) else value


def plain_lines(voice: Voice, _what: str, data: Data) -> list[str]:
    """Show members as they are, one line each, those of members of members too; long values cut with a visible mark."""
    return [f"{name} = {shown(voice, value)}" for name, value in flat(data)]


def flat(data: Data, above: str = "") -> Iterator[tuple[str, Any]]:
    """Give every member by its path, `completion.accepted`, sorted."""
    for name, value in sorted(data.items()):
        if isinstance(value, dict) and value:
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def shown(voice: Voice, value: Any) -> str:
    """Write a value: yes, no and nothing in words, text as it is, the rest as JSON, cut at 300 characters."""
    if value is None or isinstance(value, bool):
        return voice.say(SAID[value])
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
    """Show a command and its reply by name and in raw words, and how often it was asked."""
    if "asked" not in data:
        return plain_lines(voice, "command", data)
    asked, answered = data["asked"], data.get("answered", {})
    name, meaning = command_name(asked), reply_words(asked, answered)
    times = voice.say(", {n} times", n=data["times"]) if "times" in data else ""
    said = [voice.say("at {ms} ms{times}: {asked}", ms=data.get("ms", "?"), times=times, asked=name or raw(asked))]
    said += [raw(asked)] if name else []
    said += [f"-> {meaning}"] if meaning else []
    return [*said, f"-> {raw(answered)}"]


def announced_lines(voice: Voice, what: str, data: Data) -> list[str]:
    """Show a command that is announced by name, then as it stands in the journal."""
    name = command_name(data)
    return [*([name] if name else []), *plain_lines(voice, what, data)]


def raw(data: Data) -> str:
    """Write the members of a command or reply; the words of an NVMe command in hex, as its standard writes them."""
    return " ".join(f"{name}={_hex(name, value)}" for name, value in sorted(data.items()) if value != "")


def _hex(name: str, value: Any) -> str:
    digits = 8 if name in ("nsid", "argument") or name.startswith("cdw") else 2 if name == "opcode" else 0
    if digits and isinstance(value, int):
        return f"{value:0{digits}x}h"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def smart_lines(voice: Voice, what: str, data: Data) -> list[str]:
    """Say which numbers of the drive changed, or that they were not read."""
    try:
        health = [f"-> {data['health']['verdict']} ({data['health']['policy']})"] if data.get("health") else []
        health += [f"- {line}" for line in data.get("health", {}).get("reasons", [])]
        unread = [name for name in ("before", "after") if not data[f"read_{name}"]]
        changed = [f"{name}: {old} -> {new}" for name, (old, new) in sorted(data["changed"].items())]
    except (KeyError, TypeError, ValueError):
        return plain_lines(voice, what, data)
    if unread:
        return [voice.say(UNREAD[tuple(unread)]), *health]
    return [*(changed or [voice.say("read before and after, nothing changed")]), *health]


def facts_lines(voice: Voice, what: str, data: Data) -> list[str]:
    """Show who the drive is and its ledger of sizes; the raw readings are in the JSON form."""
    try:
        identity, hidden = data["device"]["identity"], data["hidden"]
        named = f"{identity['model']}  {identity['serial']}  {identity['wwn']}  {identity['firmware']}"
        areas = ", ".join(f"{name.upper()} {area_words(hidden[name], voice.lang)}" for name in ("hpa", "dco", "ama"))
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
    "COMMANDED": announced_lines,
    "smart": smart_lines,
    "facts": facts_lines,
    "facts-after": facts_lines,
}
