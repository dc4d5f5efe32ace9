"""Codes of the engine in the words of the bench: phases, verdicts, states, reasons. Never colour alone."""

from collections.abc import Iterable
from typing import Final

from certificates.figures import NO_BREAK, capacity
from certificates.wording import LEVEL_WORD
from certificates.wording.details import detail_words
from erasure.drive import BlockDevice
from station_agent.board import Line, LineState
from station_agent.language import Voice, mark, visible

PHASES: Final = {
    "": mark("waiting"),
    "prepare": mark("preparing"),
    "probe": mark("probing"),
    "restore": mark("restoring size"),
    "plant": mark("marking"),
    "write": mark("erasing"),
    "command": mark("erasing"),
    "look": mark("verifying"),
    "verify": mark("verifying"),
}
VERDICTS: Final = {
    "ERASED": mark("[OK] ERASED"),
    "ERASED_WITH_EXCEPTIONS": mark("[!!] ERASED, WITH EXCEPTIONS"),
    "FAILED": mark("[KO] FAILED: not erased"),
    "UNCONFIRMED": mark("[??] UNCONFIRMED: neither erased nor intact"),
    "NOT_ERASED": mark("[--] NOT TOUCHED"),
}
STATES: Final = {
    LineState.NOT_BEGUN: mark("[--] NOT BEGUN"),
    LineState.WAITING: mark("waiting"),
    LineState.RUNNING: mark("running"),
    LineState.INTERRUPTED: mark("[..] INTERRUPTED"),
    LineState.POWER_CYCLE: mark("[..] SWITCH IT OFF AND ON"),
    LineState.UNSTATED: mark("[..] OVER, BUT NOT RECORDED"),
    LineState.CLOSED: mark("recorded"),
}
REASONS: Final = {
    "FROZEN": mark("the drive is frozen by the firmware of this machine"),
    "LOCKED": mark("the drive is locked by a password"),
    "COUNT_EXPIRED": mark("the drive refuses more password attempts until it is powered off"),
    "UNSUPPORTED": mark("no method of the policy works on this drive"),
    "BRIDGE": mark("a USB bridge stands in between"),
    "RAID_VOLUME": mark("it belongs to a RAID or a volume group"),
    "IN_USE": mark("it is in use"),
    "BOOT_MEDIUM": mark("this machine started from it"),
    "READ_ONLY": mark("it refuses writes"),
    "IDENTITY": mark("its identity is in doubt"),
    "SIZE": mark("its capacity changed or cannot be true"),
    "HIDDEN_AREA": mark("an area that this machine cannot see is not accounted for"),
    "ABORTED": mark("the drive refused the command"),
    "TRANSPORT": mark("the connection to the drive failed"),
    "STATUS_UNREADABLE": mark("the drive does not tell how the erasure ended"),
    "STUCK": mark("the drive stopped making progress"),
    "DEVICE_LOST": mark("the drive disappeared"),
    "HOST_RESET": mark("the machine restarted in the middle"),
    "WRONG_ACTION": mark("the drive did something else than it was told"),
    "CANARY_SURVIVED": mark("old data survived"),
    "MISMATCH": mark("read-back found sectors that do not hold what was written"),
    "READ_ERROR": mark("sectors could not be read back"),
    "WRITE_ERROR": mark("sectors could not be written"),
    "NOT_IN_LOT": mark("it does not belong to this lot"),
    "OPERATOR": mark("decided by a person or a policy"),
    "NO_CANARIES": mark("no marks could be put on it: only the drive's own word speaks for the erasure"),
}
ADVICE: Final = {
    "FAILED": mark("Put it aside for destruction, or try again on another port."),
    "UNCONFIRMED": mark("Do not let it leave. Ask the lead."),
    "NOT_ERASED": mark("Remove what protects it, then try again."),
    "ERASED_WITH_EXCEPTIONS": mark("A lead must accept the exceptions by name."),
}
KINDS: Final = {
    "write": mark("not written"),
    "read": mark("not readable"),
    "mismatch": mark("different"),
}
SHOWN_RANGES: Final = 8
REACHED: Final = ("CLEAR", "PURGE")
SHORT: Final = 8  # characters of a run id or a statement id that a person reads: `report` finds it by them


def ending_words(voice: Voice, line: Line) -> str:
    """Say a verdict with the method, the level that was reached and the statement that a person finds it by."""
    if line.state is not LineState.CLOSED:
        return state_words(voice, line)
    level = LEVEL_WORD[line.level] if line.level in REACHED else ""
    statement = voice.say("statement {id}", id=line.statement_id[:SHORT]) if line.statement_id else ""
    return "  ".join(told for told in (state_words(voice, line), line.method, level, statement) if told)


def state_words(voice: Voice, line: Line) -> str:
    """Say where a drive stands: phase, verdict or open state."""
    if line.state is LineState.CLOSED:
        return voice.say(VERDICTS[line.verdict])
    if line.state is LineState.RUNNING:
        return voice.say(PHASES.get(line.phase, line.phase))
    return voice.say(STATES[line.state])


def verdict_words(voice: Voice, verdict: str) -> str:
    """Say a verdict inside a sentence: without the sign that begins a line."""
    return voice.say(VERDICTS[verdict]).partition("] ")[2] if verdict in VERDICTS else visible(verdict)


def reason_words(voice: Voice, code: str, detail: str) -> str:
    """Say a reason and the fact behind it."""
    words = voice.say(REASONS[code]) if code in REASONS else code
    return f"{words} ({fact_words(voice, detail)})" if detail else words


def fact_words(voice: Voice, detail: str) -> str:
    """Say the fact behind a reason, hostile text visible, in glyphs that the console has."""
    return detail_words(visible(detail), voice.lang).replace("’", "'")


def grouped(reasons: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join the details of reasons that share a code: one sentence for each code, in the order of the first."""
    details: dict[str, list[str]] = {}
    for code, detail in reasons:
        details.setdefault(code, []).extend([detail] if detail else [])
    return [(code, "; ".join(dict.fromkeys(told))) for code, told in details.items()]


def range_words(voice: Voice, kind: str, ranges: tuple[tuple[int, int], ...]) -> str:
    """Say which sectors are bad: `LBA 2000-2007, 9000 (9 sectors)`, cut after eight ranges with the rest counted."""
    shown = ", ".join(str(first) if n == 1 else f"{first}-{first + n - 1}" for first, n in ranges[:SHOWN_RANGES])
    more = (
        voice.count(" and {n} more range", " and {n} more ranges", left)
        if (left := len(ranges) - SHOWN_RANGES) > 0
        else ""
    )
    total = voice.count("{n} sector", "{n} sectors", sum(n for _, n in ranges))
    kinds = voice.say(KINDS[kind])
    return voice.say("{kind}: LBA {ranges} ({total})", kind=kinds, ranges=shown + more, total=total)


def named(device: BlockDevice, lang: str) -> str:
    """Name a drive so that nobody takes another: path, model, whole serial, capacity."""
    identity = device.identity
    size = size_words(device.size_bytes, lang)
    return f"{device.path}  {visible(identity.model)}  {visible(identity.serial)}  {size}"


def size_words(size: int, lang: str) -> str:
    """Write a capacity as drive makers do: decimal units, three figures, as pages and certificates write it."""
    return capacity(size, lang).replace(NO_BREAK, " ")


def time_words(seconds: int | None) -> str:
    """Write a duration as `1:02:03` or `2:03`; `-` when unknown."""
    if seconds is None:
        return "-"
    hours, rest = divmod(max(0, seconds), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
