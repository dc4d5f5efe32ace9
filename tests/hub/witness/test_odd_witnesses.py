"""A witness that answers oddly, or whose address is odd, takes nothing down: no thread, no page, no proof."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, select

from certificates.note import cosign, read_checkpoint
from hub.context import Hub
from hub.log.key import NoteSigner
from hub.log.sequencer import Log
from hub.logged import LogCosignature, LogTile
from hub.witness.cosigning import KEY_FILE, Witness
from hub.witnesses.submitting import Submitter
from hub.witnesses.wire import TIMEOUT_S, Told, Unreachable, sender
from tests.hub.conftest import World
from tests.hub.log.test_signing import sent
from tests.hub.witness.test_submitting import known_to, row_of, way_to, witness

__all__ = ["witness"]
PUBLIC = "93.184.216.34"


@pytest.mark.parametrize("moment", [2**64 - 1, 2**62, 253_402_300_800])
def test_a_cosignature_at_no_time_that_there_is_is_not_kept(
    hub: Hub, world: World, witness: Witness, tmp_path: Path, moment: int
) -> None:
    known_to(hub, witness)
    sent(world.bench(), 1)
    Log(hub).bring_up()
    sign = NoteSigner.load(tmp_path / "w" / KEY_FILE, 4).sign

    def odd(_url: str, body: bytes, _private: bool) -> Told:  # noqa: FBT001
        told = read_checkpoint(body.decode().partition("\n\n")[2])
        return Told(200, "", cosign(told, witness.key, moment, sign))

    assert Submitter(hub, odd).submit() == 0
    with hub.readers()() as session:
        assert session.scalars(select(LogCosignature)).all() == []
    assert "clock" in row_of(hub).problem
    assert world.client.get("/log").status_code == 200


def test_tiles_that_give_no_proof_are_told_and_the_thread_goes_on(hub: Hub, world: World, witness: Witness) -> None:
    known_to(hub, witness)
    bench, submitter = world.bench(), Submitter(hub, way_to(witness))
    for count in (3, 4):
        sent(bench, count)
        Log(hub).bring_up()
        if count == 4:
            with hub.sessions().begin() as session:
                session.execute(delete(LogTile))
        assert submitter.submit() == (count == 3)
    assert "no proof could be made" in row_of(hub).problem


@pytest.mark.parametrize("url", ["https://temoin.example:99999", "https://[temoin", "https://" + "a" * 70 + ".example"])
def test_an_address_that_is_none_is_told_as_such(url: str) -> None:
    with pytest.raises(Unreachable):
        sender(httpx.MockTransport(lambda _: httpx.Response(200)))(url, b"", False)


def test_what_comes_packed_is_not_unpacked_and_who_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[httpx.Request] = []
    now = [0.0]

    class Drips(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(50):
                now[0] += 1.0
                yield b"x"

    def answer(request: httpx.Request) -> httpx.Response:
        asked_for.append(request)
        return httpx.Response(200, stream=Drips())

    monkeypatch.setattr("hub.witnesses.wire.time.monotonic", lambda: now[0])
    with pytest.raises(Unreachable, match="slowly"):
        sender(httpx.MockTransport(answer), lambda *_: [PUBLIC])("https://temoin.example", b"", False)
    assert now[0] <= TIMEOUT_S + 2
    assert asked_for[0].headers["Accept-Encoding"] == "identity"


def dripping(head: bytes, line: bytes) -> tuple[int, threading.Thread]:
    """Port of a server that answers with `head`, then with one more `line` again and again."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as one, suppress(OSError):
            one.recv(65_536)
            one.sendall(head)
            for _ in range(100):
                one.sendall(line)
                time.sleep(0.1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return server.getsockname()[1], thread


@pytest.mark.world
@pytest.mark.parametrize(
    ("head", "line"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"x"),
    ],
    ids=["headers", "first-line", "body"],
)
def test_whoever_drips_head_or_body_holds_the_thread_for_a_bounded_time(
    monkeypatch: pytest.MonkeyPatch, head: bytes, line: bytes
) -> None:
    monkeypatch.setattr("hub.witnesses.wire.WHOLE_S", 1.0)
    port, thread = dripping(head, line)
    begin = time.monotonic()
    with pytest.raises(Unreachable, match="slowly"):
        sender()(f"http://127.0.0.1:{port}", b"old 0\n", True)
    assert time.monotonic() - begin < 5
    thread.join(5)
    assert not thread.is_alive()
