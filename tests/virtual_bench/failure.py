"""The log of a scenario that failed: everything that the guest, its kernel, QEMU and the agent said. For a person."""

import traceback
from pathlib import Path

from tests.virtual_bench.bench import Bench
from tests.virtual_bench.cache import BenchError

RULE = "=" * 100
CONSOLE_BYTES = 20_000


def write_log(path: Path, sentence: str, error: BaseException, bench: Bench | None) -> None:
    """Write it. A guest that answers no more leaves out only what it would have to be asked."""
    parts = {sentence: "".join(traceback.format_exception(error))}
    if bench is not None:
        parts["what was asked of the guest (>) and what it answered (<)"] = "\n".join(bench.guest.heard)
        parts["the kernel of the guest"] = asked(bench)
        parts["QEMU, and the console of the guest"] = bench.machine.last_words(CONSOLE_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(f"{RULE}\n{title}\n{RULE}\n{text}" for title, text in parts.items()), "utf-8")


def asked(bench: Bench) -> str:
    """Ask the guest for the log of its kernel, and for what waits in it."""
    try:
        line = "dmesg; ps -eo pid,stat,wchan:32,etimes,args | grep -v ' \\['; free -m"
        return bench.guest.run(("sh", "-c", line)).out
    except (BenchError, OSError, ValueError) as error:
        return f"it does not answer: {error}"
