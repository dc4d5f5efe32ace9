"""An appliance in a folder: programs that answer as the system would, and which were called."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from station_agent.appliance.places import House
from station_agent.stick.starting import Places
from station_agent.system import Finished

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LINK = "https://etabli.local/welcome/" + "Ab_1-" * 8 + "xyz"
SAVE = {
    "path": "/dev/sdb1",
    "type": "part",
    "fstype": "vfat",
    "label": "ETABLI_SAVE",
    "mountpoints": [None],
    "ro": False,
}


@dataclass
class System:
    """What programs would do: `rows` is what lsblk lists, `stick` is the folder that the backup stick is."""

    folder: Path
    rows: list[Any] = field(default_factory=list)
    called: list[tuple[str, ...]] = field(default_factory=list)
    environments: list[Mapping[str, str]] = field(default_factory=list)
    answers: dict[str, Finished] = field(default_factory=dict)  # by a word of the call
    exchanged: bool = False
    on_stick: list[str] = field(default_factory=list)  # what stood on the stick when it was let go

    def __call__(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float,
        given: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Finished:
        words = tuple(argv)
        self.called.append(words)
        self.environments.append(env or {})
        for word, finished in self.answers.items():
            if word in words:
                return finished
        return Finished(words, 0, getattr(self, f"_{words[0]}", lambda _words: "")(words), "")

    def _lsblk(self, _words: tuple[str, ...]) -> str:
        return json.dumps({"blockdevices": self.rows})

    def _mount(self, words: tuple[str, ...]) -> str:
        if not self.exchanged:
            self.rows[0]["mountpoints"] = [words[-1]]
        return ""

    def _umount(self, words: tuple[str, ...]) -> str:
        self.on_stick = sorted(str(path.relative_to(words[-1])) for path in Path(words[-1]).rglob("*"))
        return ""

    def _runuser(self, words: tuple[str, ...]) -> str:
        if "backup" in words:
            (Path(words[-1]) / "etabli-hub-20260302-120000.db").write_bytes(b"the database of the hub")
        if "init" in words:
            data = Path(words[words.index("--data") + 1])
            (data / "hub.key").write_text("key")
            (data / "hub.json").write_text("{}")
        return f"hub made\n{LINK}\n" if {"init", "link"} & {*words} else ""

    def count(self, program: str) -> int:
        return sum(program in words for words in self.called)


def house_in(folder: Path, status: Callable[[str], int] = lambda _path: 200) -> tuple[House, System]:
    """Make one: its partition is there, nothing is on it."""
    system = System(folder)
    for name in ("records", "runtime"):
        (folder / name).mkdir()
    words = folder / "cmdline"
    words.write_text("boot=live etabli.image=7f6f842b-eac5-576a-99a0-fee65329ceac quiet")
    folders = (
        folder / "records",
        folder / "runtime",
        folder / "radio",
        words,
        folder / "systemd",
        folder / "resolv.conf",
    )
    places = Places(*folders, run=system, ask=lambda _question: "")
    version = folder / "version"
    version.write_text("2026-03-01 abc1234\n")
    return House(places, version, status, lambda: NOON), system
