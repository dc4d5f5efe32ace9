"""What a bench tells the live page of the hub. Never needed for correctness; a failure is forgotten."""

from collections.abc import Mapping
from typing import Any

from station_agent.errors import StationError
from station_agent.hub_link import HubLink
from station_agent.outbox import Outbox
from station_agent.signing import agent_version
from station_agent.watch import Watch


def beat(link: HubLink | None, watch: Watch, outbox: Outbox, open_runs: int, sanitize: Mapping[str, str]) -> None:
    """Send one heartbeat; silence is fine."""
    if link is None:
        return
    try:
        link.heartbeat(document(watch, outbox, open_runs, sanitize))
    except StationError:
        return


def document(watch: Watch, outbox: Outbox, open_runs: int, sanitize: Mapping[str, str]) -> dict[str, Any]:
    """Give the drives by their last four characters, the queue and the open runs."""
    return {
        "version": agent_version(),
        "drives": [
            {
                "name": device.name,
                "model": device.identity.model,
                "serial_end": device.identity.serial[-4:],
                "sanitize": sanitize.get(device.name, ""),
            }
            for device in watch.devices
        ],
        "outbox": {str(state): n for state, n in outbox.counts().items()},
        "open_runs": open_runs,
    }
