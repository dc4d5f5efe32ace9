"""Every hardware fixture obeys its schema and points only at what exists.

The accident: a misspelt key in a bench file (`bad_read` for `bad-read`) is ignored, the drive is healthy, and the test
that should show an honest failure shows a success.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from erasure.simulated.replay import read_transcript

HOUSE = "hardware-fixtures"
ROOMS = {
    "drive.toml": "#/$defs/driveFixture",
    "expected.toml": "#/$defs/expectedFixture",
    "machine.toml": "#/$defs/machineFixture",
    "report.toml": "#/$defs/machineReport",
}


def problems(root: Path) -> list[str]:
    """Name every fixture that breaks its schema or misses a file."""
    house = root / HOUSE
    if not (house / "bench.schema.json").exists():
        return [f"{HOUSE}/bench.schema.json is missing"]
    schema = json.loads((house / "bench.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    found = []
    for path in sorted(house.glob("*/**/*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        told = [*_against(schema, path.name, document), *_missing(house, path, document)]
        found += [f"{path.relative_to(root)}: {problem}" for problem in told]
    return found or _none_at_all(house)


def _against(schema: dict[str, Any], name: str, document: dict[str, Any]) -> Iterator[str]:
    room = ROOMS.get(name)
    part = {"$ref": room, "$defs": schema["$defs"]} if room else schema
    for error in Draft202012Validator(part).iter_errors(document):
        yield f"{error.json_path}: {error.message}"


def _missing(house: Path, path: Path, document: dict[str, Any]) -> Iterator[str]:
    parts = [*document.get("drives", ()), document.get("machine", {})]
    folders = [part["fixture"] for part in parts if "fixture" in part]
    yield from (f"no folder {HOUSE}/{folder}" for folder in folders if not (house / folder).is_dir())
    if path.name == "drive.toml" and not path.with_name("expected.toml").exists():
        yield "nobody says what must come of it: expected.toml is missing"
    if path.name == "machine.toml" and not path.with_name("report.toml").exists():
        yield "nobody says what must come of it: report.toml is missing"
    if path.name == "machine.toml" and document.get("name") != path.parent.name:
        yield f"its name is not that of its folder, {path.parent.name}"
    names = [drive.get("name") for drive in document.get("drives", ())]
    yield from (f"two drives are called {name}" for name in sorted({n for n in names if names.count(n) > 1}))
    if transcript := document.get("transcript"):
        yield from _unreadable(path.parent / transcript)
    if smartctl := document.get("smartctl"):
        health = path.parent / smartctl
        if not health.exists():
            yield f"no file {smartctl}"
        elif "smartctl" not in json.loads(health.read_text(encoding="utf-8")):
            yield f"{smartctl} is no document of smartctl --json"


def _unreadable(recording: Path) -> Iterator[str]:
    try:
        read_transcript(recording)
    except OSError:
        yield f"no file {recording.name}"
    except ValueError as error:
        yield f"{recording.name} cannot be replayed: {error}"


def _none_at_all(house: Path) -> list[str]:
    return [] if any(house.glob("benches/*.toml")) else [f"{HOUSE}/benches holds no bench"]
