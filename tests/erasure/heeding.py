"""Whether a process heeds Ctrl-C yet."""

import re
import signal
import time
from pathlib import Path


def heeds_ctrl_c(pid: int) -> None:
    """Wait until a process no longer ignores SIGINT, as the fork server does in whose image it begins."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        ignored = int(re.search(r"^SigIgn:\s*([0-9a-f]+)$", status, re.MULTILINE)[1], 16)  # type: ignore[index]
        if not ignored >> (signal.SIGINT - 1) & 1:
            return
        time.sleep(0.001)
    raise AssertionError(f"process {pid} ignores Ctrl-C")
