"""Lets nvme-cli decode our bytes and build our commands: a second reader, written by other people.

A small shim in front of it answers its admin ioctls from files and writes down what it sent. The node that it opens
is /dev/null: no device is ever reached.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("answering.c")
NVME = shutil.which("nvme", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
COMPILER = shutil.which("cc")


def unsigned(text: str) -> int:
    """Read a number: some versions print words of 32 bits with a sign."""
    value = int(text)
    return value if value >= 0 else value + (1 << 32)


@dataclass(frozen=True)
class NvmeCli:
    """The tool with answers in front of it."""

    shim: Path
    answers: Path

    @staticmethod
    def built(folder: Path) -> "NvmeCli":
        """Compile the shim that answers."""
        shim = folder / "answering.so"
        answers = folder / "answers"
        answers.mkdir()
        subprocess.run([str(COMPILER), "-shared", "-fPIC", "-o", str(shim), str(SOURCE)], check=True, timeout=60)
        return NvmeCli(shim, answers)

    def give(self, opcode: int, selector: int, data: bytes) -> None:
        """Answer a command with these bytes; `selector` is the low byte of its dword 10."""
        (self.answers / f"{opcode:02x}-{selector:02x}").write_bytes(data)

    def run(self, *arguments: str) -> str:
        """Run one command of the tool on the node that leads nowhere."""
        command, *options = arguments
        done = subprocess.run(
            [str(NVME), command, "/dev/null", *options],
            env={"LD_PRELOAD": str(self.shim), "ANSWERS": str(self.answers), "PATH": os.environ.get("PATH", "")},
            capture_output=True,
            text=True,
            errors="replace",
            check=True,
            timeout=60,
        )
        return done.stdout

    def read(self, *arguments: str) -> dict[str, Any]:
        """Run one command that prints JSON."""
        found: dict[str, Any] = json.loads(self.run(*arguments, "-o", "json"), parse_int=unsigned)
        return found

    def sent(self, opcode: int) -> list[tuple[int, int, int]]:
        """Namespace and dwords 10 and 11 of the commands with this opcode that it sent."""
        lines = (self.answers / "sent").read_text("ascii").splitlines()
        rows = [[int(word, 16) for word in line.split()] for line in lines]
        return [(nsid, cdw10, cdw11) for code, nsid, cdw10, cdw11 in rows if code == opcode]
