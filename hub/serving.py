"""The server of one hub process. It ends when it is told to, however many live pages are open."""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from hub.boundary.wire import HEAD, QUICKEST

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
    config = uvicorn.Config(
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
        timeout_graceful_shutdown=ENDING_S,
        limit_concurrency=400,
    )
    return HubServer(config, app.state.live.end)


def settle() -> None:
    """Tell the collector that what is loaded by now stays: looking it through held a page up for 0.2 s; short turns."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    sys.setswitchinterval(TURN_S)


def serve(server: HubServer) -> None:
    """Serve until a signal comes. Raises SystemExit with status 3 where it could not begin."""
    settle()
    try:
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        raise SystemExit(FAILED)
