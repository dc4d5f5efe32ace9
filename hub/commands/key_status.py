"""`key status` and `key sheet`: the inventory of keys (ASVS 11.1.1), and the steps of a ceremony on paper."""

import json
from pathlib import Path
from typing import Annotated, Final

from certificates.command_line import Argument, Option
from certificates.keys import fingerprint
from certificates.language import mark
from hub.commands.opening import Call
from hub.context import hub_of, open_hub
from hub.errors import NotFound
from hub.identity import KEY_FILE
from hub.keys.changing import waiting_changes
from hub.keys.line import current_root
from hub.keys.root_files import profile_of
from hub.keys.sheets import ceremonies, steps_sheet
from hub.keys.standing import standings
from hub.keys.trust_file import trust_document
from hub.log.key import LOG_KEY_FILE
from hub.log.shards import newest_shard

IF_STOLEN: Final = {
    "hub": mark(
        "if stolen: certificates in your name; print the steps, `key sheet hub-compromise`, and follow them at once"
    ),
    "log": mark("if stolen: two versions of the log, until a witness or a bench compares; `key sheet log-compromise`"),
    "root-one": mark("if stolen: other keys in your name; if lost: the keys of this hub cannot be changed any more"),
    "root": mark("if one is stolen or lost: nothing yet; replace it, `key root replace`"),
    "registry": mark("if one is stolen: nothing without a second one; leave it out of the next root file"),
    "witness": mark("if one is lost: the others must answer; replace it, `key root replace --lost-witness`"),
    "station": mark("if stolen: false erasures, until its chain forks; `key registry compromise`"),
}
NO_ROOT: Final = mark("profile: {profile}, no root file yet: etabli-hub key root first")
TITLES: Final = {
    "workshop": mark("A workshop of one administrator"),
    "network": mark("From a workshop to a network"),
    "rotation": mark("A new key for a bench"),
    "compromise": mark("A key in other hands"),
    "rotation-workshop": mark("A new key for a bench, one administrator"),
    "compromise-workshop": mark("A key in other hands, one administrator"),
    "lost-share": mark("A lost root key"),
    "lost-witness": mark("A lost witness"),
    "log-rotation": mark("A new key for the log"),
    "log-compromise": mark("The key of the log in other hands"),
    "hub-rotation": mark("A new key for the hub"),
    "hub-compromise": mark("The key of the hub in other hands, one administrator"),
    "hub-compromise-network": mark("The key of the hub in other hands, in a network"),
}


def status(context: Call) -> None:
    """Print the inventory of all keys: where they are, who has them, what happens if one is stolen."""
    with context.unit_of_work() as session:
        hub, root = hub_of(session), current_root(session)
        told = mark("profile: {profile}, root file version {version}") if root else NO_ROOT
        context.tell(told, profile=profile_of(root), version=root.version if root else "")
        folder = hub.settings.data_dir
        _line(context, "hub", hub.identity.name, hub.identity.key.kid, str(folder / KEY_FILE))
        shard = newest_shard(session)
        if shard is not None:
            context.tell(mark("- log {name}: {place}"), name=shard.origin, place=folder / LOG_KEY_FILE)
            context.tell(IF_STOLEN["log"])
        shares = root.roots if root else ()
        for key in shares:
            role = "root" if len(shares) > 1 else "root-one"
            _line(context, role, key.name, key.public.kid, context.say(mark("on paper")))
        for key in root.registry if root and root.registry_threshold > 1 else ():
            _line(context, "registry", key.name, key.public.kid, context.say(mark("with this person")))
        for one in root.witnesses if root else ():
            _line(context, "witness", one.name, one.key.public.kid, context.say(mark("with this organisation")))
        for kid, standing in standings(session).items():
            if standing.role == "station":
                _line(context, "station", standing.name, kid, context.say(STATES[standing.status]))
        for change in waiting_changes(session):
            context.tell(mark("waits for a second person: {name}"), name=change.name)


STATES: Final = {
    "active": mark("on its bench, in use"),
    "retired": mark("retired"),
    "compromised": mark("compromised"),
}


def _line(context: Call, role: str, name: str, kid: str, place: str) -> None:
    context.tell(mark("- {name}: {fingerprint}, {place}"), name=name, fingerprint=fingerprint(kid), place=place)
    context.tell(IF_STOLEN[role])


def sheet(
    context: Call,
    ceremony: Annotated[str, Argument("CEREMONY", help=mark("Its name; a wrong name lists them all."))],
    file: Annotated[Path, Option("--pdf", help=mark("PDF to make."), metavar="FILE")],
) -> None:
    """Print the steps of a ceremony as a PDF."""
    steps = ceremonies().get(ceremony)
    if steps is None:
        raise NotFound(f"no ceremony {ceremony}: {', '.join(ceremonies())}")
    with file.open("xb") as target:
        target.write(steps_sheet(context.say(TITLES[ceremony]), steps, context.lang))
    context.tell(mark("written: {file}"), file=file)


def trust(context: Call, file: Annotated[Path, Argument("FILE", help=mark("Trust file to make."))]) -> None:
    """Write the signed trust file, against which certificates are verified."""
    hub = open_hub(context.settings)
    try:
        with hub.readers()() as session:
            document = trust_document(session)
    finally:
        hub.engine.dispose()
    with file.open("x", encoding="utf-8") as target:
        target.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    context.tell(mark("written: {file}"), file=file)
