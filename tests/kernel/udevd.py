"""A udev daemon for the kernel tier where none runs (containers, CI): started here, stopped here, nothing else."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.tiers import find_udevd

CONTROL = Path("/run/udev/control")
SECONDS = 15


def answers() -> bool:
    """Say whether a udev daemon is there and speaks."""
    ping = ["udevadm", "control", "--ping", "--timeout=2"]
    return CONTROL.exists() and subprocess.run(ping, capture_output=True, check=False, timeout=SECONDS).returncode == 0


def settle() -> None:
    """Wait until udev has handled every event so far. Raises CalledProcessError."""
    subprocess.run(["udevadm", "settle", f"--timeout={SECONDS}"], check=True, timeout=SECONDS + 5)


@contextmanager
def running_udevd() -> Iterator[None]:
    """Make sure that a udev daemon runs; stop it again only if it was started here."""
    if answers():
        yield
        return
    daemon = find_udevd()
    assert daemon is not None, "the kernel tier was selected without udevd"
    CONTROL.parent.mkdir(exist_ok=True)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([daemon], **quiet) as process:
        try:
            _wait_for(process)
            settle()
            yield
        finally:
            process.terminate()
            process.wait(SECONDS)
            if not answers():  # a socket left behind makes programs wait for events that never come
                CONTROL.unlink(missing_ok=True)


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > limit:
            raise RuntimeError("udevd did not start")
        time.sleep(0.05)
