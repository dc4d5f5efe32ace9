"""`key registry`: enrol, rotate, retire, compromise. One administrator decides at once, in a network two people."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.command_line import Argument, Option
from certificates.keys import PublicKey, SigningKey, fingerprint
from certificates.language import mark
from certificates.shape import WALL_FORM
from hub.commands.opening import Call
from hub.commands.paper_keys import require_yes
from hub.context import hub_of
from hub.errors import BadInput, NotFound
from hub.keys import asking
from hub.keys.changing import bring as take_in
from hub.keys.changing import say, spoken
from hub.keys.line import current_root, former_hub_keys
from hub.keys.public_files import PublicFile
from hub.keys.root_files import hub_decides
from hub.keys.saying import MOST_BYTES, Change, Request, SpokenKey
from hub.models import Station

LEAST: int = 8  # digits of a key id that name a key
Key = Annotated[str, Option("--key", help=mark("The key: its first digits, 8 at least."), metavar="KID")]
Asked = Annotated[
    Path | None, Option("--request", help=mark("In a network: request to make, for two people."), metavar="FILE")
]
Known = Annotated[Path, Argument("FILE", help=mark("The request."), file=True)]
Secret = Annotated[Path, Option("--key", help=mark("File of your registry key."), metavar="FILE")]
By = Annotated[str, Option("--by", help=mark("Your pseudonym, which the statement carries."), metavar="NAME")]


def new(
    context: Call,
    *,
    name: Annotated[str, Option("--name", help=mark("The person who keeps the key."), metavar="NAME")],
    out: Annotated[Path, Option("--out", help=mark("Folder of your own, never on the hub."), metavar="DIR")],
    rehearsal: Annotated[bool, Option("--dry-run", help=mark("A rehearsal: a key that signs nothing real."))] = False,
) -> None:
    """Make a registry key: a file that only you keep, and its public half."""
    if out.resolve() == context.settings.data_dir.resolve():
        raise BadInput("a registry key is never kept on the hub: name a folder of your own")
    context.tell(mark("A registry key for {name} will be made in {folder}."), name=name, folder=out)
    require_yes(context, mark("Begin?"))
    key = SigningKey.generate(demo=rehearsal)
    key.save(out / f"{key.kid[:16]}.registry.key")
    public = out / f"{key.kid[:16]}.registry.json"
    with public.open("xb") as target:
        target.write(PublicFile("registry", key.public, name, rehearsal).to_json())
    context.tell(mark("key fingerprint: {fingerprint}"), fingerprint=fingerprint(key.kid))
    context.tell(mark("Public half: {file}"), file=public)


def enrol(context: Call, *, key: Key, request: Asked = None) -> None:
    """Take a bench in, after its fingerprint was compared."""
    _decide(context, request, lambda session: Change("enrol", _key(session, key)))


def rotate(
    context: Call,
    *,
    key: Key,
    replaces: Annotated[str, Option("--replaces", help=mark("The old key: its first digits."), metavar="KID")],
    request: Asked = None,
) -> None:
    """Let the new key of a bench replace its old one, which is retired."""
    _decide(context, request, lambda session: Change("rotate", _key(session, key), _key(session, replaces).public.kid))


def retire(context: Call, *, key: Key, request: Asked = None) -> None:
    """End a key: what it signed before counts on."""
    _decide(context, request, lambda session: Change("retire", _key(session, key)))


def compromise(
    context: Call,
    *,
    key: Key,
    seq: Annotated[int, Option("--last-good-seq", help=mark("Last number of the key that is surely good."))],
    index: Annotated[int, Option("--last-good-index", help=mark("Last entry of the log that is surely good."))],
    shard: Annotated[str, Option("--shard", help=mark("The shard of that entry."), metavar="NAME")],
    request: Asked = None,
) -> None:
    """Say that somebody else may have a key: what lies above either bound is in dispute."""
    _decide(context, request, lambda session: Change("compromise", _key(session, key), "", seq, index, shard))


def sign(context: Call, file: Known, *, key: Secret, by: By) -> None:
    """Sign a request with your registry key; needs no hub and no network."""
    _signed(context, file, key, by, second=False)


def approve(context: Call, file: Known, *, key: Secret, by: By) -> None:
    """Approve what another person has signed, with your registry key; needs no hub and no network."""
    _signed(context, file, key, by, second=True)


def bring(context: Call, file: Known) -> None:
    """Take a signed request in: it holds as soon as two people have signed."""
    with context.unit_of_work() as session:
        rows = take_in(session, read_request(file))
        waits = rows[0].effective is None
    waiting = mark("the first signature is in the log; the change holds when another person has approved it")
    context.tell(waiting if waits else mark("the change holds"))


def _decide(context: Call, request: Path | None, change_of: Callable[[Session], Change]) -> None:
    with context.unit_of_work() as session:
        change, alone = change_of(session), hub_decides(session)
        _show(context, change)
        if not alone:
            if request is None:
                raise BadInput("in this network two people sign: name the request to make, --request FILE")
            with request.open("xb") as target:
                target.write(asking.write(session, change).to_json())
            context.tell(mark("written: {file}; it has to be signed"), file=request)
            return
    require_yes(context, mark("The key of this hub signs it, and it holds at once. Do it?"))  # no lock while one thinks
    with context.unit_of_work() as session:
        say(session, change, "hub")
    context.tell(mark("the change holds"))


def _signed(context: Call, file: Path, key: Path, by: str, *, second: bool) -> None:
    request = read_request(file)
    if second != (request.first() is not None):
        raise BadInput(
            "nobody has signed this request yet: `etabli-hub key registry sign`"
            if second
            else "another person has signed this request: approve it, `etabli-hub key registry approve`"
        )
    _show(context, request.change)
    require_yes(context, mark("Have you compared the fingerprint, and is this what was decided?"))
    wall = datetime.now(UTC).strftime(WALL_FORM)
    signed = request.signed_by(SigningKey.load(key), by, secrets.token_hex(16), wall)
    part = file.with_name(file.name + ".part")
    part.write_bytes(signed.to_json())
    part.replace(file)
    context.tell(mark("signed: {file}"), file=file)


def _show(context: Call, change: Change) -> None:
    words = {
        "enrol": mark("Taken in: {name}, {fingerprint}"),
        "rotate": mark("The new key of {name}: {fingerprint}; the old one is retired: {old}"),
        "retire": mark("Retired: {name}, {fingerprint}"),
        "compromise": mark("Compromised: {name}, {fingerprint}; good up to number {seq}, entry {index} of {shard}"),
    }
    context.tell(
        words[change.change],
        name=change.key.name,
        fingerprint=fingerprint(change.key.public.kid),
        old=fingerprint(change.replaces),
        seq=change.last_good_seq,
        index=change.last_good_index,
        shard=change.shard,
    )


def read_request(file: Path) -> Request:
    """Read a request. Raises BadInput."""
    with file.open("rb") as source:
        return Request.from_json(source.read(MOST_BYTES + 1))


def _key(session: Session, word: str) -> SpokenKey:
    digits = "".join(word.split()).lower()
    if len(digits) < LEAST or not set(digits) <= set("0123456789abcdef"):
        raise BadInput(f"a key is named by its first digits, {LEAST} at least")
    stations = session.scalars(select(Station).where(Station.kid.startswith(digits))).all()
    root = current_root(session)
    people = [one for one in (root.registry if root else ()) if one.public.kid.startswith(digits)]
    hub = hub_of(session).identity
    hubs = {hub.key.kid: hub.key.public, **former_hub_keys(session)}
    found = [
        *map(spoken, stations),
        *(SpokenKey(key, "hub", hub.name) for kid, key in hubs.items() if kid.startswith(digits)),
        *(SpokenKey(PublicKey(one.public.raw), "registry", one.name) for one in people if one.public.kid not in hubs),
    ]
    if len(found) != 1:
        raise NotFound(f"{len(found)} keys begin with {digits}")
    return found[0]
