"""`make bench-hub`: a hub of a million devices, and what its pages, its intake and its documents take.

    python -m tests.bench.hub [--devices 1000000] [--seed 1] [--database FOLDER] [--folder DIR] [--rounds 5]
                              [--hits 200] [--seconds 4] [--soak 600] [--only pages|depth|printing|ingest|log]

Makes the data first (minutes; `--database` takes those of an earlier `tests.bench.hub.filling`), prints one line per
figure and writes build/bench-hub.json. A figure whose check failed is withheld and the exit status is 1; a missed goal
never fails the run.
"""

import argparse
import importlib
import json
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.__main__ import TREE
from tests.bench.hub.figure import Figure, Figures, Scale
from tests.bench.hub.filling import fill, scaled

SCHEMA = "etabli.bench-hub/1"
OUTPUT = TREE / "build" / "bench-hub.json"
PARTS = ("pages", "depth", "printing", "ingest", "log")  # the modules beside this one that measure
NEED_DATA = {"pages", "depth"}


def main(arguments: list[str], output: Path = OUTPUT) -> int:
    """Fill, measure, print, write. Returns 1 when a check failed."""
    options = _options(arguments)
    scale = replace(
        scaled(options.devices, options.seed), seconds=options.seconds, soak_s=options.soak, rounds=options.rounds,
        hits=options.hits, database=options.database,
    )  # fmt: skip
    parts = tuple(options.only or PARTS)
    load, found = os.getloadavg()[0], []
    with TemporaryDirectory(prefix="etabli-bench-hub-", dir=options.folder) as room:
        if scale.database is None and NEED_DATA & set(parts):
            scale = replace(scale, database=filled(Path(room), scale))
        print(_head(scale, load))
        for figure in measured(Path(room), scale, parts):
            print(figure.line(), flush=True)
            found.append(figure)
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps(document(found, scale, load), indent=1) + "\n", encoding="utf-8")
    return 1 if any(figure.fault for figure in found) else 0


def filled(room: Path, scale: Scale) -> Path:
    """Make the data of this scale and say how long it took; returns their folder."""
    began = time.monotonic()
    made = fill(room / "data", scale)
    print(f"filled: {sum(made.counts.values())} rows in {time.monotonic() - began:.0f} s", flush=True)
    return room / "data"


def measured(room: Path, scale: Scale, parts: tuple[str, ...] = PARTS) -> Iterator[Figure]:
    """The figures of these modules, each in a folder of its own; one that is not there says so."""
    for name in parts:
        module = f"tests.bench.hub.{name}"
        if find_spec(module) is None:
            yield Figure("-", name, "-", 0, absent="this tree has no such module")
            continue
        place = room / name
        place.mkdir()
        measure: Figures = importlib.import_module(module).figures
        yield from measure(place, scale)


def document(found: list[Figure], scale: Scale, load: float) -> dict[str, Any]:
    """The facts for build/bench-hub.json."""
    sizes = {name: value for name, value in asdict(scale).items() if name != "database"}
    return {
        "schema": SCHEMA,
        "scale": sizes,
        "system": _system(),
        "load": [round(load, 2), round(os.getloadavg()[0], 2)],
        "rows": [figure.document() for figure in found if not (figure.absent or figure.fault)],
        "not_run": [figure.document() for figure in found if figure.absent or figure.fault],
    }


def _head(scale: Scale, load: float) -> str:
    columns = f"{'id':3} {'figure':44} {'ours':9} {'peer':32} {'judged (min-max)':24} {'goal':7} {'result':7} check"
    return f"{SCHEMA}  {scale.devices} devices, rounds {scale.rounds}  load {load:.1f}  {_system()}\n{columns}"


def _system() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-hub", description=__doc__)
    whole = Scale()
    parser.add_argument("--devices", type=int, default=whole.devices)
    parser.add_argument("--seed", type=int, default=whole.seed)
    parser.add_argument("--database", type=Path, help="a folder that tests.bench.hub.filling made")
    parser.add_argument("--folder", type=Path, help="where the data lie meanwhile; default: the temporary folder")
    parser.add_argument("--rounds", type=int, default=whole.rounds)
    parser.add_argument("--hits", type=int, default=whole.hits, help="answers of each sort of page")
    parser.add_argument("--seconds", type=float, default=whole.seconds)
    parser.add_argument("--soak", type=float, default=whole.soak_s, help="seconds of the long stretch")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure these parts alone")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
