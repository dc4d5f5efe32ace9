"""The first screen of an appliance: three questions where nobody answered them, then how the hub stands."""

import contextlib
import json
import os
import select
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from certificates.errors import CertificateError
from certificates.keys import SigningKey, fingerprint
from certificates.language import LANGUAGES
from station_agent.appliance.page import Facts, link_page, state_page
from station_agent.appliance.places import House
from station_agent.appliance.proxy import own_authority, publish
from station_agent.appliance.settings import EMAIL, HubSettings, host_name
from station_agent.appliance.starting import USUAL_NAME, take
from station_agent.errors import StationError
from station_agent.language import mark, say_aloud, voice, without_controls
from station_agent.refusals import words_of
from station_agent.stick.own_disk import WORD
from station_agent.stick.settings import KEYBOARD, PRINTABLE, Settings
from station_agent.stick.starting import PRESS

CLEAR: Final = "\x1b[H\x1b[2J\x1b[3J"
PAUSE_S: Final = 10.0
PATIENCE_S: Final = 300.0
OVER: Final = 404  # what the hub answers for a link that was used
DAY: Final = "%Y-%m-%d %H:%M"
UNITS: Final = ("etabli-hub.service", "caddy.service")

NOT_READY: Final = mark("This medium cannot keep the data of a hub, so there is no hub.")
FIRST: Final = mark("New hub: a few questions. Enter keeps what stands in brackets.")
LANGUAGE: Final = mark("Language / langue: fr, en [{now}] ")
KEYS: Final = mark("Keyboard: fr, be, ch, us, uk, de ... [{now}] ")
ISSUER: Final = mark("Name of your organisation, as it stands on certificates: ")
ADMIN: Final = mark("E-mail of the first administrator: ")
NAME: Final = mark("Name or address of this hub [{now}] ")
AGAIN: Final = mark("This cannot be used: {answer}")
MAKING: Final = mark("The hub is being made. This takes a minute.")


def show(house: House) -> int:
    """Show why there is no hub, or ask for what it needs, or tell how it stands until the process ends."""
    trouble = house.stick.runtime / "trouble"
    if trouble.exists() or not os.path.ismount(house.stick.records):
        return tell_trouble(house)
    if not house.made:
        ask_and_make(house)
    shown = 0
    while True:
        say_aloud(CLEAR + "\n".join(page(house, shown)))
        typed = (house.line or typed_line)(PAUSE_S)
        if typed is None:
            continue
        if typed in LANGUAGES:
            house.stick.keep(language=typed)
        else:
            shown += 1


def tell_trouble(house: House) -> int:
    """Tell why there is no hub; Enter tries again."""
    speech = house.stick.voice()
    say_aloud(CLEAR + speech.say(NOT_READY))
    with contextlib.suppress(OSError):
        say_aloud((house.stick.runtime / "trouble").read_text("utf-8"))
    house.stick.ask(speech.say(PRESS))
    house.stick.run(("systemctl", "restart", "etabli-appliance.service", *UNITS), timeout_s=PATIENCE_S)
    return 1


def ask_and_make(house: House) -> None:
    """Ask and make the hub. Raises StationError."""
    told = answers(house)
    say_aloud(house.stick.voice().say(MAKING))
    try:
        take(house, told)
    except StationError as error:
        say_aloud(words_of(error, house.stick.voice()))
        house.stick.ask(house.stick.voice().say(PRESS))
        raise
    house.stick.run(("systemctl", "restart", "--no-block", *UNITS), timeout_s=PATIENCE_S)


def answers(house: House) -> HubSettings:
    """Ask for language, keyboard, organisation, administrator and name; the first two hold from then on."""
    speech = house.stick.voice()
    say_aloud(CLEAR + speech.say(FIRST))
    language = asked(house, speech.say(LANGUAGE, now=speech.lang), LANGUAGES.__contains__, speech.lang)
    house.stick.keep(language=language)
    speech = voice(language, {})
    keys = asked(house, speech.say(KEYS, now="fr"), lambda text: bool(KEYBOARD.fullmatch(text)), "fr")
    take(house, HubSettings(Settings(language=language, keyboard=keys)))
    issuer = asked(house, speech.say(ISSUER), lambda text: bool(PRINTABLE.fullmatch(text)))
    admin = asked(house, speech.say(ADMIN), lambda text: bool(EMAIL.fullmatch(text)))
    name = asked(house, speech.say(NAME, now=USUAL_NAME), lambda text: host_name(text) is not None, USUAL_NAME)
    return HubSettings(issuer=issuer, admin=admin, name=host_name(name) or USUAL_NAME)


def asked(house: House, question: str, good: Callable[[str], bool], usual: str = "") -> str:
    """Ask until the answer can be used. Raises EOFError when nobody can answer any more."""
    while True:
        answer = house.stick.ask(question).strip() or usual
        if answer and good(answer):
            return answer
        say_aloud(house.stick.voice().say(AGAIN, answer=without_controls(answer[:40])))


def page(house: House, shown: int) -> list[str]:
    """Draw the page that is due: while the link waits it comes first, and in turn with the state."""
    facts = facts_of(house)
    speech = house.stick.voice()
    return link_page(facts, speech) if facts.link and shown % 2 == 0 else state_page(facts, speech)


def facts_of(house: House) -> Facts:
    """Gather what the screen tells."""
    kept = house.stick.kept()
    room = shutil.disk_usage(house.stick.records)
    runtime = house.stick.runtime
    health = house.status("/healthz")
    listed = house.stick.run(("ip", "-json", "-4", "address", "show", "scope", "global"), timeout_s=PATIENCE_S)
    backup, trouble = row_of(kept.get("backup")), row_of(kept.get("backup_trouble"))
    return Facts(
        name=house.name,
        numbers=numbers_in(listed.out),
        health=health,
        hub_key=hub_key(house),
        authority=publish(house.proxy, runtime / "public") if own_authority(house.name) else "",
        room=(room.free, room.total),
        backup=(local(backup.get("at")), backup.get("stick", "")),
        backup_trouble=(local(trouble.get("at")), trouble.get("words", "")),
        version=text_of(house, "version"),
        image=text_of(house, "image"),
        admin=str(kept.get("admin", "")),
        link=open_link(house, health),
    )


def open_link(house: House, health: int) -> str:
    """Give the administrator's link until the hub says that it is over; then it is forgotten."""
    link = str(house.stick.kept().get("link") or "")
    if link and health and house.status(f"/welcome/{link.rsplit('/', 1)[-1]}") == OVER:
        house.stick.keep(link=None)
        return ""
    return link


def hub_key(house: House) -> str:
    """Give the fingerprint of the hub's key, "" while it cannot be read."""
    try:
        return fingerprint(SigningKey.load(house.data / "hub.key").kid)
    except (OSError, CertificateError):
        return ""


def numbers_in(listed: str) -> tuple[str, ...]:
    """Read the addresses in the JSON of `ip address`, none from what is no such list."""
    try:
        rows = [info for row in json.loads(listed) for info in row["addr_info"]]
        found = [row["local"] for row in rows if row["family"] == "inet"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()
    return tuple(one for one in found if isinstance(one, str) and host_name(one) == one)


def row_of(value: object) -> dict[str, Any]:
    """Give a kept row, {} for what is none."""
    return {name: str(one) for name, one in value.items()} if isinstance(value, dict) else {}


def local(moment: object) -> str:
    """Show a kept moment by the clock of the workshop, "" for what is none."""
    try:
        return datetime.fromisoformat(str(moment)).astimezone().strftime(DAY)
    except (ValueError, OverflowError, OSError):
        return ""


def text_of(house: House, what: str) -> str:
    """Give the version of the system, or the id of its image, "" for none."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if what == "version":
            return house.version.read_text("utf-8").strip()[:60]
        words = house.stick.command_line.read_text("utf-8").split()
        return next((word.removeprefix(WORD) for word in words if word.startswith(WORD)), "")
    return ""


def typed_line(seconds: float) -> str | None:
    """Wait for a line of the keyboard, None when nobody types. Raises EOFError when the screen is gone."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    if not ready:
        return None
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip().lower()
