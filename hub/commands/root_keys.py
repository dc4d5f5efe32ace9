"""`key root`: paper keys, and root files that travel on a stick between the hub and a computer without network."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from sqlalchemy.orm import Session

from certificates.command_line import Argument, Option
from certificates.errors import ProofError
from certificates.keys import PublicKey, SigningKey, fingerprint
from certificates.language import mark
from certificates.note import LOG_SIGNATURE, NoteKey
from certificates.root import MAX_ROOT_BYTES, NamedKey, NamedWitness, Root
from hub.commands.opening import Call
from hub.commands.paper_keys import make_paper_key, require_yes, typed_key
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.keys.line import current_root
from hub.keys.online import with_next_hub_key, with_next_log_key
from hub.keys.public_files import PublicFile
from hub.keys.root_files import install as install_root
from hub.log.key import LOG_KEY_FILE, NoteSigner
from hub.log.shards import newest_shard

Name = Annotated[str, Option("--name", help=mark("The person who keeps the key."), metavar="NAME")]
Out = Annotated[Path, Option("--out", help=mark("Folder for the public half."), metavar="DIR")]
Rehearsal = Annotated[bool, Option("--dry-run", help=mark("A rehearsal: a key that signs nothing real."))]
Draft = Annotated[Path, Argument("FILE", help=mark("Root file to make."))]
Known = Annotated[Path, Argument("FILE", help=mark("Root file."), file=True)]
Roots = Annotated[list[str], Option("--root", help=mark("Public file of a root key."), metavar="FILE")]
Registry = Annotated[list[str], Option("--registry", help=mark("Public file of a registry key."), metavar="FILE")]
Witness = Annotated[list[str], Option("--witness", help=mark("A witness: NAME=VKEY."), metavar="WITNESS")]


def new(context: Call, *, name: Name, out: Out, rehearsal: Rehearsal = False) -> None:
    """Make a paper root key: print its sheet, type a line back, keep the public half."""
    context.tell(mark("A root key for {name} will be made. It exists on paper only."), name=name)
    require_yes(context, mark("Begin?"))
    key = make_paper_key(context, name, "Établi", rehearsal=rehearsal)
    _write_new(out / f"{key.kid[:16]}.root.json", PublicFile("root", key.public, name, rehearsal).to_json())
    context.tell(mark("Public half: {file}"), file=out / f"{key.kid[:16]}.root.json")


def first(context: Call, *, name: Name, rehearsal: Rehearsal = False) -> None:
    """Make the paper key of a workshop of one administrator and put the first root file in force."""
    context.tell(mark("A paper root key will be made; with it this hub's first root file is signed and put in force."))
    require_yes(context, mark("Begin?"))
    with context.unit_of_work() as session:
        if current_root(session) is not None:
            raise Conflict("this hub has a root file already: write the next version with `key root draft`")
        title, demo = hub_of(session).identity.name, hub_of(session).identity.key.demo
    key = make_paper_key(context, name, title, rehearsal=rehearsal or demo)
    if rehearsal and not demo:
        context.tell(mark("This was a rehearsal: nothing was changed."))
        return
    with context.unit_of_work() as session:
        install_root(session, _of_workshop(session, key, name).with_signature(key))
    context.tell(mark("root file version {version} is in force"), version=1)


def draft(
    context: Call,
    file: Draft,
    *,
    profile: Annotated[str, Option("--profile", choices=("atelier", "reseau"), help=mark("Profile."))] = "reseau",
    root: Roots = [],  # noqa: B006  (read, never changed)
    registry: Registry = [],  # noqa: B006
    witness: Witness = [],  # noqa: B006
) -> None:
    """Write the next version of the root file, without signatures."""
    with context.unit_of_work() as session:
        demo, before = hub_of(session).identity.key.demo, current_root(session)
        people = tuple(_public(one, "registry", demo=demo) for one in registry)
        shares = tuple(_public(one, "root", demo=demo) for one in root)
        wide = profile == "reseau"
        own = (NamedKey(hub_of(session).identity.key.public, hub_of(session).identity.name),)
        made = Root(
            before.version + 1 if before else 1,
            "reseau" if wide else "atelier",
            2 if wide else 1,
            shares or (before.roots if before else ()),
            hub_of(session).identity.name,
            hub_of(session).settings.public_url,
            (hub_of(session).identity.key.public,),
            2 if wide else 1,
            people or own,
            _log_keys(session, before),
            tuple(map(_witness, witness)),
            2 if wide else 0,
        )
    _written(context, file, made)


def replace_one(
    context: Call,
    file: Draft,
    *,
    lost: Annotated[str, Option("--lost", help=mark("Who lost a root key."), metavar="NAME")] = "",
    root: Roots = [],  # noqa: B006
    lost_witness: Annotated[str, Option("--lost-witness", help=mark("Witness to leave out."), metavar="NAME")] = "",
    witness: Witness = [],  # noqa: B006
    new_hub_key: Annotated[
        bool, Option("--new-hub-key", help=mark("Name the next key of the hub for the old."))
    ] = False,
    new_log_key: Annotated[bool, Option("--new-log-key", help=mark("Name the next key of the log too."))] = False,
) -> None:
    """Write the next version with another root key, witness or key of the hub in the place of one, or one more."""
    with context.unit_of_work() as session:
        before = current_root(session)
        if before is None:
            raise NotFound("this hub has no root file yet: `key root first` or `key root draft`")
        _require_known(lost, [key.name for key in before.roots])
        _require_known(lost_witness, [one.name for one in before.witnesses])
        demo = hub_of(session).identity.key.demo
        shares = tuple(_public(one, "root", demo=demo) for one in root)
        made = replace(
            before,
            version=before.version + 1,
            roots=(*(key for key in before.roots if key.name != lost), *shares),
            witnesses=(*(one for one in before.witnesses if one.name != lost_witness), *map(_witness, witness)),
            log_keys=_log_keys(session, before),
            signatures={},
        )
        made = with_next_hub_key(session, made) if new_hub_key else made
        made = with_next_log_key(session, made) if new_log_key else made
    _written(context, file, made)


def sign(context: Call, file: Known, *, rehearsal: Rehearsal = False) -> None:
    """Sign a root file with a paper key, typed line by line; needs no hub and no network."""
    root = read_root(file)
    show_root(context, root)
    require_yes(context, mark("Is this what you decided together?"))
    key = typed_key(context, rehearsal=rehearsal)
    if rehearsal:
        context.tell(mark("This was a rehearsal: nothing was changed."))
        return
    part = file.with_name(file.name + ".part")
    part.write_bytes(root.with_signature(key).to_json())
    part.replace(file)
    context.tell(mark("signed with the key {fingerprint}"), fingerprint=fingerprint(key.kid)[:19])


def install(context: Call, file: Known) -> None:
    """Check the signatures of a root file and put it in force."""
    root = read_root(file)
    show_root(context, root)
    require_yes(context, mark("Put it in force?"))
    with context.unit_of_work() as session:
        install_root(session, root)
    context.tell(mark("root file version {version} is in force"), version=root.version)


def _of_workshop(session: Session, key: SigningKey, name: str) -> Root:
    identity, url = hub_of(session).identity, hub_of(session).settings.public_url
    own = (NamedKey(identity.key.public, identity.name),)
    share, hub = (NamedKey(key.public, name),), (identity.key.public,)
    return Root(1, "atelier", 1, share, identity.name, url, hub, 1, own, _log_keys(session, None))


def _log_keys(session: Session, before: Root | None) -> tuple[PublicKey, ...]:
    """The keys of the log: those of before, and the one in use, which is made where there is no log yet."""
    place = hub_of(session).settings.data_dir / LOG_KEY_FILE
    if not place.exists():
        if before is not None and newest_shard(session) is not None:
            return before.log_keys  # it is lost: `key log new` makes the next one
        NoteSigner.generate(LOG_SIGNATURE).save(place)
    known, own = before.log_keys if before else (), NoteSigner.load(place, LOG_SIGNATURE).public
    return known if own in known else (*known, own)


def show_root(context: Call, root: Root) -> None:
    """Print what people have to compare before they sign a root file or put it in force."""
    context.tell(
        mark("Root file version {version} of {hub}, {url}: profile {profile}, {n} signatures needed"),
        version=root.version, hub=root.hub_name, url=root.hub_url, profile=root.profile, n=root.threshold,
    )  # fmt: skip
    for key in root.roots:
        context.tell(mark("- root key: {name}, {fingerprint}"), name=key.name, fingerprint=fingerprint(key.public.kid))
    for key in root.registry:
        context.tell(mark("- registry: {name}, {fingerprint}"), name=key.name, fingerprint=fingerprint(key.public.kid))
    for one in root.witnesses:
        context.tell(
            mark("- witness: {name}, {fingerprint}"), name=one.name, fingerprint=fingerprint(one.key.public.kid)
        )
    for public in root.hub_keys:
        context.tell(mark("- key of the hub: {fingerprint}"), fingerprint=fingerprint(public.kid))
    for public in root.log_keys:
        context.tell(mark("- key of the log: {fingerprint}"), fingerprint=fingerprint(public.kid))


def read_root(file: Path) -> Root:
    """Read a root file. Raises RootRefused."""
    with file.open("rb") as source:
        return Root.from_json(source.read(MAX_ROOT_BYTES + 1))


def _public(file: str, role: str, *, demo: bool) -> NamedKey:
    return PublicFile.from_json(Path(file).read_bytes(), "root" if role == "root" else "registry", demo=demo).named


def _witness(told: str) -> NamedWitness:
    name, _, vkey = told.partition("=")
    try:
        return NamedWitness(name, NoteKey.from_vkey(vkey))
    except ProofError as error:
        raise BadInput(f"a witness is written NAME=VKEY: {error}") from error


def _require_known(name: str, known: list[str]) -> None:
    if name and name not in known:
        raise NotFound(f"the root file does not name {name}: it names {', '.join(known)}")


def _written(context: Call, file: Path, root: Root) -> None:
    show_root(context, root)
    _write_new(file, root.to_json())
    context.tell(mark("written: {file}; it has to be signed"), file=file)


def _write_new(file: Path, data: bytes) -> None:
    with file.open("xb") as target:
        target.write(data)
