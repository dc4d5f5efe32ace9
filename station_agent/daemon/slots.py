"""The bays of a bench as they stand: which drive is in which, from a file or in the order in which they came.

`slots.toml` (`etabli.slots/1`): `columns`, and a `[[slot]]` for every bay, row by row, with `name` and one of `path`
(udev's ID_PATH), `scsi` (host:channel:target:lun) or `device` (the path of the disk), each with * and ? as in file
names; a slot without any takes what no other wants. A place is never an identity: no decision rests on it.
"""

import re
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from erasure.drive import BlockDevice
from station_agent.errors import UsageError
from station_agent.language import mark

FILE: Final = "slots.toml"
SCHEMA: Final = "etabli.slots/1"
KINDS: Final = ("path", "scsi", "device")
MOST: Final = 500  # slots of one bench
SCSI: Final = re.compile(r"/(\d+:\d+:\d+:\d+)/block/")


@dataclass(frozen=True, slots=True)
class Bay:
    """One slot. `pattern` of a `kind`, "" for a slot that takes any drive."""

    name: str
    kind: str = ""
    pattern: str = ""
    numbered: bool = False  # no file names it: it stands for the first place where a drive was seen

    def fits(self, device: BlockDevice) -> bool:
        """Say whether this disk is plugged into this bay."""
        return bool(self.pattern) and fnmatchcase(places_of(device)[self.kind], self.pattern)


@dataclass(slots=True)
class Slots:
    """Where each disk is. Bays that were never named are numbered as they are needed, and stay."""

    bays: list[Bay] = field(default_factory=list)
    columns: int = 0
    _in: dict[str, str] = field(default_factory=dict)  # name of the slot: key of the disk
    _last: dict[str, str] = field(default_factory=dict)  # ID_PATH: name of the slot that it had last

    @property
    def names(self) -> tuple[str, ...]:
        """Every slot, as they stand."""
        return tuple(bay.name for bay in self.bays)

    def holds(self, name: str) -> str:
        """Give the key of the disk in a slot, "" when it is empty."""
        return self._in.get(name, "")

    def put(self, key: str, device: BlockDevice) -> str:
        """Give the slot of a disk that came."""
        name = self._for(device)
        self._in[name] = key
        if path := places_of(device)["path"]:
            self._last[path] = name
        return name

    def take(self, key: str) -> None:
        """Empty the slot of a disk that left."""
        self._in = {name: one for name, one in self._in.items() if one != key}

    def _for(self, device: BlockDevice) -> str:
        free = [bay for bay in self.bays if bay.name not in self._in]
        path = places_of(device)["path"]
        fitting = (bay for bay in free if bay.fits(device))
        known = (bay for bay in free if path and self._last.get(path) == bay.name)
        named = (bay for bay in free if not bay.pattern and not bay.numbered)
        others = set() if not path else set(self._last.values())  # numbered for the place of another drive
        unclaimed = (bay for bay in free if bay.numbered and bay.name not in others)
        chosen = next((bay for group in (fitting, known, named, unclaimed) for bay in group), None)
        return self._another() if chosen is None else chosen.name

    def _another(self) -> str:
        number = next(n for n in range(1, len(self.bays) + 2) if str(n) not in self.names)
        self.bays.append(Bay(str(number), numbered=True))
        return str(number)


def places_of(device: BlockDevice) -> dict[str, str]:
    """Say where a disk is plugged in, in every way that is known; "" for one that is not."""
    found = SCSI.search(device.properties.get("DEVPATH", ""))
    return {
        "path": device.properties.get("ID_PATH", ""),
        "scsi": "" if found is None else found[1],
        "device": device.path,
    }


def read_slots(path: Path | None, state: Path) -> Slots:
    """Read the named file, or that of the state folder where there is one. Raises `UsageError`."""
    file = path or state / FILE
    if path is None and not file.exists():
        return Slots()
    try:
        return slots_from(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        detail: object = error.strerror or error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        detail = error
    raise UsageError(mark("The file of slots {path} cannot be used: {detail}"), path=file, detail=detail)


def slots_from(document: dict[str, Any]) -> Slots:
    """Read the document of slots. Raises ValueError, TypeError, KeyError, AttributeError for anything else."""
    if document.get("schema") != SCHEMA or document.keys() - {"schema", "columns", "slot"}:
        raise ValueError(f"not {SCHEMA}, or with members that it does not have")
    columns, rows = document.get("columns", 0), document.get("slot", [])
    if type(columns) is not int or not 0 <= columns <= MOST or len(rows) > MOST:
        raise ValueError(f"columns: {columns!r}")
    bays = [_bay(row) for row in rows]
    if len({bay.name for bay in bays}) != len(bays):
        raise ValueError("two slots have the same name")
    return Slots(bays, columns)


def _bay(row: dict[str, Any]) -> Bay:
    given = [(kind, row[kind]) for kind in KINDS if kind in row]
    stray = row.keys() - {"name", *KINDS}
    texts = [row["name"], *(pattern for _, pattern in given)]
    if stray or len(given) > 1 or not all(isinstance(text, str) and text for text in texts):
        raise ValueError(f"slot {row.get('name')!r}: a name, and at most one of {', '.join(KINDS)}")
    return Bay(row["name"], *given[0]) if given else Bay(row["name"])
