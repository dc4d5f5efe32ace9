"""`log fsck`, `log checkpoint`, `log freeze`, `log export`, `log serve`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

from certificates.command_line import Argument, Option
from certificates.language import mark
from hub import audit
from hub.commands.opening import Call
from hub.commands.running import LAST_PORT, require_free
from hub.context import Hub, open_hub
from hub.errors import BadInput
from hub.keys.root_files import unnamed_log
from hub.log import export as exporting
from hub.log import fsck as searching
from hub.log.findings import SENTENCES
from hub.log.freezing import freeze_and_open
from hub.log.fsck import Report
from hub.log.proofs import note_of
from hub.log.sequencer import Log
from hub.log.shards import newest_checkpoint, newest_shard
from hub.running import at_work

TOLD_EVERY: Final = 16_384  # entries between two lines of progress
NEW_KEY: Final = mark(
    "{shard} has a new key that the root file does not name yet: no trust file with the log can be given out before "
    "the next root file is in force. Next: etabli-hub key root draft FILE, then key root sign and key root install. "
    "Give the new key to witnesses and benches by another way than this hub: they refuse it until a person there "
    "agrees."
)
AsJson = Annotated[bool, Option("--json", help=mark("Print one JSON document instead of text."))]
Notes = Annotated[
    list[Path] | None,
    Option("--seen", metavar="NOTE", help=mark("File with a checkpoint that a bench, a witness or a donor has.")),
]
MOST_NOTE = 1_000_000  # bytes: far more than a checkpoint with every cosignature


class Progress:
    """Tells how far a long work is, on standard error."""

    def __init__(self, call: Call) -> None:
        self._call, self.done, self._told = call, 0, 0

    def __call__(self, more: int) -> None:
        """So many entries more."""
        self.done += more
        if self.done - self._told >= TOLD_EVERY:
            self._told = self.done
            print(self._call.say(mark("{count} entries ..."), count=self.done), file=sys.stderr, flush=True)


def fsck(context: Call, *, seen: Notes = None, as_json: AsJson = False) -> None:
    """Build the log again from the envelopes and compare every row, tile and checkpoint; changes nothing."""
    with _hub(context) as hub:
        report = _searched(context, hub, seen or [])
    if as_json:
        told = {"schema": "etabli.fsck/1", "entries": report.entries, "checkpoints": report.checkpoints}
        faults = [one.document() for one in report.findings]
        print(json.dumps({**told, "faults": faults}, ensure_ascii=False, indent=1))
    else:
        _tell(context, report)
    if report.new:
        raise BadInput(f"the log does not hold; faults, listed above: {len(report.new)}", "log")


def checkpoint(
    context: Call,
    seen: Annotated[
        Path | None,
        Option("--seen", metavar="NOTE", help=mark("File with the newest checkpoint that a bench or a witness has.")),
    ] = None,
) -> None:
    """Sign what is new in the ledger and print the newest checkpoint; after a restore, show what others have seen."""
    with _hub(context) as hub:
        if seen is not None:
            Log(hub).show(_note(seen))
        Log(hub).bring_up()
        with hub.readers()() as session:
            shard = newest_shard(session)
            newest = newest_checkpoint(session, shard.name) if shard is not None else None
            assert newest is not None
            sys.stdout.write(note_of(session, newest))


def freeze(context: Call, *, yes: Annotated[bool, Option("--yes", help=mark("Do not ask."))] = False) -> None:
    """End the open part of the log for good and open the next one; everything is kept, nothing is signed again."""
    with _hub(context) as hub:
        report = _searched(context, hub, [])
        _tell(context, report)
        context.tell(mark("Nothing more is signed in the shard that is open now. What it proves stays proven."))
        context.tell(mark("A new shard begins; what the old one proves no more is logged in it again."))
        context.tell(mark("This cannot be taken back."))
        if not yes and not _agreed(context):
            raise BadInput("the log was not frozen: nothing was changed", "log")
        opened = freeze_and_open(hub, report, "; ".join(one.sentence for one in report.findings)[:2000])
        with hub.sessions().begin() as session:
            audit.record(session, None, "log.frozen", opened.old, opened.new)
        Log(hub).bring_up()
        with hub.readers()() as session:
            unnamed = unnamed_log(session)
    context.tell(
        mark("{old} is frozen; {new} is open from position {first} ({count} entries)."),
        old=opened.old,
        new=opened.new,
        first=opened.first,
        count=opened.again,
    )
    context.tell(mark("Publish both views, and tell the benches and witnesses: they stopped at the old shard."))
    if unnamed:
        context.tell(NEW_KEY, shard=unnamed)


def export(
    context: Call, folder: Annotated[Path, Argument("DIR", help=mark("Folder to make, which must not exist."))]
) -> None:
    """Write the log as a folder of static files, with lists of its entries for auditors."""
    with _hub(context) as hub, hub.readers()() as session:
        count = exporting.export(session, folder, Progress(context))
    context.tell(mark("{count} entries written: {folder}"), count=count, folder=folder)


def serve(
    context: Call,
    folder: Annotated[Path, Argument("DIR", help=mark("What `etabli-hub log export` wrote."))],
    host: Annotated[str, Option("--host", help=mark("Address to listen on."), metavar="ADDRESS")] = "127.0.0.1",
    port: Annotated[int, Option("--port", help=mark("Port to listen on."))] = 8081,
) -> None:
    """Show an exported log to anybody, read-only, without a database and without a key."""
    if port > LAST_PORT:
        raise BadInput(f"a port is a number from 0 to {LAST_PORT}, not {port}")
    require_free(host, port)
    with exporting.server_of(folder, host, port) as server:
        context.tell(
            mark("serving {folder} at {address}; Ctrl-C ends it"),
            folder=folder,
            address=f"http://{host}:{server.server_address[1]}/",
        )
        sys.stdout.flush()
        server.serve_forever()


@contextmanager
def _hub(context: Call) -> Iterator[Hub]:
    hub = open_hub(context.settings)
    try:
        with at_work(context.settings.data_dir):
            yield hub
    finally:
        hub.engine.dispose()


def _searched(context: Call, hub: Hub, seen: list[Path]) -> Report:
    shown = {str(path): _note(path) for path in seen}
    with hub.readers()() as session:
        return searching.fsck(session, hub.settings.data_dir, shown, Progress(context))


def _tell(context: Call, report: Report) -> None:
    for one in report.findings:
        told = context.say(SENTENCES[one.code], **one.facts)
        context.show(context.say(mark("(frozen) {fault}"), fault=told) if one.known else told)
    context.tell(
        mark("built again from the envelopes: entries {entries}, checkpoints {checkpoints}; faults: {count}"),
        entries=report.entries,
        checkpoints=report.checkpoints,
        count=len(report.findings),
    )


def _note(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(MOST_NOTE + 1)
    try:
        if len(data) <= MOST_NOTE:
            return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} holds no checkpoint", "log") from error
    raise BadInput(f"{path} holds no checkpoint", "log")


def _agreed(context: Call) -> bool:
    try:
        said = input(context.say(mark("Freeze the log? Type FREEZE: ")))
    except EOFError:
        return False
    return said.strip() == "FREEZE"
