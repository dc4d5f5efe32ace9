"""The program of a bench, loaded once and forked for every life: what was exec'ed without its second of imports.

The fork happens in a process of one thread, before anything of the bench has run. The fork server and the tracker of
the life are forked from it as well, with no descriptor but their own, where no second thread runs yet; else they are
exec'ed as ever. A checkpoint is due every 15 ms instead of every 2 s: the drives of the campaign are that much smaller.
"""

import gc
import multiprocessing.forkserver
import multiprocessing.util
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

CHECKPOINT_NS = 15_000_000
LOADED = (
    *("station_agent.__main__", "station_agent.app", "station_agent.restore", "erasure.preloaded", "erasure.pace"),
    *("station_agent.commands.erase", "station_agent.commands.sync", "station_agent.commands.enrol"),
    *("station_agent.commands.serve", "station_agent.control.api", "station_agent.control.server"),
    *("erasure.simulated", "httpx", "httpcore", "importlib.metadata"),
)
EXEC: Callable[[Any, Any, Any], int] = multiprocessing.util.spawnv_passfds
DEFAULTS = (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE)


def load() -> None:
    """Load everything that a life would: the same bytes, the same digest of them."""
    for name in LOADED:
        import_module(name)
    import_module("station_agent.signing").build_sha256()
    import_module("erasure.pace").CHECKPOINT_NS = CHECKPOINT_NS  # type: ignore[attr-defined]
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page


def forked(argv: Sequence[str], out: Path, err: Path) -> int:
    """Run `etabli-station ARGV` in a fork that leads its own process group; give its process id."""
    assert threading.active_count() == 1, "a fork of several threads is no program that was just started"
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _become(argv, out, err)
    os.setpgid(pid, pid)  # here too: nobody may ask for the group before it is there
    return pid


def _become(argv: Sequence[str], out: Path, err: Path) -> None:
    """Run the station in this fork; never returns."""
    status = 1
    try:
        os.setpgid(0, 0)
        _keep_only(set())
        for path, place in ((os.devnull, 0), (str(out), 1), (str(err), 2)):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if place else 0), 0o600)
            os.dup2(descriptor, place)
            os.close(descriptor)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(place, mode) for place, mode in ((0, "r"), (1, "w"), (2, "w")))
        multiprocessing.util.spawnv_passfds = _spawn  # type: ignore[assignment]
        program = import_module("station_agent.__main__")
        sys.modules["__main__"], sys.argv = program, ["etabli-station", *argv]
        program.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001  told as a program would tell it: the campaign looks for it
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _spawn(path: bytes, args: Sequence[str], passfds: Sequence[int]) -> int:
    """Fork what `multiprocessing` would exec: `python -c CODE` with these descriptors."""
    if threading.active_count() > 1:
        return EXEC(path, args, passfds)
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        _keep_only(set(passfds))
        for number in DEFAULTS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        multiprocessing.forkserver._forkserver.__init__()  # type: ignore[misc]  # unlocked
        exec(args[-1], {})  # what `multiprocessing` wrote for python -c
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    finally:
        os._exit(status)


def _keep_only(kept: set[int]) -> None:
    """Close what an exec would have closed."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  (a Path for each costs more than the fork)
        if (descriptor := int(name)) > 2 and descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError:
                continue  # the one of the listing itself
