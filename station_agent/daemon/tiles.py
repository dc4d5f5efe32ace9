"""From what is known of a drive to its tile. Pure: the same knowledge gives the same picture.

A tile says ERASED only for a line that is closed, and a line is closed only by a durable statement.
"""

from dataclasses import dataclass
from typing import Final, Literal

from erasure.drive import BlockDevice
from erasure.heat import limit_of as hottest
from erasure.methods import method_named
from erasure.outcome import Level, Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal
from station_agent.asked import PSID_REVERT
from station_agent.board import Line, LineState
from station_agent.control.view import MethodView, Phrase, PlanView, ReasonView, RunView, Tile, TileState
from station_agent.daemon.drives import Seen
from station_agent.daemon.phrases import SILENT, phrase, reason_view, reason_views
from station_agent.daemon.reading import Look
from station_agent.drive_sheet import MethodRow, method_rows
from station_agent.drive_words import decisive
from station_agent.expected import expected_seconds
from station_agent.journal import OpenRun
from station_agent.language import visible
from station_agent.limits import Limit, Pace
from station_agent.links import Link
from station_agent.live import NOTICES
from station_agent.planning import Surveyed

PATIENCE_S: Final = 20.0  # after that a drive that was not read is said not to answer
VERDICTS: Final = {
    "ERASED": TileState.ERASED,
    "ERASED_WITH_EXCEPTIONS": TileState.EXCEPTIONS,
    "FAILED": TileState.FAILED,
    "UNCONFIRMED": TileState.UNCONFIRMED,
    "NOT_ERASED": TileState.REFUSED,
}
LINES: Final = {
    LineState.WAITING: TileState.RUNNING,
    LineState.RUNNING: TileState.RUNNING,
    LineState.INTERRUPTED: TileState.INTERRUPTED,
    LineState.POWER_CYCLE: TileState.POWER_CYCLE,
    LineState.UNSTATED: TileState.UNSTATED,
}
BY_BYTES: Final = frozenset({"probe", "write", "verify"})  # phases in which the rate is that of a transfer


@dataclass(frozen=True, slots=True)
class Way:
    """How fast a drive may go: its links, and the rates in bytes per second of drives of its model that run now."""

    links: tuple[Link, ...] = ()
    measured: tuple[int, ...] = ()


NO_WAY: Final = Way()
Kept = Literal["", "queued", "confirmed", "refused", "conflict"]


def tile_of(
    seen: Seen,
    line: Line | None,
    kept: Kept,
    now: float,
    *,
    method: str = "",
    notice: Phrase | None = None,
    limited: Limit = "",
) -> Tile:
    """Draw the tile of a drive; `now` in monotonic seconds, `method` that of its run, `notice` what goes first."""
    look, device = seen.look, seen.device if seen.look is None else seen.look.surveyed.device
    run = line_view(line, kept, method, notice or seen.mishap, limited) if line is not None else None
    waiting = None if look is None or line is not None else look.surveyed.open_run
    return Tile(
        slot=seen.slot,
        state=state_of(seen, line, now),
        drive=seen.key,
        path=device.path,
        model=visible(device.identity.model),
        serial=visible(device.identity.serial),
        firmware=visible(device.identity.firmware),
        bus=device.identity.bus,
        size_bytes=device.size_bytes,
        health="" if look is None else look.health.value,
        hours=None if look is None else look.hours,
        celsius=warmth(seen, line),
        lot=seen.lot,
        asset=seen.asset,
        reasons=() if line is not None else why(seen, now),
        run=run or (None if waiting is None else open_view(waiting)),
        earlier=None if look is None else look.earlier,
        countdown_s=max(0, round(seen.starts - now)) if seen.approved is not None and not seen.held else None,
        unattended=seen.unattended if line is None else None,
        frozen=line is None and is_frozen(look),
        simulated=device.simulated,
    )


def warmth(seen: Seen, line: Line | None) -> int | None:
    """Give the temperature of a drive in degrees Celsius: that of its run, else that of the last look at its health."""
    if line is not None and not line.over and line.celsius is not None:
        return line.celsius
    return None if seen.look is None else seen.look.celsius


def pace_of(seen: Seen, line: Line | None) -> Pace:
    """Give how fast a drive is erased now, and over which way; at rest where no bytes pass."""
    look = seen.look
    facts = None if look is None else look.surveyed.outcome.facts
    if line is None or line.over or look is None:
        return Pace(0)
    rotational = None if facts is None else facts.rotational
    rate = line.rate if line.phase in BY_BYTES else 0
    return Pace(rate, look.links, line.celsius, hottest(rotational=rotational), line.notice)


def undrawn_tile(seen: Seen, *, runs: bool) -> Tile:
    """Draw a drive of which nothing more can be shown, because the program failed over it."""
    return Tile(
        slot=seen.slot,
        state=TileState.RUNNING if runs else TileState.PROTECTED,
        drive=seen.key,
        path=seen.device.path,
        serial=visible(seen.device.identity.serial),
        reasons=(ReasonView(code=str(ReasonCode.STATUS_UNREADABLE), remedy=seen.mishap),),
    )


def is_frozen(look: Look | None) -> bool:
    """Say whether the firmware of the machine has frozen the security of a drive that was read."""
    facts = None if look is None else look.surveyed.outcome.facts
    return facts is not None and facts.ata is not None and facts.ata.security.frozen


def state_of(seen: Seen, line: Line | None, now: float) -> TileState:
    """Say where the drive stands: its run in this presence goes first, then what was read of it."""
    if line is not None and (line.state is LineState.CLOSED or line.state in LINES):
        return LINES.get(line.state) or VERDICTS.get(line.verdict, TileState.UNCONFIRMED)
    if seen.mishap is not None:
        return TileState.PROTECTED
    if seen.look is None:
        return TileState.READING if now - seen.came < PATIENCE_S else TileState.PROTECTED
    drive, run = seen.look.surveyed, seen.look.surveyed.open_run
    if isinstance(drive.outcome, Refusal):
        return refused_state({reason.code for reason in decisive(drive) or drive.outcome.reasons})
    if run is not None:
        return TileState.POWER_CYCLE if run.waits_for_power else TileState.INTERRUPTED
    return TileState.COUNTDOWN if seen.approved is not None and not seen.held else TileState.READY


def refused_state(codes: set[ReasonCode]) -> TileState:
    """Say what stands in the way of a drive: what a person can open goes before what protects it."""
    if codes & {ReasonCode.LOCKED, ReasonCode.COUNT_EXPIRED}:
        return TileState.LOCKED
    return TileState.FROZEN if ReasonCode.FROZEN in codes else TileState.PROTECTED


def why(seen: Seen, now: float) -> tuple[ReasonView, ...]:
    """Say why the drive is not ready."""
    if seen.mishap is not None:
        return (ReasonView(code=str(ReasonCode.STATUS_UNREADABLE), remedy=seen.mishap),)
    if seen.look is None:
        silent = now - seen.came >= PATIENCE_S
        return (reason_view(str(ReasonCode.TRANSPORT), SILENT, seen.device),) if silent else ()
    return refusals(seen.look.surveyed)


def refusals(drive: Surveyed) -> tuple[ReasonView, ...]:
    """Give the reasons of a refusal that decide; none of a drive that can be erased."""
    if isinstance(drive.outcome, ErasurePlan):
        return ()
    others = tuple(one.path for one in drive.namespaces)
    return reason_views(decisive(drive) or drive.outcome.reasons, drive.device, others)


def plan_view(plan_id: str, key: str, drive: Surveyed, way: Way = NO_WAY) -> PlanView:
    """Draw the plan or the refusal of a drive; `way` says how fast it may go."""
    outcome, device = drive.outcome, drive.device
    methods = tuple(
        MethodView(
            id=row.id,
            level=level_of(row),
            chosen=row.planned,
            step=row.step,
            expected_s=time_of(row, drive, way),
            reason=None if row.reason is None else reason_view(str(row.reason.code), row.reason.detail, device),
        )
        for row in method_rows(drive)
    )
    head = PlanView(id=plan_id, drive=key, serial=visible(drive.serial), methods=methods, refusals=refusals(drive))
    if not isinstance(outcome, ErasurePlan):
        return head
    return head.model_copy(
        update={
            "method": outcome.method,
            "level": str(outcome.level),
            "expected_s": next((one.expected_s for one in methods if one.chosen), None),
            "exceptions": reason_views(outcome.exceptions, device),
            "goes_on": drive.open_run is not None,
            "together": drive.together,
            "wants_psid": PSID_REVERT in outcome.before,
        }
    )


def level_of(row: MethodRow) -> str:
    """Give the level that a method earns where it applies; "" for one that does not, or that only opens a drive."""
    level = method_named(row.id).level
    return str(level) if (row.planned or row.reason is None) and level is not Level.NONE else ""


def time_of(row: MethodRow, drive: Surveyed, way: Way) -> int | None:
    """Give the seconds that a method will take where it applies; None where nobody can say."""
    facts, outcome = drive.outcome.facts, drive.outcome
    if facts is None or not isinstance(outcome, ErasurePlan) or not (row.planned or row.step or row.reason is None):
        return None
    verification = outcome.verification
    return expected_seconds(row.id, facts, verification=verification, links=way.links, measured=way.measured)


def unread_plan(key: str, device: BlockDevice, reason: Reason) -> PlanView:
    """Draw the refusal of a drive of which nothing could be read."""
    return PlanView(
        id="",
        drive=key,
        serial=visible(device.identity.serial),
        refusals=(reason_view(str(reason.code), reason.detail, device),),
    )


def line_view(line: Line, kept: Kept, method: str, notice: Phrase | None = None, limited: Limit = "") -> RunView:
    """Draw a run of this process."""
    return RunView(
        run_id=line.run_id,
        phase=line.phase,
        done_bytes=line.done,
        total_bytes=line.total,
        rate=line.rate,
        eta_s=line.eta_s,
        elapsed_s=line.elapsed_s,
        expected_s=line.expected_s,
        bad_sectors=line.bad,
        celsius=None if line.over else line.celsius,
        limited_by=limited,
        silent=line.silent,
        safe_to_lose_power=outlives_power_cut(line.method or method),
        method=line.method or method,
        level=line.level,
        verdict=line.verdict,
        reasons=tuple(reason_view(code, detail, line.device) for code, detail in line.reasons),
        exceptions=tuple(reason_view(code, detail, line.device) for code, detail in line.exceptions),
        statement=line.statement_id,
        kept=kept,
        resumed=line.resumed,
        notice=notice or (phrase(NOTICES[line.notice]) if line.notice in NOTICES else None),
    )


def open_view(run: OpenRun) -> RunView:
    """Draw a run that nobody works on."""
    context = run.context
    return RunView(
        run_id=run.run_id,
        done_bytes=min(run.offset, context.facts.size_bytes),
        total_bytes=context.facts.size_bytes,
        method=context.method,
        safe_to_lose_power=outlives_power_cut(context.method),
    )


def outlives_power_cut(method: str) -> bool:
    """Say whether the drive goes on by itself after a power cut, or the run is taken up where it was."""
    return method.startswith("overwrite.") or ".sanitize." in method or method == "emmc.sanitize"
