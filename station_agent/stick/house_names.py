"""Names of the house (`.local`, RFC 6762): a bench whose hub has one asks for it by multicast; no other bench does.

For such a bench port 5353 (UDP) is open, for answers: it tells nobody a name of its own.
"""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from station_agent.stick.records import Run
from station_agent.system import Finished

SUFFIX: Final = ".local"
RESOLVER: Final = "[Resolve]\nMulticastDNS=resolve\nDNSStubListener=yes\n"
LINKS: Final = "[Network]\nMulticastDNS=resolve\n"
STUB: Final = Path("/run/systemd/resolve/stub-resolv.conf")  # the C library asks the resolver only by its stub
PATIENCE_S: Final = 60.0


def of_the_house(hub: str) -> bool:
    """Say whether the address of a hub bears such a name."""
    try:
        return (urlsplit(hub).hostname or "").endswith(SUFFIX)
    except ValueError:
        return False


def ask_the_house(run: Run, settings: Path, resolver: Path) -> Finished:
    """Let names of the house be asked for: `settings` is /run/systemd, `resolver` /etc/resolv.conf. Raises OSError."""
    for place, text in (("resolved.conf.d", RESOLVER), ("network/20-bench.network.d", LINKS)):
        folder = settings / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "house.conf").write_text(text, "ascii")
    resolver.unlink(missing_ok=True)
    resolver.symlink_to(STUB)
    run(("networkctl", "reload"), timeout_s=PATIENCE_S)
    return run(("systemctl", "try-restart", "--no-block", "systemd-resolved.service"), timeout_s=PATIENCE_S)
