"""Time as an argument: monotonic for durations, wall time as a claim, and the boot that both belong to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic_ns, sleep
from typing import Protocol


class Clock(Protocol):
    """What the engine asks about time."""

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back, within one boot."""
        ...

    def wall(self) -> str:
        """Wall time as "YYYY-MM-DDTHH:MM:SSZ": a claim of this machine, nothing more."""
        ...

    def boot_id(self) -> str:
        """Identity of this boot; "" where the kernel does not tell."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock. Picklable."""

    boot_id_path: Path = Path("/proc/sys/kernel/random/boot_id")

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back, within one boot."""
        return monotonic_ns()

    def wall(self) -> str:
        """Wall time in UTC, to the second."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def boot_id(self) -> str:
        """Identity of this boot; "" where the kernel does not tell."""
        try:
            return self.boot_id_path.read_text(encoding="ascii").strip()
        except OSError:
            return ""

    def sleep(self, seconds: float) -> None:
        """Wait."""
        sleep(seconds)
