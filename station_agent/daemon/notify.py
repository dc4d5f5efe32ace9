"""What the daemon tells systemd by $NOTIFY_SOCKET (sd_notify(3)): ready, still alive, stopping. Silence is fine."""

import socket
from collections.abc import Mapping
from typing import Final

MICROSECONDS: Final = 1_000_000


class ServiceManager:
    """Sends states to the service manager of this process, where there is one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        every = environ.get("WATCHDOG_USEC", "")
        self.watchdog_s = int(every) / MICROSECONDS / 2 if every.isascii() and every.isdecimal() else 0.0
        self._beaten = 0.0

    def tell(self, *states: str) -> None:
        """Send states such as "READY=1"."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as link:
                link.connect(self._address)
                link.send("\n".join(states).encode("utf-8"))
        except OSError:
            return

    def alive(self, now: float) -> None:
        """Feed the watchdog, twice as often as it wants."""
        if self.watchdog_s and now - self._beaten >= self.watchdog_s:
            self._beaten = now
            self.tell("WATCHDOG=1")
