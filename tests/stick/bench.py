"""The booted stick as a person at the bench sees it, and as the kernel shows it: screen, commands, statements."""

import base64
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from tests.stick.machine import Machine, until
from tests.virtual_bench.agent import READ_STATE, payload
from tests.virtual_bench.bench import expect, require
from tests.virtual_bench.cache import BenchError

LINES: Final = ("etabli-station", "--plain", "--lang", "en")
SCREEN: Final = "base64 --wrap=0 /dev/vcsu1"  # no Python there: under emulation each start of it holds up the boot
PATIENCE_S: Final = 900.0
PAUSE_S: Final = 3.0
LISTENING: Final = "ss --no-header --listening --tcp --udp --numeric"
DHCP: Final = ":68"  # the client that asks for an address hears the answer there; it takes nothing else


class Bench:
    """One machine with the stick in it."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.guest = machine, machine.channel

    def await_console(self, words: str) -> float:
        """Wait until these words stand on the first screen; give the seconds since the machine was switched on."""
        self.until(lambda: words in self.screen(), f"{words!r} on the first screen")
        return time.monotonic() - self.machine.started

    def screen(self) -> str:
        """Read the first screen as the kernel keeps it."""
        return base64.b64decode(self.guest.shell(SCREEN).out).decode("utf-32-le", "replace")

    def press(self, *keys: str) -> None:
        """Press keys of the emulated keyboard, by their names in QEMU."""
        for key in keys:
            self.machine.monitor.say(f"sendkey {key}")
            time.sleep(0.2)

    def say(self, *lines: str, timeout_s: float = PATIENCE_S) -> str:
        """Give the daemon orders line by line, as a script or a braille terminal does."""
        given = "".join(f"{line}\n" for line in lines)
        said = self.guest.run(("sh", "-c", f'printf "%s" "$1" | {" ".join(LINES)}', "sh", given), timeout_s=timeout_s)
        return said.out + said.err

    def drives(self) -> dict[str, dict[str, Any]]:
        """Give every drive that the agent sees, by serial."""
        said = self.guest.run(("etabli-station", "disks", "--json"), timeout_s=240)
        if not said.out:
            raise BenchError(f"etabli-station disks: status {said.status}: {said.err[-800:]}")
        return {one["serial"]: one for one in json.loads(said.out)["drives"]}

    def statements(self) -> list[dict[str, Any]]:
        """Give what the stick stated about drives, oldest first."""
        kept = self.guest.run(("python3", "-c", READ_STATE)).required("the records of the stick")
        return [payload(one) for one in json.loads(kept.out)["envelopes"]]

    def confirmed(self) -> int:
        """Count the statements that the hub has confirmed."""
        said = self.guest.run(("etabli-station", "outbox", "--json"), timeout_s=240)
        return int(json.loads(said.out)["counts"]["confirmed"]) if said.out.startswith("{") else -1

    def until(self, holds: Callable[[], object], what: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait until something holds. Raises BenchError with the screen."""
        try:
            until(holds, what, timeout_s, PAUSE_S)
        except BenchError as error:
            raise BenchError(f"{error}\n{self.screen()}") from error

    def memory_mib(self) -> int:
        """Give the memory that is not available to anything more."""
        rows = dict(line.split(":", 1) for line in self.guest.shell("cat /proc/meminfo").out.splitlines())
        total, free = (int(rows[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
        return (total - free) >> 10


def erase(bench: Bench, serials: Sequence[str], lot: str, *, wait: bool = True) -> str:
    """Erase drives as a person does on a bench that knows no operators yet: lot, name, plan, each serial, start."""
    orders = [f"lot {lot}", "sign-in op-1", "plan all", *(f"confirm {serial}" for serial in serials), "start"]
    return bench.say(*orders, *(("wait", "status") if wait else ()), "quit")


def look_at_the_system(bench: Bench) -> None:
    """Nothing of the system may touch a drive or answer the network."""
    shell = bench.guest.shell
    expect("swap", seen=len(shell("cat /proc/swaps").out.splitlines()), wanted=1)
    expect("RAID and mapped devices", seen=shell("ls /dev/md* /dev/dm-* 2>/dev/null; true").out, wanted="")
    expect("their drivers", seen=shell("lsmod | grep -E '^(md_mod|dm_mod|raid|bcache|zfs)'; true").out, wanted="")
    open_ports = [line for line in shell(LISTENING).out.splitlines() if not harmless(line)]
    expect("ports that the network reaches", seen=open_ports, wanted=[])
    require("the system is read-only", " ro," in shell("grep squashfs /proc/mounts").out)
    mounted = shell("findmnt --noheadings --output TARGET --real --list").out.split()
    expect(
        "what of drives is mounted", seen=sorted({*mounted} & {"/var/lib/etabli", "/mnt"}), wanted=["/var/lib/etabli"]
    )
    expect("accounts that open", seen=shell("grep -vE '^[^:]*:[*!]' /etc/shadow; true").out, wanted="")


def harmless(line: str) -> bool:
    """Say whether a listening socket is on loopback, or is the client that asks for an address."""
    local = line.split()[4]
    return local.startswith(("127.", "[::1]")) or local.endswith(DHCP)
