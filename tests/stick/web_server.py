"""An HTTP server of the host with a few files, as a workshop starts its machines over the network."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and keeps the names of those that were asked for."""

    asked: list[str]

    def __init__(self, *given: Any, asked: list[str], **named: Any) -> None:
        """Answer one connection."""
        self.asked = asked
        super().__init__(*given, **named)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of the standard library
        """Keep the path; print nothing."""
        self.asked.append(self.path)


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, list[str]]]:
    """Serve a folder on a free port; give the port and the paths that are asked for."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder), asked=asked))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
