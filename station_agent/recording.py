"""A drive as a hardware fixture: what it says of itself, its answers to harmless commands, its health document.

Nothing is written to the drive and nothing but harmless commands is sent. With `scrub` every name of the drive is
replaced before the first file is written, and nothing is written when one is still found. Format: the README of
`hardware-fixtures`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from erasure.drive import BlockDevice, DriveFacts, DriveIdentity
from erasure.facts import read_facts
from erasure.scrubbing import Scrubber, scrubber
from erasure.simulated.specification import BUSES
from erasure.telltales import telltales
from erasure.transport.recorder import Line, Recording, recorded, transcript_text
from station_agent.bench import Bench
from station_agent.errors import RecordingFailed, UsageError
from station_agent.language import mark, visible

DRIVE, TRANSCRIPT, HEALTH = "drive.toml", "transcript.jsonl", "smartctl.json"
SCRUBBED: Final = "# Recorded from a drive. Its serial number and world-wide names were replaced by invented ones.\n"
UNSCRUBBED: Final = "# Recorded from a drive. THE SERIAL NUMBER OF THAT DRIVE IS IN THIS FOLDER.\n"
Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The files of a fixture by name, and what was heard."""

    files: dict[str, str]
    ways: tuple[str, ...]
    answers: int
    refusals: int  # answers that were errors


def record_drive(bench: Bench, device: BlockDevice, random: Random | None) -> Recorded:
    """Look at a drive and make its fixture, scrubbed when a source of chance is given. Raises RecordingFailed."""
    recording = Recording()
    if device.identity.bus not in BUSES:
        raise RecordingFailed(
            mark("{name} cannot be recorded: no fixture knows the bus {bus}."),
            name=device.path,
            bus=device.identity.bus or "?",
        )
    try:
        with bench.reader(device) as port:
            facts = read_facts(recorded(port, recording))
    except OSError as error:
        raise RecordingFailed(
            mark("{name} cannot be recorded: {detail}"), name=device.path, detail=error.strerror or error
        ) from error
    health = bench.smart(device)
    scrub = None if random is None else cleaner((device, facts.device), recording.lines, health, random)
    made = fixture(facts, recording.lines, health, scrub)
    heard = recording.lines[1:]
    return Recorded(made, facts.commands, len(heard), sum("errno" in line for line in heard))


def cleaner(sightings: tuple[BlockDevice, ...], lines: list[Line], health: Any, random: Random) -> Scrubber:
    """Find the names of a drive and invent others. Raises RecordingFailed."""
    try:
        return scrubber(telltales([seen.identity for seen in sightings], lines, health), random)
    except ValueError as error:
        raise RecordingFailed(
            mark("The names of {name} cannot be replaced: {detail}"), name=sightings[0].path, detail=error
        ) from error


def fixture(
    facts: DriveFacts, lines: list[Line], health: dict[str, Any] | None, scrub: Scrubber | None
) -> dict[str, str]:
    """Make the files of a fixture. Raises RecordingFailed when a name of the drive would be left in one."""
    if scrub is None:
        return written(UNSCRUBBED, drive_members(facts, health), lines, health)
    clean = [scrub.scrub_line(line) for line in lines]
    files = written(SCRUBBED, scrub.scrub_document(drive_members(facts, health)), clean, scrub.scrub_document(health))
    if any(scrub.leaks(text.encode()) for text in files.values()) or any(map(scrub.leaks, byte_strings(clean))):
        raise RecordingFailed(
            mark("A name of {name} would still be in the files: nothing was written."), name=facts.device.path
        )
    return files


def byte_strings(lines: list[Line]) -> list[bytes]:
    """Every byte string of a transcript, out of its hexadecimal."""
    replies = [line["reply"] for line in lines if isinstance(line.get("reply"), dict)]
    texts = [line[key] for line in lines for key in ("cdb", "data_out") if key in line]
    return [
        bytes.fromhex(text)
        for text in (*texts, *(reply[key] for reply in replies for key in ("data", "sense") if key in reply))
    ]


def written(head: str, members: Mapping[str, Any], lines: list[Line], health: Any) -> dict[str, str]:
    """Write the documents as they stand in their files."""
    files = {DRIVE: head + "".join(f"{name} = {toml(value)}\n" for name, value in members.items())}
    files[TRANSCRIPT] = transcript_text(lines)
    return files if health is None else {**files, HEALTH: json.dumps(health, indent=1) + "\n"}


def drive_members(facts: DriveFacts, health: Any) -> dict[str, Any]:
    """Give the members of `drive.toml`; what is unknown is left out."""
    identity: DriveIdentity = facts.device.identity
    areas = facts.hidden
    hidden = {"hpa": str(areas.hpa), "dco": str(areas.dco), "ama": str(areas.ama), "native_bytes": areas.native_bytes}
    members = {
        "bus": identity.bus,
        "model": identity.model,
        "serial": identity.serial,
        "wwn": identity.wwn,
        "firmware": identity.firmware,
        "bridge": identity.bridge,
        "size_bytes": facts.size_bytes,
        "logical_sector": facts.logical_sector,
        "physical_sector": facts.physical_sector,
        "rotational": facts.rotational,
        "removable": facts.removable,
        "read_only": facts.read_only,
        "contents": "zeros",
        "hidden": {name: value for name, value in hidden.items() if value is not None},
        "smartctl": None if health is None else HEALTH,
        "transcript": TRANSCRIPT,
    }
    return {name: value for name, value in members.items() if value is not None}


def toml(value: Any) -> str:
    """Write one value as TOML: a text, a whole number, a truth, or an inline table of these."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(item)}" for name, item in value.items()) + " }"
    return json.dumps(value)


def must_be_empty(folder: Path) -> None:
    """Refuse a folder in which something lies already. Raises UsageError."""
    try:
        taken = folder.exists() and any(folder.iterdir())
    except OSError as error:
        raise unusable(folder, error) from error
    if taken:
        raise UsageError(mark("The folder {folder} is not empty: nothing there is replaced."), folder=folder)


def keep(folder: Path, files: Mapping[str, str]) -> None:
    """Write a fixture into a new or empty folder. Raises UsageError when it is neither or cannot be used."""
    must_be_empty(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise unusable(folder, error) from error


def unusable(folder: Path, error: OSError) -> UsageError:
    """Say why a folder cannot be used."""
    return UsageError(
        mark("The folder {folder} cannot be written: {detail}"),
        folder=visible(str(folder)),
        detail=error.strerror or error,
    )
