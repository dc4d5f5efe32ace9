"""`witness init|add-log|serve|status|check`: cosigning the logs of other workshops. No hub is needed."""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from certificates.command_line import Argument, Option
from certificates.errors import ProofError
from certificates.language import mark
from certificates.note import LOG_SIGNATURE, NoteKey, VerifiedCheckpoint, verify_note
from hub.commands.opening import Call
from hub.errors import BadInput
from hub.witness.cosigning import Witness, make_witness, open_witness
from hub.witness.judging import two_histories

DEFAULT_FOLDER: Final = Path("etabli-witness")
LAST_PORT: Final = 65535
MOST_FILE: Final = 1_000_000
SPLIT: Final = 3  # exit status: two histories under one key
CONTRADICTS: Final = mark(
    "ALARM: {log} has signed checkpoints that do not continue what was cosigned ({count}). They are kept: "
    "etabli-hub witness status --json. Tell the workshop and whoever relies on its certificates."
)
UNPROVED: Final = mark(
    "{log}: checkpoints came with a proof that does not hold ({count}). Anybody can send a good checkpoint with a bad "
    "proof, so this alone accuses nobody. They are kept: etabli-hub witness status --json. "
    "Ask the workshop to prove them."
)
Folder = Annotated[
    Path | None,
    Option(
        "--folder", metavar="DIR", help=mark("Folder of the witness (else $ETABLI_WITNESS_DATA, ./etabli-witness).")
    ),
]
Json = Annotated[bool, Option("--json", help=mark("Print a JSON document."))]


def init(
    context: Call,
    name: Annotated[str, Argument("NAME", help=mark("Name of the witness: its address without https://."))],
    *,
    folder: Folder = None,
) -> None:
    """Make a witness: its key and its memory."""
    place = folder_of(folder)
    key = make_witness(place, name)
    context.tell(mark("a witness was made in {folder}; give this key to the workshop:"), folder=place)
    context.show(key.vkey)
    context.tell(mark("next: etabli-hub witness add-log VKEY, with the key of the workshop’s log"))


def add_log(
    context: Call,
    vkey: Annotated[str, Argument("VKEY", help=mark("Key of the log, as the workshop’s page of its log shows it."))],
    *,
    name: Annotated[str, Option("--name", metavar="NAME", help=mark("Name of the workshop, for people."))] = "",
    folder: Folder = None,
) -> None:
    """Look at a log from now on; its next years by the same key come by themselves."""
    try:
        key = NoteKey.from_vkey(vkey)
    except ProofError as error:
        raise BadInput(f"this is no key of a log: {error}") from error
    if key.kind != LOG_SIGNATURE:
        raise BadInput("this is the key of a witness, not of a log")
    witness = open_witness(folder_of(folder), time.time)
    witness.book.add(key, name[:200], int(time.time()))
    context.tell(mark("{log}: its checkpoints are cosigned from now on"), log=key.name)


def serve(
    context: Call,
    *,
    folder: Folder = None,
    host: Annotated[str, Option("--host", help=mark("Address to listen on."), metavar="ADDRESS")] = "127.0.0.1",
    port: Annotated[int, Option("--port", help=mark("Port to listen on."))] = 8090,
) -> None:
    """Serve the witness."""
    if port > LAST_PORT:
        raise BadInput(f"a port is a number from 0 to {LAST_PORT}, not {port}")
    from hub.commands.running import require_free  # noqa: PLC0415  (other commands start without it)
    from hub.witness.server import serve_witness  # noqa: PLC0415  (other commands start without it)

    witness = open_witness(folder_of(folder), time.time)
    require_free(host, port)
    address = f"http://{host}:{port}"
    context.tell(mark("witness {name} at {address}; Ctrl-C ends it"), name=witness.key.name, address=address)
    sys.stdout.flush()
    serve_witness(witness, host, port, context.settings.proxies)


def status(context: Call, *, folder: Folder = None, as_json: Json = False) -> None:
    """Show the key, the logs and what was cosigned, and every history that contradicts it."""
    witness = open_witness(folder_of(folder), time.time)
    logs = witness.book.logs()
    refused = {log.origin: witness.book.evidence(log.origin) for log in logs}
    if as_json:
        rows = [
            {
                **{name: getattr(log, name) for name in ("origin", "vkey", "name", "size", "note", "time")},
                "root": log.root.hex(),
                "evidence": [dict(zip(("time", "kept", "told"), one, strict=True)) for one in refused[log.origin]],
            }
            for log in logs
        ]
        document = {"schema": "etabli.witness/1", "vkey": witness.key.vkey, "logs": rows}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    context.show(witness.key.vkey)
    for log in logs:
        when = moment(log.time) if log.time else "-"
        context.tell(mark("{log}: {size} entries, cosigned {when}"), log=log.origin, size=log.size, when=when)
        certain = sum(two_histories(kept, told) for _, kept, told in refused[log.origin])
        if certain:
            context.tell(CONTRADICTS, count=certain, log=log.origin)
        if other := len(refused[log.origin]) - certain:
            context.tell(UNPROVED, count=other, log=log.origin)
    if not logs:
        context.tell(mark("no log yet: etabli-hub witness add-log VKEY"))


def check(
    context: Call,
    file: Annotated[Path, Argument("FILE", help=mark("A checkpoint: a note, as benches and hubs keep it."), file=True)],
    *,
    folder: Folder = None,
) -> None:
    """Compare a checkpoint that somebody else holds with what this witness has cosigned."""
    witness = open_witness(folder_of(folder), time.time)
    if file.stat().st_size > MOST_FILE:
        raise BadInput("too large for a checkpoint")
    found = checked(witness, file.read_bytes())
    facts: dict[str, Any] = {"log": found.checkpoint.origin, "size": found.checkpoint.size}
    if time_here := found.witnesses.get(witness.key.public.kid):
        context.tell(mark("this witness cosigned it at {when}"), when=moment(time_here))
    mine = witness.book.cosigned(found.checkpoint.origin, found.checkpoint.size)
    if mine is None:
        context.tell(mark("{log}: signed by its key; this witness was never shown {size} entries of it"), **facts)
        return
    if mine[0] == found.checkpoint.root:
        context.tell(mark("{log}: the same {size} entries that this witness has cosigned"), **facts)
        return
    context.tell(mark("ALARM: {log} has shown two histories of {size} entries: one here, another one there."), **facts)
    raise SystemExit(SPLIT)


def checked(witness: Witness, data: bytes) -> VerifiedCheckpoint:
    """Verify a note by the key of the log that it names. Raises BadInput."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("this is no checkpoint") from error
    known = witness.book.log(note.partition("\n")[0])
    if known is None:
        raise BadInput("this is no checkpoint of a log that this witness knows")
    try:
        return verify_note(note, known.key, (witness.key,), 0)
    except ProofError as error:
        raise BadInput(f"this checkpoint does not hold: {error}") from error


def folder_of(option: Path | None) -> Path:
    """The folder of the witness."""
    return option or Path(os.environ.get("ETABLI_WITNESS_DATA") or DEFAULT_FOLDER)


def moment(seconds: int) -> str:
    """A time, in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
