"""The first step of an appliance: its partition, its settings, the hub made once, what proxy and hub are told."""

import re
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Final

from station_agent.appliance.places import ACCOUNT, HUB_LABEL, PROXY_ACCOUNT, House
from station_agent.appliance.proxy import settings_for
from station_agent.appliance.settings import HubSettings, hub_settings_of, of_house
from station_agent.errors import StationError
from station_agent.language import mark
from station_agent.refusals import words_of
from station_agent.stick.failure import StickError
from station_agent.stick.own_disk import image_id
from station_agent.stick.records import open_records
from station_agent.stick.starting import apply_to_machine, settings_file

USUAL_NAME: Final = "etabli.local"
PASSABLE: Final = 0o711  # the accounts of hub and proxy pass through to their own folders, and read nothing else
LINK: Final = re.compile(r"^https?://\S+/welcome/[A-Za-z0-9_-]{16,128}$", re.MULTILINE)
PATIENCE_S: Final = 120.0
NOT_MADE: Final = mark("The hub cannot be made: {detail}")


def open_house(house: House) -> int:
    """Open the partition of the hub, take the settings, make the hub where they suffice. Raises StationError."""
    house.stick.runtime.mkdir(mode=0o755, parents=True, exist_ok=True)
    trouble = house.stick.runtime / "trouble"
    try:
        image = image_id(house.stick.command_line.read_text("utf-8"))
        disk = open_records(house.stick.run, image, house.stick.records, label=HUB_LABEL)
        house.stick.records.chmod(PASSABLE)
        take(house, hub_settings_of(settings_file(house.stick, disk)))
    except StationError as error:
        trouble.write_text(words_of(error, house.stick.voice()) + "\n", "utf-8")
        raise
    trouble.unlink(missing_ok=True)
    return 0


def take(house: House, told: HubSettings) -> None:
    """Put settings in force; make the hub when there is none and enough was said. Raises StickError, ProcessFailed."""
    apply_to_machine(house.stick, told.machine)
    lay_folders(house)
    if house.made:
        if told.name and told.name != house.name:
            house.stick.keep(hub_name=told.name)
    elif told.issuer and told.admin:
        make(house, replace(told, name=told.name or USUAL_NAME))
    if house.made:
        tell_programs(house)


def lay_folders(house: House) -> None:
    """Make the folders, and give them to the accounts of this system, whatever numbers an earlier image gave them."""
    for folder, account in ((house.data, ACCOUNT), (house.backups, ACCOUNT), (house.proxy, PROXY_ACCOUNT)):
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        owner = f"{account}:{account}"
        house.stick.run(
            ("chown", "--recursive", "--no-dereference", owner, str(folder)), timeout_s=PATIENCE_S
        ).require()


def make(house: House, told: HubSettings) -> None:
    """Make the hub and its first administrator's link; after a power cut, what is missing of it. Raises StickError."""
    if (house.data / "hub.json").exists():
        link = invited_again(house, told.admin)
    else:
        words = ["init", "--issuer", told.issuer, "--name", told.issuer, "--public-url", f"https://{told.name}"]
        words += ["--address", told.address] if told.address else []
        words += ["--siret", told.siret] if told.siret else []
        done = house.hub(*words, "--admin", told.admin)
        link = link_of(done.out)
        if done.status or not link:
            raise StickError(NOT_MADE, detail=(done.err or done.out).strip()[-300:])
    house.stick.keep(
        hub_name=told.name, admin=told.admin, link=link, invited=house.clock().isoformat(timespec="seconds")
    )


def invited_again(house: House, admin: str) -> str:
    """Give the link of an administrator whose making was cut off. Raises StickError."""
    house.hub("migrate").require()
    unknown = secrets.token_urlsafe(32)  # nobody's password: the link chooses one
    house.hub("user", "add", admin, "--role", "admin", password=unknown)  # refused where the account is there already
    done = house.hub("user", "link", admin)
    if done.status:
        raise StickError(NOT_MADE, detail=(done.err or done.out).strip()[-300:])
    return link_of(done.out)


def link_of(said: str) -> str:
    """Find the administrator's link in what the hub said, "" for none."""
    found = LINK.findall(said)
    return found[-1] if found else ""


def tell_programs(house: House) -> None:
    """Write what proxy and hub read when they start; give the machine the name that it tells the network."""
    name, runtime = house.name, house.stick.runtime
    (runtime / "hub").write_text(f"ETABLI_PUBLIC_URL=https://{name}\nETABLI_PROXIES=127.0.0.1\n", "utf-8")
    lay_whole(runtime / "Caddyfile", settings_for(name, house.proxy, runtime / "public"))
    if of_house(name):
        house.stick.run(("hostname", name.removesuffix(".local")), timeout_s=PATIENCE_S)


def lay_whole(path: Path, text: str) -> None:
    """Write a file that another program waits for: it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, "utf-8")
    draft.replace(path)
