"""The machine around the drives, in the words of a statement."""

from typing import Any

from diagnostics.machine import MachineIdentity, read_machine
from station_agent.assemble import machine_member
from station_agent.bench import Bench


def machine_identity(bench: Bench) -> dict[str, Any] | None:
    """Give the machine of a bench as statements name it; None on a bench without one."""
    return None if bench.machine_root is None else member(read_machine(bench.machine_root).identity)


def member(identity: MachineIdentity) -> dict[str, Any] | None:
    """Map the identity that diagnostics read, by name."""
    return machine_member(
        {
            "maker": identity.maker,
            "model": identity.model,
            "serial": identity.serial,
            "uuid": identity.uuid,
            "chassis": identity.chassis,
            "identity_source": identity.source,
            "identity_grade": identity.grade,
        }
    )
