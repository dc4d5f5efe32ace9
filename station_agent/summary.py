"""What is said of every drive when the work is over: verdict, reasons, sectors, statement, where kept, what next."""

from station_agent.board import Board, Line, LineState
from station_agent.language import Voice, mark, visible
from station_agent.outbox import OutboxState
from station_agent.words import ADVICE, range_words, reason_words, size_words, state_words

KEPT = {
    OutboxState.QUEUED: mark("saved on this stick, not yet confirmed by the hub"),
    OutboxState.CONFIRMED: mark("confirmed by the hub"),
    OutboxState.REFUSED: mark("refused by the hub: show `etabli-station outbox` to the lead"),
    OutboxState.CONFLICT: mark("in conflict with what the hub has: show `etabli-station outbox` to the lead"),
}


def summary(voice: Voice, board: Board, states: dict[str, OutboxState | None]) -> list[str]:
    """Give the lines of the summary. `states`: where each statement is, by its id."""
    said = ["", voice.say("Result")]
    for line in board.lines.values():
        said += _about(voice, line, states.get(line.statement_id))
    return said


def _about(voice: Voice, line: Line, state: OutboxState | None) -> list[str]:
    identity = line.device.identity
    named = f"{visible(identity.model)}  {visible(identity.serial)}  {size_words(line.device.size_bytes)}"
    said = ["", f"{line.device.name}  {named}", f"  {state_words(voice, line)}"]
    said += [f"  - {reason_words(voice, code, detail)}" for code, detail in line.reasons]
    said += [
        "  - " + voice.say("exception: {what}", what=reason_words(voice, code, detail))
        for code, detail in line.exceptions
    ]
    said += [f"  - {range_words(voice, kind, ranges)}" for kind, ranges in line.ranges.items() if ranges]
    if line.verdict in ADVICE:
        said.append("  > " + voice.say(ADVICE[line.verdict]))
    if line.statement_id and state is not None:
        said.append("  " + voice.say("statement {id}", id=line.statement_id))
        said.append("  " + voice.say(KEPT[state]))
    if line.state is LineState.NOT_BEGUN and line.detail:
        said.append(f"  - {visible(line.detail)}")
    if line.state in (LineState.INTERRUPTED, LineState.UNSTATED):
        said += _how_to_go_on(voice, line)
    return said


def _how_to_go_on(voice: Voice, line: Line) -> list[str]:
    said = [f"  - {visible(line.detail)}"] if line.detail else []
    command = f"etabli-station erase {line.device.path} --confirm {visible(line.device.identity.serial)}"
    return [
        *said,
        "  > " + voice.say("The drive is NOT erased yet. To go on where it stopped: {command}", command=command),
        "  > " + voice.say("To give this run up and start over, add --restart."),
    ]
