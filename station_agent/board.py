"""What a person sees of running wipes: one line per drive, kept up to date by the events of the engine."""

from dataclasses import dataclass, field
from enum import StrEnum

from erasure.drive import BlockDevice
from erasure.events import Progress


class LineState(StrEnum):
    """Where one drive stands."""

    NOT_BEGUN = "not-begun"  # nothing was sent to the drive, and nothing is recorded
    WAITING = "waiting"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    POWER_CYCLE = "power-cycle"  # the run goes on once the drive was switched off and on
    UNSTATED = "unstated"  # the run is over, but its statement could not be written: it stays open
    CLOSED = "closed"


@dataclass(slots=True)
class Line:
    """One drive on the board. Sizes in bytes, `rate` in bytes per second."""

    run_id: str
    device: BlockDevice
    state: LineState = LineState.WAITING
    phase: str = ""
    done: int = 0
    total: int = 0
    rate: int = 0
    eta_s: int | None = None
    bad: int = 0
    verdict: str = ""
    reasons: tuple[tuple[str, str], ...] = ()  # code, detail
    exceptions: tuple[tuple[str, str], ...] = ()
    ranges: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)  # write, read, mismatch: LBA and count
    statement_id: str = ""
    detail: str = ""
    resumed: bool = False
    notice: str = ""  # code of the last notice of the engine
    method: str = ""  # of a run that is over
    level: str = ""  # reached: CLEAR, PURGE or NONE
    elapsed_s: int | None = None  # of a command that blocks while the drive tells no progress; None when it tells
    expected_s: int | None = None  # how long the drive says that the command takes
    phases: list[str] = field(default_factory=list)  # in the order in which they began
    unwritten: bool = False  # over, and only the medium kept it from being stated
    celsius: int | None = None  # as the engine heard it last
    silent: bool = False  # nothing was heard of the drive for long: it may hang

    @property
    def serial_end(self) -> str:
        """Last four characters of the serial, as tiles show it."""
        return self.device.identity.serial[-4:]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen on this line."""
        return self.state not in (LineState.WAITING, LineState.RUNNING)

    @property
    def percent(self) -> int:
        """Share of the phase that is done, 0 to 100; 100 only when all of it is."""
        return 0 if self.total <= 0 else min(100, self.done * 100 // self.total)

    def show(self, event: Progress) -> None:
        """Take over a progress event."""
        self.state, self.silent = LineState.RUNNING, False
        if event.phase != self.phase:
            self.phases.append(event.phase)
        self.phase = event.phase
        self.done, self.total = event.done_bytes, event.total_bytes
        self.rate, self.eta_s, self.bad = event.rate, event.eta_s, event.bad_sectors
        self.elapsed_s, self.expected_s = event.elapsed_s, event.expected_s
        self.celsius = event.celsius


@dataclass(slots=True)
class Board:
    """All lines, in the order in which the drives were named."""

    lines: dict[str, Line] = field(default_factory=dict)

    def add(self, line: Line) -> Line:
        """Put a line on the board."""
        self.lines[line.run_id] = line
        return line

    @property
    def running(self) -> tuple[Line, ...]:
        """Lines on which something may still happen."""
        return tuple(line for line in self.lines.values() if not line.over)
