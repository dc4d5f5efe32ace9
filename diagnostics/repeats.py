"""Machines that this bench saw before, and what one of them shows too: a serial, a UUID, the serial of the board.

Two readings are of one machine where their asset tags agree, or where nothing that both tell differs. Of earlier
reports, which may be of any shape, only what is text is taken. Nothing is read from a disk here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from diagnostics import plain
from diagnostics.identity import MachineIdentity, is_another, with_repeats
from diagnostics.machine import MachineReport

BOARD = "board"
_FIELDS = ("maker", "model", "serial", "uuid")


@dataclass(frozen=True, slots=True)
class SeenMachine:
    """One earlier reading: who the machine said it was, the serial of its board, and its asset tag."""

    identity: MachineIdentity
    board: str
    asset: str


def seen_machine(machine: object, asset: str) -> SeenMachine:
    """Read the member `machine` of an earlier report; what it lost as repeated is taken up again. Never raises."""
    stated = plain.table(plain.table(machine).get("identity"))
    values = plain.table(stated.get("repeated_values"))
    maker, model, serial, uuid = (plain.text(stated.get(name)) or plain.text(values.get(name)) for name in _FIELDS)
    board = plain.text(plain.table(plain.table(machine).get("board")).get("serial"))
    return SeenMachine(MachineIdentity(maker, model, serial, uuid, "", "", "", ()), board, asset)


def without_repeats(machine: MachineReport, asset: str, seen: Iterable[SeenMachine]) -> MachineReport:
    """Return the report with what another machine shows too taken out of its identity, and named there."""
    others = [one for one in seen if not (asset and asset == one.asset) and is_another(machine.identity, one.identity)]
    identity = with_repeats(machine.identity, [one.identity for one in others])
    if machine.board[2] and any(one.board == machine.board[2] for one in others):
        identity = replace(identity, repeated=(*identity.repeated, BOARD))
    return machine if identity == machine.identity else replace(machine, identity=identity)
