"""What is said of every drive when the work is over: verdict, reasons, sectors, statement, where kept, what next."""

import shlex
from collections.abc import Sequence

from erasure.plan import Refusal
from station_agent.board import Board, Line, LineState
from station_agent.drive_words import decisive
from station_agent.language import Voice, mark, visible
from station_agent.outbox import OutboxState
from station_agent.planning import Surveyed
from station_agent.remedies import next_steps, remedies
from station_agent.words import ADVICE, ending_words, fact_words, grouped, range_words, reason_words, size_words

KEPT = {
    OutboxState.QUEUED: mark("saved on this bench, not yet confirmed by the hub"),
    OutboxState.CONFIRMED: mark("confirmed by the hub"),
    OutboxState.REFUSED: mark("refused by the hub: show `etabli-station outbox` to the lead"),
    OutboxState.CONFLICT: mark("in conflict with what the hub has: show `etabli-station outbox` to the lead"),
}

SWITCH_OFF = mark(
    "Take the drive's power away for 10 seconds (pull it, or switch the whole machine off; a restart is not enough)."
)
AT_WORK = mark(
    "The drive goes on with its command by itself: leave it powered until it is quiet, then come back. An end that "
    "nobody read is erased again; a drive that is locked then: `etabli-station unlock`."
)
SECTORS = {"WRITE_ERROR": "write", "READ_ERROR": "read", "MISMATCH": "mismatch"}


def summary(
    voice: Voice,
    board: Board,
    states: dict[str, OutboxState | None],
    options: tuple[str, ...] = (),
    drives: Sequence[Surveyed] = (),
) -> list[str]:
    """Give the lines of the summary.

    `states`: where each statement is, by its id; `options`: to go on with; `drives`: what was seen of them before.
    """
    said = ["", voice.say("Result")]
    for line in board.lines.values():
        drive = next((one for one in drives if one.device.path == line.device.path), None)
        said += _about(voice, line, states.get(line.statement_id), options, drive)
    return said


def _about(
    voice: Voice, line: Line, state: OutboxState | None, options: tuple[str, ...], drive: Surveyed | None
) -> list[str]:
    identity = line.device.identity
    size = size_words(line.device.size_bytes, voice.lang)
    named = f"{visible(identity.model)}  {visible(identity.serial)}  {size}"
    said = ["", f"{line.device.name}  {named}", f"  {ending_words(voice, line)}"]
    said += [f"  - {_reason(voice, line, code, detail)}" for code, detail in grouped(line.reasons)]
    said += [
        "  - " + voice.say("exception: {what}", what=reason_words(voice, code, detail))
        for code, detail in grouped(line.exceptions)
    ]
    said += [f"  - {range_words(voice, kind, ranges)}" for kind, ranges in line.ranges.items() if ranges]
    said += [f"  > {told}" for told in _what_next(voice, line, drive)]
    if line.statement_id and state is not None:
        said.append("  " + voice.say("statement {id}", id=line.statement_id))
        said.append("  " + voice.say(KEPT[state]))
    if line.state is LineState.NOT_BEGUN and line.detail:
        said.append(f"  - {fact_words(voice, line.detail)}")
    if line.state in (LineState.INTERRUPTED, LineState.POWER_CYCLE, LineState.UNSTATED):
        said += _how_to_go_on(voice, line, options)
    return said


def _what_next(voice: Voice, line: Line, drive: Surveyed | None) -> list[str]:
    """Say what to do about each reason and exception, then about the verdict; of a refused drive what its plan said."""
    if drive is not None and line.verdict == "NOT_ERASED" and isinstance(drive.outcome, Refusal):
        said = next_steps(voice, drive, decisive(drive))
    else:
        disks = [] if drive is None else [other.path for other in drive.namespaces]
        said = remedies(voice, (*line.reasons, *line.exceptions), line.device, disks)
    general = line.verdict in ADVICE and not (said and line.verdict in ("NOT_ERASED", "FAILED"))
    return [*said, voice.say(ADVICE[line.verdict])] if general else said


def _reason(voice: Voice, line: Line, code: str, detail: str) -> str:
    """Say a reason; that so many sectors failed is not said here when their addresses follow."""
    sectors = sum(count for _, count in line.ranges.get(SECTORS.get(code, ""), ()))
    return reason_words(voice, code, "" if sectors and detail.startswith(f"{sectors} sectors ") else detail)


def _how_to_go_on(voice: Voice, line: Line, options: tuple[str, ...]) -> list[str]:
    said = [f"  - {fact_words(voice, line.detail)}"] if line.detail else []
    said += ["  > " + voice.say(AT_WORK)] if line.elapsed_s is not None else []
    words = ("etabli-station", "erase", line.device.path, "--confirm", visible(line.device.identity.serial), *options)
    command = shlex.join(words)
    if line.state is LineState.POWER_CYCLE:
        said.append("  > " + voice.say(SWITCH_OFF))
    return [
        *said,
        "  > " + voice.say("The drive is NOT erased yet. To go on with this run: {command}", command=command),
        "  > " + voice.say("To give this run up and start over, add --restart."),
    ]
