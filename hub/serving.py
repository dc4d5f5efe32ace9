"""The server of one hub process. It ends when it is told to, however many live pages are open."""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette

from hub.boundary.wire import HEAD, QUICKEST

AT_ONCE: Final = 400  # lines
ENDING_S: Final = 20  # for requests under way, then they are cut: what was not acknowledged is sent again
SELDOM: Final = (8_000, 20, 50)  # objects made before each look: 50,000 that had to go at once held a page up for 80 ms
TURN_S: Final = 0.001  # of a thread before another has its turn: a page that is drawn held statements up at each step
FAILED: Final = 3  # exit status: nothing could be served


class HubServer(uvicorn.Server):
    """Tells the open lines first that the end has come; each would hold it up for as long as somebody looks on."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to end."""
        self._ending()
        super().handle_exit(sig, frame)


def server_of(app: FastAPI, host: str, port: int, proxies: tuple[str, ...]) -> HubServer:
    """The server of this application."""
    return HubServer(bounded(app, (host, port), proxies, ending_s=ENDING_S, at_once=AT_ONCE), app.state.live.end)


def bounded(
    app: Starlette, place: tuple[str, int], proxies: tuple[str, ...], *, ending_s: int, at_once: int
) -> uvicorn.Config:
    """How whatever this house serves is served: heads bounded in length and time, lines counted, proxies named.

    `ending_s`: seconds for requests under way at the end; `at_once`: lines, whoever comes after them gets 503.
    """
    host, port = place
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=QUICKEST,
        h11_max_incomplete_event_size=HEAD,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_keep_alive=15,
        timeout_graceful_shutdown=ending_s,
        limit_concurrency=at_once,
    )


def settle() -> None:
    """Tell the collector that what is loaded by now stays: looking it through held a page up for 0.2 s; short turns."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    sys.setswitchinterval(TURN_S)


def serve(server: HubServer) -> None:
    """Serve the hub until a signal comes. Raises SystemExit with status 3 where it could not begin."""
    settle()
    run(server)


def run(server: uvicorn.Server) -> None:
    """Run until a signal comes. Raises SystemExit with status 3 where it could not begin."""
    try:
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        raise SystemExit(FAILED)
