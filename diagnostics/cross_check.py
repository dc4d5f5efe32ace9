"""psutil as the second reader of a running machine: where it and the kernel's files differ, a person is told.

Only for the machine itself ("/"); psutil reads no recorded tree. It is never the source of a field. It changes nothing.
"""

from dataclasses import dataclass

from diagnostics.machine import MachineReport

_SAME_MEMORY_PERMILLE = 250  # firmware counts what is fitted, the kernel what is left of it


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What psutil says; None where it does not tell. Memory in bytes, charge in percent."""

    cores: int | None
    threads: int | None
    memory_bytes: int | None
    battery_percent: int | None
    on_mains: bool | None


def ask_psutil() -> SecondOpinion:
    """Ask psutil about this machine; it is imported here because it is slow to load."""
    import psutil  # noqa: PLC0415 - only where it is used

    battery = psutil.sensors_battery()
    return SecondOpinion(
        psutil.cpu_count(logical=False),
        psutil.cpu_count(logical=True),
        psutil.virtual_memory().total,
        round(battery.percent) if battery else None,
        battery.power_plugged if battery else None,
    )


def differences(machine: MachineReport, other: SecondOpinion) -> tuple[str, ...]:
    """Name the fields in which the two readers differ: "cores", "threads", "memory". Empty is agreement."""
    differs = {
        "cores": bool(other.cores and machine.chip.cores and other.cores != machine.chip.cores),
        "threads": bool(other.threads and machine.chip.threads and other.threads != machine.chip.threads),
        "memory": _memory_differs(machine.memory_bytes, other.memory_bytes),
    }
    return tuple(field for field, holds in differs.items() if holds)


def _memory_differs(ours: int, theirs: int | None) -> bool:
    if not ours or not theirs:
        return False
    return theirs > ours or (ours - theirs) * 1000 > ours * _SAME_MEMORY_PERMILLE
