"""The settings of an appliance: the same `etabli.toml` on the same FAT partition, with the words of a hub.

Hostile input: whatever cannot be used is named and left out; the rest holds. Never a command, never a path.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from station_agent.stick.settings import PRINTABLE, READERS, Settings, matching, usable

COMMON: Final = ("language", "keyboard", "radio")
LONGEST_LINE: Final = 200
LINE: Final = re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST_LINE}}}")
LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NAME: Final = re.compile(rf"{LABEL}(\.{LABEL}){{1,8}}", re.ASCII)
OF_THE_HOUSE: Final = re.compile(rf"{LABEL}\.local", re.ASCII)
EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII)
SIRET: Final = re.compile(r"[0-9]{14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubSettings:
    """What an appliance was told; "" where nothing was said. `machine` is what any stick may be told."""

    machine: Settings = field(default_factory=Settings)
    issuer: str = ""
    address: str = ""  # of the issuer, as it stands on certificates
    siret: str = ""
    admin: str = ""  # e-mail of the first administrator
    name: str = ""  # by which people and benches reach the hub: etabli.local, hub.example.org, 192.168.1.20


def hub_settings_of(content: bytes) -> HubSettings:
    """Read a settings file; what is wrong stands in `machine.troubles`."""
    known, troubles = usable(content, {**{name: READERS[name] for name in COMMON}, **HUB_READERS})
    machine = Settings(**{name: known.pop(name) for name in COMMON if name in known}, troubles=troubles)
    return HubSettings(machine, **known)


def is_address(name: str) -> bool:
    """Say whether this name is an address in numbers."""
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def host_name(value: object) -> str | None:
    """Take a name of the network of the house, a name of the Internet, or an IPv4 address."""
    if not isinstance(value, str):
        return None
    name = value.strip().lower().rstrip(".")
    numbers = name.replace(".", "").isdigit()  # 999.1.1.1 is no name either
    if is_address(name) or (NAME.fullmatch(name) and not numbers and (not name.endswith(".local") or of_house(name))):
        return name
    return None


def of_house(name: str) -> bool:
    """Say whether this name is one that the machine tells the network of the house by itself (RFC 6762)."""
    return OF_THE_HOUSE.fullmatch(name) is not None


HUB_READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "issuer": matching(PRINTABLE),
    "address": matching(LINE),
    "siret": matching(SIRET),
    "admin": matching(EMAIL),
    "name": host_name,
}
