"""Where the control socket of a bench is: a file in a folder of its own, below the state folder."""

from pathlib import Path
from typing import Final

FOLDER: Final = "control"
SOCKET: Final = "bench.socket"
LONGEST: Final = 107  # bytes of a path that a unix socket can have


def socket_path(state: Path) -> Path:
    """Say where the socket of the bench is whose state lies there."""
    return state / FOLDER / SOCKET
