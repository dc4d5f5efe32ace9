"""Which keys of the hub this bench believes: those of its enrolment, and those that the root file names it follows."""

import json
from pathlib import Path
from typing import Any, Final

from certificates.root import Root
from station_agent.errors import StationError
from station_agent.language import mark

TRUST_FILE: Final = "trust.json"


class HubKeyRefused(StationError):
    """The trust file that the hub hands out was not kept; what was there before still holds."""

    code = "hub-key-refused"


def kept_trust(folder: Path) -> object:
    """The trust file of this bench as JSON types; None where there is none that can be read."""
    try:
        return json.loads((folder / TRUST_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def hub_keys(trust: object, *, active: bool = False) -> set[str]:
    """Ids of the keys of the hub in a trust file, of those in use only if `active`."""
    keys = trust.get("keys") if isinstance(trust, dict) else None
    found = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    of_hub = [key for key in found if key.get("role") == "hub"]
    return {str(key.get("kid")) for key in of_hub if not active or key.get("status") == "active"}


def unknown_keys(kept: object, offered: dict[str, Any], root: Root | None) -> set[str]:
    """Keys of the hub in use that an offered trust file names, and that this bench has no reason to believe.

    Where a root file is followed its word alone counts: what it names no more comes back by no other way.
    """
    known = {key.kid for key in root.hub_keys} if root is not None else hub_keys(kept, active=True)
    if root is None and kept is None:
        return set()
    return hub_keys(offered, active=True) - known


def refused(kids: set[str]) -> HubKeyRefused:
    """Say that the trust file was not kept."""
    return HubKeyRefused(
        mark(
            "The hub shows a key of its own that this bench does not know, and no root file that this bench follows "
            "names it: {kid}. Nothing that it signed is believed, and what was here before still holds. Ask the "
            "administrator of the hub, by another way than the hub."
        ),
        kid=", ".join(sorted(kid[:16] for kid in kids)),
    )
