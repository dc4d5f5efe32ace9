"""The people around a table who follow the printed steps of a ceremony, and nothing else."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certificates.keys import SigningKey
from certificates.note import COSIGNATURE, NoteKey
from hub.commands import paper_keys
from hub.commands.root import main
from hub.keys.line import current_root
from hub.keys.paper import lines_of
from hub.keys.sheets import Step, ceremonies
from hub.keys.standing import standings

WITNESSES = [SigningKey.from_seed(bytes([number]) * 32, demo=False) for number in range(201, 205)]


def witness(number: int) -> str:
    return f"Recyclerie {number}={NoteKey(f'w{number}', COSIGNATURE, WITNESSES[number].public).vkey}"


class Table:
    """The people around a table: their sheets of paper, and what they type."""

    def __init__(self, world: Any, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hub, self.stick = world.hub, stick
        self.sheets: dict[str, tuple[str, ...]] = {}
        self.owner, self.hand = "", ""
        monkeypatch.setattr("builtins.input", self.answer)
        monkeypatch.setattr(paper_keys, "paper_sheet", self.print_sheet)
        monkeypatch.setenv("ETABLI_HUB_DATA", str(self.hub.settings.data_dir))
        monkeypatch.setenv("ETABLI_DATABASE_URL", self.hub.settings.database_url)
        monkeypatch.setenv("ETABLI_PUBLIC_URL", self.hub.settings.public_url)
        monkeypatch.setenv("ETABLI_LANG", "en")

    def print_sheet(self, seed: bytes, name: str, *_others: Any, rehearsal: bool) -> bytes:
        self.sheets[name] = lines_of(seed, rehearsal=rehearsal)
        self.hand = name
        return b"%PDF"

    def answer(self, question: str) -> str:
        if found := re.search(r"Line (\d)", question):
            return self.sheets[self.hand][int(found[1]) - 1].upper()
        return "y"

    def follow(self, step: Step, **facts: str) -> None:
        """Do one step of the sheet; what is in braces is put in, and nothing else is changed."""
        if not step.run:
            assert step.where == "person", step.en
            return
        words = [word.format(**{"stick": str(self.stick), **facts}) for word in shlex.split(step.run)]
        assert words.pop(0) == "etabli-hub"
        assert main(words) == 0, step.run

    def as_person(self, name: str) -> None:
        self.hand = name

    def public(self, ending: str, name: str) -> str:
        return next(str(file) for file in self.stick.glob(f"*.{ending}.json") if f'"name":"{name}"' in file.read_text())

    def secret(self, name: str) -> str:
        return self.public("registry", name).replace(".json", ".key")


def steps(name: str) -> Iterator[Step]:
    return iter(ceremonies()[name])


def workshop(table: Table) -> None:
    for step in ceremonies()["workshop"]:
        table.follow(step, name="Odile")


def network(table: Table) -> None:
    workshop(table)
    todo = steps("network")
    make_root = next(todo)
    for name in ("Anne", "Bruno", "Chloé"):
        table.follow(make_root, name=name)
    make_registry = next(todo)
    for name in ("Didier", "Emma"):
        table.follow(make_registry, name=name)
    pubs = {f"pub{n}": table.public("root", name) for n, name in enumerate(("Anne", "Bruno", "Chloé"), 1)}
    regs = {f"reg{n}": table.public("registry", name) for n, name in enumerate(("Didier", "Emma"), 1)}
    told = {f"witness{n}": witness(n - 1) for n in (1, 2, 3)}
    root = str(table.stick / "root-2.json")
    table.follow(next(todo), root=root, **pubs, **regs, **told)
    sign = next(todo)
    for name in ("Odile", "Anne", "Chloé"):
        table.as_person(name)
        table.follow(sign, root=root)
    table.follow(next(todo), root=root)


def version(table: Table) -> int:
    with table.hub.sessions()() as session:
        root = current_root(session)
        return root.version if root else 0


def two_people(table: Table, todo: Iterator[Step], request: str) -> None:
    for number, name in enumerate(("Didier", "Emma"), 1):
        facts = {f"key{number}": table.secret(name), f"by{number}": f"p-{name[:2]}"}
        table.follow(next(todo), request=request, **facts)
    table.follow(next(todo), request=request)
    assert next(todo, None) is None


def status(table: Table, kid: str) -> str:
    with table.hub.sessions()() as session:
        found = standings(session).get(kid)
        return found.status if found else ""
