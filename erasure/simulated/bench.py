"""Reads the drives of a bench file (`etabli.bench-file/1`) and keeps their backing files in a work folder.

The machine part of the file is read by the station. Format and schema: `hardware-fixtures/README.md`.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from erasure.drive import BlockDevice
from erasure.simulated.contents import prepare_backing
from erasure.simulated.glimpse import glimpse
from erasure.simulated.namespaces import spread
from erasure.simulated.plugged import as_plugged, plug, sleep, unplug
from erasure.simulated.port import SimulatedExaminer, SimulatedOpener, backing_path
from erasure.simulated.replay import read_transcript
from erasure.simulated.specification import SimulatedDrive, drive_from_document

SCHEMA = "etabli.bench-file/1"


@dataclass(frozen=True, slots=True)
class SimulatedBench:
    """The drives of one bench file, ready to be opened. `document` is the file as it was read."""

    name: str
    path: Path
    workdir: Path
    drives: tuple[SimulatedDrive, ...]
    document: dict[str, Any]

    @property
    def devices(self) -> tuple[BlockDevice, ...]:
        """The whole disks that this bench shows now."""
        places = ((drive, backing_path(self.workdir, drive.name)) for drive in self.drives)
        here = ((now, backing) for drive, backing in places if (now := as_plugged(drive, backing)) is not None)
        shown = (glimpse(drive, backing) for drive, backing in here)
        return tuple(device for device in shown if device is not None)

    @property
    def opener(self) -> SimulatedOpener:
        """The picklable opener of these drives."""
        return SimulatedOpener(self.drives, self.workdir)

    @property
    def examiner(self) -> SimulatedExaminer:
        """The picklable interlocks of these drives."""
        return SimulatedExaminer(self.drives, self.workdir)

    def drive(self, name: str) -> SimulatedDrive:
        """Find a drive by its name ("sda"). Raises KeyError."""
        return {drive.name: drive for drive in self.drives}[name]

    def backing(self, name: str) -> Path:
        """Path of the sparse file behind `name`, made from its contents on first use and kept. Raises KeyError."""
        path = backing_path(self.workdir, name)
        prepare_backing(self.drive(name), path)
        return path

    def unplug(self, name: str) -> None:
        """Pull a drive, also while another process works with it. Raises KeyError."""
        unplug(self.backing(name))

    def plug(self, name: str, serial: str = "") -> None:
        """Put a drive back into its slot, or one with another serial number in its place. Raises KeyError."""
        plug(self.backing(name), serial)

    def sleep(self) -> None:
        """Suspend the machine and wake it: every drive that is plugged in loses its power and gets it back."""
        for drive in self.drives:
            sleep(self.backing(drive.name))

    def smartctl(self, name: str) -> Path | None:
        """Path of the health document of `name`, None when it has none. Raises KeyError."""
        document = self.drive(name).smartctl
        return Path(document) if document else None

    def fixture(self, place: str) -> Path:
        """Resolve a fixture folder named in this file. Raises FileNotFoundError."""
        return _fixture_folder(self.path, place)


def load_bench(path: Path, workdir: Path) -> SimulatedBench:
    """Read the bench file `path`; its drives live as sparse files under `workdir`.

    Raises ValueError (what is wrong, and in which drive) or OSError.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    if document.get("schema") != SCHEMA:
        raise ValueError(f"{path}: schema is {document.get('schema')!r}, not {SCHEMA!r}")
    drives = spread(_drive(path, table, number) for number, table in enumerate(document.get("drives", ())))
    names = [drive.name for drive in drives]
    if len(set(names)) != len(names):
        raise ValueError(f"{path}: two drives have the same name")
    return SimulatedBench(str(document.get("name", path.stem)), path, workdir, drives, document)


def _drive(path: Path, table: dict[str, Any], number: int) -> SimulatedDrive:
    merged = dict(table)
    if "fixture" in table:
        folder = _fixture_folder(path, str(table["fixture"]))
        fixture = tomllib.loads((folder / "drive.toml").read_text(encoding="utf-8"))
        merged = {**{key: value for key, value in fixture.items() if key not in _ABOUT}, **table}
        if merged.get("smartctl"):
            merged["smartctl"] = str(folder / merged["smartctl"])
        elif (folder / "smartctl.json").exists():
            merged["smartctl"] = str(folder / "smartctl.json")
        if merged.get("transcript"):
            merged["transcript"] = str(folder / merged["transcript"])
    else:
        members = (name for name in ("smartctl", "transcript") if merged.get(name))
        merged |= {name: str(path.parent / merged[name]) for name in members}
    try:
        made = drive_from_document(merged, number)
        if made.transcript:
            read_transcript(Path(made.transcript))
    except OSError as error:
        raise ValueError(f"{path}: the recording {error.filename} cannot be read: {error.strerror}") from error
    except KeyError as missing:
        raise ValueError(f"{path}: drive {table.get('name', number)!r} has no {missing}") from missing
    else:
        return made


_ABOUT = ("schema", "description", "provenance", "licence")  # what a fixture says about itself


FIXTURES = Path(__file__).resolve().parents[2] / "hardware-fixtures"  # of the checkout that runs


def _fixture_folder(path: Path, place: str) -> Path:
    """Look beside the bench file and above it, then among the fixtures of the checkout."""
    for parent in (*path.resolve().parents[:3], FIXTURES):
        if (parent / place).is_dir():
            return parent / place
    raise FileNotFoundError(f"{path}: no fixture folder {place}")
