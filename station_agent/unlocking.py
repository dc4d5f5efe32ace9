"""Opening a drive that our own interrupted security erase left locked: UNLOCK, then DISABLE PASSWORD, as announced.

Erases nothing and claims nothing. Every command is durable in the state of the bench before it is sent.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from erasure.announcement import Announced
from erasure.ata.unlock import unlock
from erasure.clock import SystemClock
from erasure.drive import DriveFacts
from erasure.outcome import Reason
from erasure.passes import Ports
from erasure.transport.ports import BlockPort
from station_agent.store import Store

Unlock = Callable[[Ports, DriveFacts], tuple[Reason, ...]]
NOTE: Final = "unlock"


def by_published_password(ports: Ports, facts: DriveFacts) -> tuple[Reason, ...]:
    """Try the published password of an interrupted erase; give what is in the way, empty when the drive is open."""
    return unlock(ports, facts).obstacles


def open_locked(
    store: Store, port: BlockPort, facts: DriveFacts, opener: Unlock = by_published_password
) -> tuple[tuple[Reason, ...], tuple[dict[str, Any], ...]]:
    """Try to open the drive; give what is in the way, empty when it is open, and every command with its reply.

    Raises `StoreError` when an announcement cannot be kept (nothing is sent then), OSError when the drive left.
    """
    serial = facts.device.identity.serial
    told: list[dict[str, Any]] = []
    name = f"{NOTE}:{serial}"
    earlier: list[dict[str, Any]] = json.loads(store.noted(name, "[]"))

    def durable(document: dict[str, Any]) -> None:
        told.append({"announced": document})
        store.note(name, json.dumps([*earlier, *told]))

    guard = Announced(port.commands(), durable, lambda item: told.append({"sent": item}))
    obstacles = opener(ports_for(port, guard, durable), facts)
    store.note(name, json.dumps([*earlier, *told, {"obstacles": [f"{one.code} {one.detail}" for one in obstacles]}]))
    return obstacles, tuple(told)


def ports_for(port: BlockPort, guard: Announced, durable: Callable[[dict[str, Any]], None]) -> Ports:
    """Give ports through which commands can be sent, and nothing can be written."""
    return Ports(
        block=port,
        secret=b"",
        offset=0,
        begun=False,
        bad=(),
        verification="full",
        sample_sectors=0,
        seed="",
        checkpoint=lambda _offset, _bad: None,
        found=lambda _unreadable, _mismatch: None,
        progress=lambda _phase, _done, _bad: None,
        clock=SystemClock(),
        stop=lambda: False,
        commands=guard.ports,
        announce=guard.announce,
        accepted=durable,
    )
