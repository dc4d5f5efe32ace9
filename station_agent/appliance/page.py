"""The screen of an appliance as lines: pure, from facts, in one language; the other one is a key away.

Nothing that came from outside steers the terminal, and no line is longer than the screen that a big font leaves.
"""

from dataclasses import dataclass, field
from typing import Final

from station_agent.appliance.proxy import AUTHORITY, GROUP, own_authority
from station_agent.language import Voice, mark, without_controls

WIDTH: Final = 72
GIB: Final = 1 << 30
MIB: Final = 1 << 20
LITTLE: Final = 512 * MIB
RULE: Final = "-" * WIDTH

TITLE: Final = mark("Établi: the hub of the workshop")
KEYS: Final = mark("Enter: {other}")
TO_STATE: Final = mark("the state of the hub")
TO_LINK: Final = mark("the administrator's link")
TO_FRESH: Final = mark("look again")
LANGUAGE: Final = mark("fr or en, then Enter: language")
ADDRESS: Final = mark("Address: {address}")
NUMBERS: Final = mark("This machine: {numbers}")
NO_NETWORK: Final = mark("This machine has no address: look at the cable, or at the Wi-Fi in etabli.toml.")
WORKS: Final = mark("The hub is at work.")
WAKES: Final = mark("The hub is starting, or does not answer. Should this last, restart the machine.")
AILS: Final = mark("The hub answers that it is not fit for work: look at the room on the disk, then restart.")
HUB_KEY: Final = mark("Fingerprint of the hub's key:")
AUTHORITY_KEY: Final = mark("SHA-256 of the certificate at {address}:")
PUBLIC_NAME: Final = mark("Its certificate comes from a public authority (ACME).")
ROOM: Final = mark("Room: {free} GiB of {whole} GiB free")
SCARCE: Final = mark("Little room is left: delete nothing by hand, ask whoever helps you with this machine.")
LAST_BACKUP: Final = mark("Last backup: {moment}, {stick}")
NO_BACKUP: Final = mark("No backup yet: plug in a stick that bears the name ETABLI_SAVE.")
BACKUP_FAILED: Final = mark("The backup of {moment} failed: {why}")
VERSION: Final = mark("Version: {version}, image {image}")
INVITE: Final = mark("First administrator: {admin}")
OPEN_LINK: Final = mark("Open this address once, within a week, and choose a password:")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the screen tells. `health` is the status of /healthz, 0 for no answer; `room` is free and whole bytes."""

    name: str
    numbers: tuple[str, ...] = ()
    health: int = 0
    hub_key: str = ""
    authority: str = ""
    room: tuple[int, int] = (0, 0)
    backup: tuple[str, str] = ("", "")  # moment, stick
    backup_trouble: tuple[str, str] = ("", "")  # moment, words
    version: str = ""
    image: str = ""
    admin: str = ""
    link: str = field(default="", repr=False)  # "" once it was used: worth a password until then


def link_page(facts: Facts, speech: Voice) -> list[str]:
    """Draw the link of the first administrator, whole on one line (the font of the console draws no QR code)."""
    lines = [*head(speech, TO_STATE), speech.say(INVITE, admin=without_controls(facts.admin))]
    return [*lines, *folded(speech.say(OPEN_LINK)), "", facts.link]


def state_page(facts: Facts, speech: Voice) -> list[str]:
    """Draw how the hub stands."""
    lines = head(speech, TO_LINK if facts.link else TO_FRESH)
    lines += [speech.say(ADDRESS, address=f"https://{facts.name}"), *numbers_of(facts, speech), ""]
    lines += [speech.say({200: WORKS, 0: WAKES}.get(facts.health, AILS)), ""]
    lines += [speech.say(HUB_KEY), f"  {facts.hub_key}", *authority_of(facts, speech), ""]
    lines += [speech.say(ROOM, free=f"{facts.room[0] / GIB:.1f}", whole=f"{facts.room[1] / GIB:.1f}")]
    lines += [speech.say(SCARCE)] if facts.room[0] < LITTLE else []
    lines += backup_of(facts, speech)
    lines += [speech.say(VERSION, version=without_controls(facts.version) or "?", image=facts.image[:8])]
    return [piece for line in lines for piece in folded(line)]


def head(speech: Voice, other: str) -> list[str]:
    """Draw the title and the keys."""
    keys = f"{speech.say(KEYS, other=speech.say(other))}   {speech.say(LANGUAGE)}"
    return [speech.say(TITLE), keys, RULE]


def numbers_of(facts: Facts, speech: Voice) -> list[str]:
    """Tell the addresses of the machine."""
    if not facts.numbers:
        return [speech.say(NO_NETWORK)]
    return [speech.say(NUMBERS, numbers=", ".join(facts.numbers))]


def authority_of(facts: Facts, speech: Voice) -> list[str]:
    """Tell by what people know that they reach this very hub."""
    if not own_authority(facts.name):
        return [speech.say(PUBLIC_NAME)]
    if not facts.authority:
        return []
    halves = (facts.authority[:GROUP], facts.authority[GROUP + 1 :])
    return [speech.say(AUTHORITY_KEY, address=f"http://{facts.name}/{AUTHORITY}"), *(f"  {one}" for one in halves)]


def backup_of(facts: Facts, speech: Voice) -> list[str]:
    """Tell of the last backup, and of one that failed since."""
    moment, stick = facts.backup
    last = speech.say(LAST_BACKUP, moment=moment, stick=without_controls(stick)) if moment else speech.say(NO_BACKUP)
    if not facts.backup_trouble[0]:
        return [last]
    failed = speech.say(BACKUP_FAILED, moment=facts.backup_trouble[0], why=without_controls(facts.backup_trouble[1]))
    return [last, failed]


def folded(line: str) -> list[str]:
    """Break a line at its spaces where it is longer than the screen; what it begins with stays in front."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    pieces: list[str] = []
    for word in line.strip(" ").split(" "):
        if pieces and len(pieces[-1]) + 1 + len(word) <= WIDTH:
            pieces[-1] += f" {word}"
        else:
            pieces.append(f"{indent}{word}")
    return pieces
