"""`key hub` and `key log`: keys that live on the hub are exchanged, as planned or because somebody may have them."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument, Option
from certificates.keys import PublicKey, fingerprint
from certificates.language import mark
from hub.commands.opening import Call
from hub.commands.paper_keys import require_yes
from hub.commands.registry_keys import read_request
from hub.commands.root_keys import read_root, show_root
from hub.context import Hub, open_hub
from hub.errors import BadInput
from hub.keys import online
from hub.keys.saying import Request
from hub.running import at_work

Stolen = Annotated[bool, Option("--compromised", help=mark("Somebody else may have the key that is in use."))]
BOUNDS = mark("Somebody else may have the old key: what it signed is good up to number {seq}, entry {index} of {shard}")


def new_hub(context: Call) -> None:
    """Make the next key of the hub; it signs nothing before a root file names it."""
    _made(context, online.make_next_hub_key)


def new_log(context: Call) -> None:
    """Make the next key of the log; it signs nothing before a root file names it."""
    _made(context, online.make_next_log_key)


def change_log(context: Call, *, stolen: Stolen = False) -> None:
    """Close the open part of the log and open the next one under the next key."""
    if stolen:
        context.tell(mark("The key in use signs nothing more. What it proves stays proven; the rest is logged again."))
    context.tell(mark("This cannot be taken back."))
    require_yes(context, mark("Open the next part of the log under the next key?"))
    hub = open_hub(context.settings)
    try:
        with at_work(context.settings.data_dir):
            vkey = online.change_log_key(hub, stolen=stolen)
    finally:
        hub.engine.dispose()
    context.tell(mark("The log goes on under its next key. Key for witnesses:"))
    print(vkey)  # whole, to be copied


def change_hub(
    context: Call,
    file: Annotated[Path, Argument("FILE", help=mark("Root file that names the next key of the hub."), file=True)],
    *,
    stolen: Stolen = False,
    seq: Annotated[int, Option("--last-good-seq", help=mark("Last number of the key that is surely good."))] = -1,
    index: Annotated[int, Option("--last-good-index", help=mark("Last entry of the log that is surely good."))] = -1,
    shard: Annotated[str, Option("--shard", help=mark("The shard of that entry."), metavar="NAME")] = "",
    request: Annotated[
        Path | None, Option("--request", help=mark("In a network: what two people signed about the old key."))
    ] = None,
) -> None:
    """Put a root file in force that names the next key of the hub, and that key in use. The hub must not run."""
    root = read_root(file)
    show_root(context, root)
    told = _told(stolen=stolen, request=request, bounds=online.Bounds(seq, index, shard))
    if isinstance(told, online.Bounds):
        context.tell(BOUNDS, seq=told.seq, index=told.index, shard=told.shard)
    context.tell(mark("This cannot be taken back."))
    require_yes(context, mark("Put it in force, and the next key of the hub in use?"))
    hub = open_hub(context.settings)
    try:
        with at_work(context.settings.data_dir, alone=True):
            public = online.change_hub_key(hub, root, told)
    finally:
        hub.engine.dispose()
    context.tell(mark("root file version {version} is in force"), version=root.version)
    context.tell(mark("The hub signs with its next key: {fingerprint}"), fingerprint=fingerprint(public.kid))


def _told(*, stolen: bool, request: Path | None, bounds: online.Bounds) -> online.Bounds | Request | None:
    """What is said of the key of before. Raises BadInput for half of it: what is not said would count."""
    whole = bounds.seq >= 0 and bounds.index >= 0 and bounds.shard != ""
    none = bounds == online.Bounds(-1, -1, "")
    if stolen != (not none) or not (whole or none) or (stolen and request is not None):
        raise BadInput("say all of it: --compromised, --last-good-seq, --last-good-index and --shard, or a request")
    return read_request(request) if request is not None else bounds if stolen else None


def _made(context: Call, make: Callable[[Hub], PublicKey]) -> None:
    hub = open_hub(context.settings)
    try:
        with at_work(context.settings.data_dir):
            public = make(hub)
    finally:
        hub.engine.dispose()
    context.tell(mark("The next key is made; it signs nothing before a root file in force names it."))
    context.tell(mark("key fingerprint: {fingerprint}"), fingerprint=fingerprint(public.kid))
