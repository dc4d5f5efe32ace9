"""The log as a folder of static files (C2SP tlog-tiles), with lists for auditors, and a server that only reads it.

Below the folder of each shard: `checkpoint`, `tile/...`, and `entries.csv`, `entries.json` (one JSON line for each
entry), `checkpoints.json` (every note that was signed). Beside them `log.json`: the shards and their keys.
"""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import wall
from hub.errors import BadInput
from hub.log.entries import entries_between
from hub.log.geometry import WIDTH, path_of, tile_widths
from hub.log.proofs import note_of, shards_document
from hub.log.serving import Asked, bundle, tile_bytes
from hub.log.shards import all_shards, newest_checkpoint
from hub.logged import LogCheckpoint, LogShard

INDEX: Final = "log.json"
SCHEMA: Final = "etabli.log/1"
COLUMNS: Final = ("index", "position", "id", "kid", "seq", "received_unix", "received", "kind")
SHOWN: Final = (".json", ".csv")  # suffixes beside tiles and checkpoints
Progress = Callable[[int], None]


def export(session: Session, folder: Path, progress: Progress) -> int:
    """Write every shard up to its newest checkpoint into a new folder; gives how many entries. Raises BadInput."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise BadInput(f"{folder} exists already", "log") from error
    count = 0
    for shard in all_shards(session):
        newest = newest_checkpoint(session, shard.name)
        if newest is not None:
            _shard(session, shard, newest, folder / shard.name, progress)
            count += newest.size
    document = {"schema": SCHEMA, **shards_document(session)}
    (folder / INDEX).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return count


def _shard(session: Session, shard: LogShard, newest: LogCheckpoint, folder: Path, progress: Progress) -> None:
    folder.mkdir()
    for level, number, width in tile_widths(newest.size):
        tile = tile_bytes(session, shard, newest.size, Asked(level, number, width))
        _write(folder / "tile" / str(level) / _named(number, width), tile)
        if level == 0:
            entries = bundle(session, shard, number * WIDTH, width)
            _write(folder / "tile" / "entries" / _named(number, width), entries)
            progress(width)
    with (
        (folder / "entries.csv").open("w", encoding="utf-8", newline="") as table,
        (folder / "entries.json").open("w", encoding="utf-8") as lines,
    ):
        _list(session, shard, newest.size, table, lines)
    notes = select(LogCheckpoint).where(LogCheckpoint.shard == shard.name).order_by(LogCheckpoint.number)
    with (folder / "checkpoints.json").open("w", encoding="utf-8") as lines:
        for one in session.scalars(notes):
            told = {"number": one.number, "size": one.size, "signed": wall(one.signed), "note": note_of(session, one)}
            lines.write(json.dumps(told, ensure_ascii=False) + "\n")
    _write(folder / "checkpoint", note_of(session, newest).encode())


def _list(session: Session, shard: LogShard, size: int, table: TextIO, lines: TextIO) -> None:
    rows = csv.writer(table)
    rows.writerow(COLUMNS)
    for one in listed(session, shard, size):
        rows.writerow([one[name] for name in COLUMNS])
        lines.write(json.dumps(one) + "\n")


def listed(session: Session, shard: LogShard, size: int) -> Iterator[dict[str, Any]]:
    """The entries of a shard in plain words."""
    for index, entry in enumerate(entries_between(session, shard.first, shard.first + size - 1)):
        said = json.loads(entry)
        received = wall(datetime.fromtimestamp(said["t"], UTC))
        place = {"index": index, "position": shard.first + index}
        facts = {"id": said["h"], "kid": said["k"], "seq": said["q"], "kind": said["y"]}
        yield {**place, **facts, "received_unix": said["t"], "received": received}


class Reader(SimpleHTTPRequestHandler):
    """Gives files of a folder that was exported, and nothing else: no lists of folders, no other method."""

    server_version, sys_version = "etabli-log", ""

    def list_directory(self, path: Any) -> None:  # noqa: ARG002
        """Show no folder."""
        self.send_error(404)

    def guess_type(self, path: Any) -> str:
        """Give tiles as bytes, the rest as text."""
        name = Path(str(path)).name
        if name == "checkpoint":
            return "text/plain; charset=utf-8"
        return super().guess_type(path) if name.endswith(SHOWN) else "application/octet-stream"

    def end_headers(self) -> None:
        """Let no browser guess a type."""
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


def server_of(folder: Path, host: str, port: int) -> ThreadingHTTPServer:
    """A server that only reads an exported folder. Raises BadInput where there is none."""
    if not (folder / INDEX).is_file():
        raise BadInput(f"{folder} holds no exported log: make one with `etabli-hub log export`", "log")
    return ThreadingHTTPServer((host, port), partial(Reader, directory=str(folder)))


def _named(number: int, width: int) -> str:
    return path_of(number) if width == WIDTH else f"{path_of(number)}.p/{width}"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
