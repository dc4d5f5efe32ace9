"""Loads the hub once and forks it for every order: the program that a workshop runs, without its second of imports.

One JSON line in (`{"argv": [...], "log": path}`), one out (`{"pid": n}`). The fork happens in a process of one thread,
before anything of the hub has run.
"""

import json
import os
import signal
import sys
import threading

LOADED = (
    "hub.__main__",
    "hub.app",
    "uvicorn",
    "uvicorn.loops.auto",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
)


def serve_orders() -> None:
    for name in LOADED:
        __import__(name)
    assert threading.active_count() == 1, "a fork of several threads is no program that was just started"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become(order["argv"], order["log"])
        print(json.dumps({"pid": pid}), flush=True)


def become(argv: list[str], log: str) -> None:
    """Run the hub in this fork; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    empty = os.open(os.devnull, os.O_RDONLY)
    for source, place in ((empty, 0), (out, 1), (out, 2)):
        os.dup2(source, place)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.argv = ["etabli-hub", *argv]
    status = 1
    try:
        from hub.__main__ import main

        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)


if __name__ == "__main__":
    serve_orders()
