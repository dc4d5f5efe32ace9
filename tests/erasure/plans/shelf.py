"""The drives of a random workshop: each has its own medium, its own vices, and a place on the bench or on the shelf.

What is plugged under a node is a matter of the moment. A cord that is pulled, or power that goes, ends everything that
goes through it, and takes what was not flushed along.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from erasure.drive import BlockDevice
from erasure.simulated import FaultKind, SimulatedBlockDrive, SimulatedDrive
from erasure.simulated.contents import prepare_backing
from erasure.simulated.namespaces import spread
from erasure.simulated.specification import drive_from_document
from erasure.transport.ports import CommandPorts
from tests.erasure.plans.wire import Tap, TappedDrive

NODES = ("sda", "sdb", "sdc")
NEVER = 1 << 60  # bytes: the drive keeps what is not flushed apart, so that its power can be cut at any moment


@dataclass(eq=False)
class Piece:
    """One drive, with a table of a bench file. `node` is "" while it lies on the shelf."""

    number: int
    table: dict[str, Any]
    folder: Path
    node: str = ""
    power: int = 1
    sequence: int = 0  # number that the kernel gave this disk when it appeared
    vices: tuple[str, ...] = ()
    faults: tuple[dict[str, Any], ...] = ()
    sound: bool = True  # it never had a vice

    @property
    def serial(self) -> str:
        return f"DEMO-{self.number:04}"

    @property
    def names(self) -> frozenset[str]:
        """Serial numbers under which it may answer honestly: its own, its bridge's."""
        return frozenset({self.serial, f"DEMO-BRIDGE-{self.number}"})

    def disks(self) -> tuple[SimulatedDrive, ...]:
        """Every disk that it is, one for each namespace."""
        kept = {"kind": str(FaultKind.POWER_LOSS), "after_bytes": NEVER}
        named = {"name": f"d{self.number}", "serial": self.serial, "model": "DEMO RANDOM", "firmware": "1"}
        table = {**self.table, **named, "power": self.power, "faults": [*self.faults, kept]}
        if self.vices:
            table["vices"] = list(self.vices)
        if "bridge_serial" in table.get("ata", {}):
            table["ata"] = {**table["ata"], "bridge_serial": f"DEMO-BRIDGE-{self.number}"}
        return spread([drive_from_document(table, self.number)])

    def backing(self, disk: SimulatedDrive) -> Path:
        path = self.folder / f"{disk.name}.img"
        prepare_backing(disk, path)
        return path

    def media(self) -> dict[str, bytes]:
        """Every byte of every medium, by the name of its disk."""
        return {disk.name: self.backing(disk).read_bytes() for disk in self.disks()}

    def memory(self) -> str:
        path = self.folder / f"{self.disks()[0].name}.memory.json"
        return path.read_text("utf-8") if path.exists() else "{}"


@dataclass
class Cord:
    """What goes to a drive, until it is pulled: then nothing answers any more."""

    inner: Any
    pulled: Callable[[], bool]

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self.inner, name)

        def through(*given: Any, **named: Any) -> Any:
            if self.pulled():
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
            return asked(*given, **named)

        return through


class Plugged(TappedDrive):
    """A disk under a node of the moment, with the tap in its line."""

    def __init__(self, piece: Piece, disk: SimulatedDrive, clock: Any, tap: Tap) -> None:
        super().__init__(SimulatedBlockDrive(disk, piece.backing(disk), clock), tap)
        self.piece, self.node, self.sequence = piece, piece.node, piece.sequence
        self.state = self._inner.state
        self.device = self.here(self._inner.device)
        if self.state.inside.gone():
            self._inner.close()
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    def here(self, seen: BlockDevice) -> BlockDevice:
        """Name a disk as the kernel does now."""
        name = self.node + seen.name.removeprefix(f"d{self.piece.number}")
        return replace(seen, name=name, path=f"sim:{name}", minor=NODES.index(self.node), diskseq=self.sequence)

    def sighting(self) -> BlockDevice:
        return self.here(self._inner.sighting())

    def diskseq(self) -> int:
        return self.sequence

    def companions(self) -> tuple[BlockDevice, ...]:
        return tuple(self.here(other) for other in self._inner.companions())

    def commands(self) -> CommandPorts:
        ports = super().commands()
        each = {name: getattr(ports, name) for name in CommandPorts.__slots__}
        return CommandPorts(**{name: port and Cord(port, lambda: self.state.gone) for name, port in each.items()})

    def pull(self) -> None:
        """Take the cord away: what was not flushed is lost."""
        self.state.cut_power()


@dataclass
class Shelf:
    """All drives of the workshop, and which of them is plugged where."""

    folder: Path
    clock: Any
    pieces: list[Piece] = field(default_factory=list)
    appeared: int = 0
    open_ports: list[Plugged] = field(default_factory=list)

    def add(self, table: dict[str, Any], *, sound: bool) -> Piece:
        piece = Piece(len(self.pieces) + 1, {**table, "vices": []} if "vices" in table else table, self.folder)
        piece.sound = sound
        self.pieces.append(piece)
        return piece

    def at(self, node: str) -> Piece | None:
        return next((piece for piece in self.pieces if piece.node == node), None)

    def plug(self, piece: Piece, node: str) -> None:
        """Put a drive under a node; another one that is there goes back to the shelf."""
        self.unplug(self.at(node))
        self.unplug(piece)
        self.appeared += 1
        piece.node, piece.sequence = node, self.appeared

    def unplug(self, piece: Piece | None) -> None:
        if piece is not None and piece.node:
            piece.node, piece.power = "", piece.power + 1

    def power_cycle(self) -> None:
        """Switch the whole bench off and on."""
        for piece in self.pieces:
            if piece.node:
                self.appeared += 1
                piece.power, piece.sequence = piece.power + 1, self.appeared

    def open(self, name: str, tap: Tap) -> Plugged:
        """Open what is plugged under this name now. Raises OSError."""
        for piece in self.pieces:
            for disk in piece.disks() if piece.node else ():
                if name == piece.node + disk.name.removeprefix(f"d{piece.number}"):
                    port = Plugged(piece, disk, self.clock, tap)
                    self.open_ports.append(port)
                    return port
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))

    def pull(self) -> None:
        """Pull the cords of everything that is open."""
        for port in self.open_ports:
            port.pull()
