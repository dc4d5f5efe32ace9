"""Automatic evidence for a check: what the bench saw while the person did it, and the answer that this speaks for.

A proposal is never a result: the person answers. Nothing seen is no proposal, not a failure: the cable may be missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from diagnostics.checks import CheckOutcome
from diagnostics.guided import presence
from diagnostics.guided.screen import brightness

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """Facts to show as (name, value), the raw evidence for the record, and the answer that they speak for."""

    facts: Facts
    evidence: Mapping[str, Any] = field(default_factory=dict)
    proposal: CheckOutcome | None = None


@dataclass(slots=True)
class Observer:
    """Watches the places of one check over time: sticks come and go, a lid closes and opens."""

    root: Path
    usb: set[str] = field(default_factory=set)
    screens: set[str] = field(default_factory=set)

    def observe(self, check_id: str) -> Observation:
        """Look now and add what was seen before. A check that nothing can be seen of has no facts."""
        look = _LOOKS.get(check_id)
        return look(self) if look else Observation(())


def _wifi(observer: Observer) -> Observation:
    names = presence.wifi_interfaces(observer.root)
    return _adapters(names, presence.radios(observer.root, "wlan"))


def _bluetooth(observer: Observer) -> Observation:
    radios = presence.radios(observer.root, "bluetooth")
    seen = _adapters(tuple(radio.name for radio in radios), radios)
    free = any(not radio.blocked for radio in radios)
    return Observation(seen.facts, seen.evidence, CheckOutcome.PASS if free else None)


def _adapters(names: tuple[str, ...], radios: tuple[presence.Radio, ...]) -> Observation:
    blocked = sorted({radio.blocked for radio in radios} - {""})
    facts = (("adapter", ", ".join(names) or "-"), ("blocked", ", ".join(blocked) or "-"))
    return Observation(facts, {"adapters": list(names), "blocked": blocked})


def _ethernet(observer: Observer) -> Observation:
    links = presence.wired_links(observer.root)
    facts = tuple((link.name, f"{link.speed or '?'} Mbit/s" if link.up else "no-link") for link in links)
    up = [f"{link.name} {link.speed or 0}" for link in links if link.up]
    return Observation(facts or (("adapter", "-"),), {"up": up}, CheckOutcome.PASS if up else None)


def _usb_ports(observer: Observer) -> Observation:
    now = presence.usb_places(observer.root)
    observer.usb |= now
    facts = (("ports-seen", str(len(observer.usb))), ("inside-now", ", ".join(sorted(now)) or "-"))
    return Observation(facts, {"places": sorted(observer.usb)})


def _video(observer: Observer) -> Observation:
    ports = presence.video_ports(observer.root)
    observer.screens |= {port.name for port in ports if port.connected}
    facts = tuple((port.name, "seen" if port.name in observer.screens else "not-yet") for port in ports)
    whole = bool(ports) and all(port.name in observer.screens for port in ports)
    proposal = CheckOutcome.PASS if whole else None
    return Observation(facts or (("adapter", "-"),), {"screens": sorted(observer.screens)}, proposal)


def _card_reader(observer: Observer) -> Observation:
    cards = presence.cards_inside(observer.root)
    facts = (("slots", ", ".join(presence.card_slots(observer.root)) or "-"), ("inside-now", ", ".join(cards) or "-"))
    return Observation(facts, {"cards": list(cards)}, CheckOutcome.PASS if cards else None)


def _optical(observer: Observer) -> Observation:
    discs = presence.discs_inside(observer.root)
    drives = presence.optical_drives(observer.root)
    facts = (("adapter", ", ".join(drives) or "-"), ("inside-now", ", ".join(discs) or "-"))
    return Observation(facts, {"drives": list(drives), "discs": list(discs)})


def _media_left(observer: Observer) -> Observation:
    inside = (*presence.discs_inside(observer.root), *presence.cards_inside(observer.root))
    modems = presence.modems(observer.root)
    facts = (("inside-now", ", ".join(inside) or "-"), ("sim-slot", ", ".join(modems) or "-"))
    return Observation(facts, {"inside": list(inside), "modems": list(modems)}, CheckOutcome.FAIL if inside else None)


def _charger(observer: Observer) -> Observation:
    online = presence.charger_online(observer.root)
    word = "-" if online is None else "online" if online else "no-link"
    return Observation((("charger", word),), {"online": word}, CheckOutcome.PASS if online else None)


def _camera(observer: Observer) -> Observation:
    names = presence.cameras(observer.root)
    return Observation((("adapter", ", ".join(names) or "-"),), {"cameras": list(names)})


def _display(observer: Observer) -> Observation:
    percent = brightness(observer.root)
    return Observation((("brightness", "-" if percent is None else f"{percent} %"),))


_LOOKS: Final[Mapping[str, Callable[[Observer], Observation]]] = {
    "wifi": _wifi,
    "bluetooth": _bluetooth,
    "ethernet": _ethernet,
    "usb-ports": _usb_ports,
    "video-out": _video,
    "card-reader": _card_reader,
    "optical-drive": _optical,
    "media-left": _media_left,
    "charger": _charger,
    "camera": _camera,
    "display": _display,
}
