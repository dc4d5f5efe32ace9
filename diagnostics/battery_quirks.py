"""The quirk table of batteries: figures and names as data with provenance (`battery_quirks.toml`)."""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from diagnostics.errors import PolicyError

QUIRKS = Path(__file__).with_name("battery_quirks.toml")


@dataclass(frozen=True, slots=True)
class BatteryQuirks:
    """Plausible ranges (bounds inclusive, by unit), limits in permille, names of peripherals, effects by flag."""

    version: int
    plausible: Mapping[str, range]
    over_design_permille: int
    fresh_permille: int
    different_permille: int
    two_cells: float
    worn_out_permille: int
    many_cycles: int
    peripherals: re.Pattern[str]
    effects: Mapping[str, str]


@functools.cache
def load_quirks(path: Path = QUIRKS) -> BatteryQuirks:
    """Return the table. Raises PolicyError where the file is malformed."""
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
        plausible, limits = whole["plausible"], whole["limits"]
        return BatteryQuirks(
            version=int(whole["version"]),
            plausible={unit: range(plausible[unit][0], plausible[unit][1] + 1) for unit in ("uWh", "uAh")},
            over_design_permille=int(plausible["over_design_permille"]),
            fresh_permille=int(limits["fresh_permille"]),
            different_permille=int(limits["different_permille"]),
            two_cells=float(limits["two_cells"]),
            worn_out_permille=int(limits["worn_out_permille"]),
            many_cycles=int(limits["many_cycles"]),
            peripherals=re.compile(whole["peripherals"]["pattern"], re.IGNORECASE),
            effects={row["flag"]: row["effect"] for row in whole["quirks"] if row["source"] and row["status"]},
        )
    except (ValueError, KeyError, TypeError, IndexError, re.error) as error:
        raise PolicyError(f"{path.name} is malformed: {error!r}") from error
