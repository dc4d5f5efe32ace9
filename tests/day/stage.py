"""What a day needs around it: a hub with a lead and a lot, a bench with four bays, its service, a label printer.

Nothing here is drawn or decided: programs are started as a workshop starts them, drives are plugged and pulled by hand.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from erasure.simulated import SimulatedBench, load_bench
from station_agent.demo.story import Story
from station_agent.demo.workshop import LEAD, PASSWORD, Workshop, free_port
from station_agent.language import Voice, voice
from station_agent.system import Service
from tests.day.terminal import Terminal

TREE = Path(__file__).resolve().parents[2]
BENCHES = TREE / "hardware-fixtures" / "benches"
LOT = "DAY-LOT"
DRIVES = ("sda", "sdb", "nvme0n1", "sdc", "sdd", "sde")
SLOTS = "".join(f'[[slot]]\nname = "A{n}"\n' for n in range(1, 5))
BENCH = "bench.toml"
PROMPT = "atelier-1$"
PIN = "246810"
OPERATOR = "lea"


@dataclass
class Printer:
    """A label printer that keeps what it is sent, and tells nothing of its state."""

    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    taken: bytes = b""

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Take one job after the other until closed."""
        while True:
            try:
                job, _ = self.listener.accept()
            except OSError:
                return
            with job:
                while data := job.recv(65536):
                    self.taken += data

    def close(self) -> None:
        """Switch it off."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@dataclass
class Stage:
    """One bench beside one hub. `folder` holds everything that is made, `tty` the socket of the terminal."""

    folder: Path
    speech: Voice
    shop: Workshop
    drives: SimulatedBench
    terminal: Terminal
    printer: Printer
    env: dict[str, str]
    service: Service | None = None

    @property
    def state(self) -> Path:
        """State folder of the bench."""
        return self.folder / "bench" / "state"

    def say(self, sentence: str, **facts: object) -> str:
        """Say a sentence as the bench says it."""
        return self.speech.say(sentence, **facts)

    def boot(self) -> None:
        """Start the service of the bench."""
        argv = ["etabli-station", "serve", "--bench", BENCH]
        self.service = Service(self.program(argv), log=self.folder / "serve.log", env=self.env)

    def halt(self) -> None:
        """Stop the service of the bench."""
        if self.service is not None:
            self.service.stop()
            self.service = None

    def station(self, *arguments: str) -> str:
        """Run one command of the bench beside the terminal; give its output."""
        argv = self.program(["etabli-station", *arguments])
        return subprocess.run(argv, env=self.env, capture_output=True, text=True, check=True, timeout=120).stdout

    def program(self, argv: list[str]) -> list[str]:
        """Give the call of a program of the bench, in the folder of the bench."""
        return ["env", "-C", str(self.folder / "bench"), *argv]

    def token(self) -> str:
        """Make a one-off token, as the lead does."""
        return self.shop.hub("token", "new").strip().splitlines()[-1]

    def accept(self) -> None:
        """Accept the bench on the hub's pages, as the lead does who has compared the fingerprint."""
        with Story(self.shop, self.folder, self.speech, print).signed_in(LEAD) as lead:
            (form,) = [form.action for form in lead.page("/stations").forms if form.action.endswith("/accept")]
            lead.submit("/stations", form, {})


@contextmanager
def stage(folder: Path, lang: str, tty: Path, size: tuple[int, int]) -> Iterator[Stage]:
    """Set everything up in `folder`, and put it away again."""
    bench = folder / "bench"
    (bench / "state").mkdir(parents=True)
    shutil.copy(BENCHES / "day.toml", bench / BENCH)
    (bench / "state" / "slots.toml").write_text(f'schema = "etabli.slots/1"\ncolumns = 4\n{SLOTS}')
    env = environment(folder, lang)
    shell = ("env", "-C", str(bench), "sh", "-i")
    with ExitStack() as stack:
        shop = hub_of(folder / "hub")
        stack.callback(shop.stop)
        printer = Printer()
        threading.Thread(target=printer.serve, daemon=True).start()
        stack.callback(printer.close)
        terminal = Terminal(tty, shell, env, *size)
        terminal.open()
        stack.callback(terminal.close)
        drives = load_bench(bench / BENCH, bench / "state" / "bench" / Path(BENCH).stem)
        made = Stage(folder, voice(lang, {}), shop, drives, terminal, printer, env)
        stack.callback(made.halt)
        yield made


def environment(folder: Path, lang: str) -> dict[str, str]:
    """Give the environment of the bench: its language, its state, the program by its name."""
    path = folder / "bin"
    path.mkdir()
    program = path / "etabli-station"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m station_agent "$@"\n')
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ETABLI_", "TMUX"))}
    return kept | {
        "PATH": f"{path}:{os.environ['PATH']}",
        "PYTHONPATH": str(TREE),
        "PS1": f"{PROMPT} ",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "COLORTERM": "truecolor",
        "ETABLI_STATE": str(folder / "bench" / "state"),
        "ETABLI_LANG": lang,
    }


def hub_of(folder: Path) -> Workshop:
    """Make a hub with a lead and the lot of the day, and start it."""
    folder.mkdir()
    url = f"http://127.0.0.1:{free_port()}"
    env = {**os.environ, "ETABLI_DEMO": "1", "ETABLI_PUBLIC_URL": url, "ETABLI_PASSWORD": PASSWORD}
    env.pop("ETABLI_DATABASE_URL", None)
    shop = Workshop(folder, url, env)
    shop.hub("init", "--issuer", "Atelier de démonstration", "--name", "Établi", "--demo")
    shop.hub("user", "add", LEAD, "--role", "lead", "--name", "Camille Demo")
    shop.hub("lot", "create", LOT, "--donor", "Mairie de Démoville", "--label", "Renouvellement")
    shop.hub("lot", "import", LOT, str(BENCHES / "day-lot.csv"))
    shop.serve()
    return shop
