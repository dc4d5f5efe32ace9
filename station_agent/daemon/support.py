"""A bundle for who helps from afar: the picture, the outbox, the last runs, the versions; as one tar of JSON files.

Never a key, never a PIN, a password or a PSID: keys of runs are given as their SHA-256. On request every serial number
and world-wide name that this bench knows is replaced by a mark, the same one everywhere.
"""

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Iterable, Iterator
from typing import Any, Final

from station_agent.control.view import BenchView
from station_agent.outbox import rows_in
from station_agent.records import Rows, legible
from station_agent.run_record import record_of

RUNS: Final = 50  # the last ones
NAMES: Final = ("serial", "wwn", "uuid")  # members that name a thing
SHORTEST: Final = 4


def support_bundle(view: BenchView, store: Rows, *, masked: bool) -> bytes:
    """Make the tar. Raises `StoreError`."""
    files = dict(_documents(view, store))
    names = sorted(_names(files.values()), key=len, reverse=True) if masked else []
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, document in files.items():
            data = _masked(json.dumps(document, ensure_ascii=False, indent=1), names).encode("utf-8")
            entry = tarfile.TarInfo(f"etabli-support/{name}.json")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@legible()
def _documents(view: BenchView, store: Rows) -> Iterator[tuple[str, Any]]:
    yield "bench", view.model_dump(mode="json")
    yield "outbox", [row.to_document() for row in rows_in(store)]
    yield "versions", {"agent": view.version, "python": platform.python_version(), "kernel": platform.release()}
    for row in store.rows("SELECT run_id FROM run ORDER BY rowid DESC LIMIT ?", (RUNS,)):
        yield f"run-{row['run_id']}", record_of(store, row["run_id"]).to_document()


def _names(documents: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for document in documents:
        found.update(name for name in _named(document) if len(name.strip()) >= SHORTEST)
    return found


def _named(value: Any) -> Iterator[str]:
    """Give every text under a member that names a thing, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and any(name == one or name.endswith(f"_{one}") for one in NAMES):
                yield inner
            else:
                yield from _named(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner)


def _masked(text: str, names: Iterable[str]) -> str:
    for name in names:
        mark = "masked-" + hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        text = text.replace(json.dumps(name, ensure_ascii=False)[1:-1], mark)
    return text
