"""The guard fires: on devices, on processes, on sockets, and on code that tries to hide it."""

import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.asgi import TestClient
from tests.guard import GUARD, WorldTouched, is_device_node

FORBIDDEN = {
    "a disk": lambda: Path("/dev/sda").read_bytes(),
    "a disk by descriptor": lambda: os.open("/dev/nvme0n1", os.O_RDONLY),
    "a loop device as bytes": lambda: os.open(b"/dev/loop0", os.O_RDONLY),
    "a disk by id": lambda: Path("/dev/disk/by-id/ata-DEMO").read_bytes(),
    "a disk by a detour": lambda: Path("/dev/null/../sda").read_bytes(),
    "the loop control": lambda: Path("/dev/loop-control").read_bytes(),
    "a program": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
    "a shell": lambda: os.system("true"),
    "a fork": os.fork,
    "a worker process": lambda: multiprocessing.get_context("forkserver").Process(target=print).start(),
    "a spawned process": lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
    "a name look-up": lambda: socket.getaddrinfo("example.org", 443),
    "a connection": lambda: socket.create_connection(("192.0.2.1", 443), timeout=1),
    "a loopback connection": lambda: socket.socket().connect(("127.0.0.1", 9)),
    "a unix socket": lambda: socket.socket(socket.AF_UNIX).connect("/run/udev/control"),
    "a datagram": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
    "a listening port": lambda: socket.socket().bind(("127.0.0.1", 0)),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("reach", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_an_unmarked_test_cannot_reach_for(reach: Callable[[], object], touches: list[str]) -> None:
    with pytest.raises(WorldTouched, match="mark the test"):
        reach()
    assert len(touches) == 1


def test_a_link_to_a_disk_is_a_disk(tmp_path: Path, touches: list[str]) -> None:
    link = tmp_path / "image.bin"
    link.symlink_to("/dev/sda")
    with pytest.raises(WorldTouched, match=r"open of .*image\.bin"):
        link.open("rb")


def test_code_that_swallows_every_exception_still_meets_the_guard(touches: list[str]) -> None:
    with pytest.raises(WorldTouched), suppress(Exception):
        Path("/dev/sda").read_bytes()


@pytest.mark.world
def test_a_touch_that_was_hidden_fails_the_test_afterwards(tmp_path: Path) -> None:
    (tmp_path / "test_hides.py").write_text(
        "import contextlib, pathlib\n\n\ndef test_hides():\n"
        "    with contextlib.suppress(BaseException):\n        pathlib.Path('/dev/sda').read_bytes()\n"
    )
    (tmp_path / "pytest.ini").touch()
    command = [sys.executable, "-m", "pytest", "-p", "tests.guard", "-p", "no:cacheprovider", str(tmp_path)]
    here = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    result = subprocess.run(command, env=here, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 1
    assert "the test reached for the world and hid it: open of /dev/sda" in result.stdout


@pytest.mark.parametrize("node", ["null", "urandom", "fd/0", "shm/etabli"])
def test_harmless_nodes_stay_open(node: str) -> None:
    assert not is_device_node(f"/dev/{node}")


def test_a_file_of_the_test_is_no_device(tmp_path: Path) -> None:
    image = tmp_path / "dev" / "sda"
    image.parent.mkdir()
    image.write_bytes(b"disk")
    assert image.read_bytes() == b"disk"


def test_the_test_client_of_the_hub_works_under_the_guard() -> None:
    application = FastAPI()
    application.get("/ping")(lambda: {"pong": True})
    assert TestClient(application).get("/ping").json() == {"pong": True}


@pytest.mark.world
def test_a_marked_test_may_start_a_process() -> None:
    assert not GUARD.armed
    assert subprocess.run([sys.executable, "-c", "print('out')"], check=True, capture_output=True).stdout == b"out\n"
