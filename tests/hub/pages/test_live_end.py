"""The end of a hub on whose live page somebody still looks."""

import signal
import socket
import threading

import httpx
import pytest

from hub.serving import server_of
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop

PATIENCE_S = 60.0


@pytest.mark.world
def test_an_open_live_page_does_not_hold_up_the_end_of_the_hub(workshop: Workshop) -> None:
    server = server_of(workshop.app, "127.0.0.1", 0, ())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
            while not server.started:
                assert thread.is_alive()
                thread.join(0.01)
            entered = client.post("/sign-in", data={"email": EMAILS["lead"], "password": PASSWORD})
            assert entered.status_code == 303
            with client.stream("GET", "/live/events") as answer:
                lines = answer.iter_lines()
                assert any(line == "event: board" for line in lines)
                server.config.timeout_graceful_shutdown = None  # nothing is cut: the line ends by itself
                server.handle_exit(signal.SIGTERM, None)
                assert all(line != "event: end" for line in lines), "the rest of the line was read to its end"
        thread.join(PATIENCE_S)
    assert not thread.is_alive()
