"""The operators of a bench: those that its hub announces, and those that were added here.

An operator is a pseudonym, never a name of a person: it goes into statements. The hub's list comes with its checked
assignments (`station_agent.assigned`): pseudonyms and the digests of badges, never a PIN. A PIN, and a badge where the
hub gave none, is set at the bench. Where the list is there and cannot be checked nobody is let in. PINs are kept as
argon2id, badges as the SHA-256 of a random token: the badge itself is on paper only. The file is changed under a lock
of its own, also while a daemon holds the state.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from station_agent.assigned import Assignments, Unusable
from station_agent.errors import StoreBroken, StoreError, UsageError
from station_agent.language import mark, visible
from station_agent.pins import bearable, checked_pin, hash_pin
from station_agent.scanner.check_character import ALPHABET
from station_agent.state import write_whole

T = TypeVar("T")
Assigned = Assignments | Unusable | None
FILE: Final = "operators.json"
LOCK: Final = "operators.lock"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
TOKEN_LETTERS: Final = 16  # 82 bits: no delay is needed against guessing
UNSIGNED: Final = "unsigned"  # by an older hub: it says of nobody that they work here
HUB_NAME: Final = mark("Your hub names an operator {name}, which is no pseudonym: it has to be changed there.")
DAMAGED: Final = mark(
    "The operators of this bench, {path}, cannot be read. Put the file back, or delete it and add them."
)
BAD_NAME: Final = mark(
    "{name} cannot be the name of an operator: up to 40 letters without accents, figures, dots, hyphens. A pseudonym."
)
NOBODY: Final = mark("There is no operator {name} on this bench. Those who are: {known}.")


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. `pin` is an argon2id string or "", `badge` the SHA-256 of a token in hex or ""."""

    name: str
    pin: str = field(default="", repr=False)
    badge: str = field(default="", repr=False)
    from_hub: bool = False


@dataclass(slots=True)
class Book:
    """The file of this bench: its own entries, and the wrong tries of everybody (`station_agent.sign_in`)."""

    operators: dict[str, Operator] = field(default_factory=dict)
    tries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """Plain JSON types."""
        entries = {one.name: {"pin": one.pin, "badge": one.badge} for one in self.operators.values()}
        return {"version": 1, "operators": entries, "tries": self.tries}


def operators_of(folder: Path, assigned: Assigned = None) -> dict[str, Operator]:
    """Give the operators by name; what the hub says of one counts before what this bench says. Raises `StoreError`."""
    return _merged(read_book(folder), _of_hub(assigned))


def operator_named(folder: Path, name: str, assigned: Assigned = None) -> Operator:
    """Give one operator, whatever the capitals. Raises `UsageError` with the names that there are, `StoreError`."""
    known = operators_of(folder, assigned)
    found = [one for one in known.values() if one.name.casefold() == name.strip().casefold()]
    if len(found) != 1:
        raise UsageError(NOBODY, name=visible(name) or '""', known=", ".join(sorted(known)) or "-")
    return found[0]


def add_operator(folder: Path, name: str, pin: str, assigned: Assigned = None) -> Operator:
    """Keep a new operator, or a new PIN for one that is known. Raises `UsageError`, `StoreError`."""
    if not NAME.fullmatch(name):
        raise UsageError(BAD_NAME, name=visible(name) or '""')
    stored = hash_pin(checked_pin(pin))

    def change(book: Book) -> Operator:
        known = _merged(book, _of_hub(assigned))
        same = next((one for one in known.values() if one.name.casefold() == name.casefold()), None)
        kept = Operator(same.name if same else name, stored, same.badge if same else "")
        book.operators[kept.name] = kept
        book.tries.pop(kept.name, None)
        return kept

    return changed_book(folder, change)


def remove_operator(folder: Path, name: str, assigned: Assigned = None) -> Operator:
    """Forget an operator of this bench. Raises `UsageError`, `StoreError`."""

    def change(book: Book) -> Operator:
        found = operator_named(folder, name, assigned)
        if found.from_hub:
            raise UsageError(mark("{name} comes from your hub and is removed there."), name=found.name)
        book.tries.pop(found.name, None)
        return book.operators.pop(found.name)

    return changed_book(folder, change)


def new_badge_token(choose: Callable[[str], str] = secrets.choice) -> str:
    """Make the token of a badge; `choose` takes one letter of a text by chance."""
    return "".join(choose(ALPHABET) for _ in range(TOKEN_LETTERS))


def keep_badge(folder: Path, name: str, token: str, assigned: Assigned = None) -> Operator:
    """Make a token the badge of an operator; an older badge is void from now on. Raises `UsageError`, `StoreError`."""

    def change(book: Book) -> Operator:
        found = operator_named(folder, name, assigned)
        if found.from_hub and _of_hub(assigned)[found.name].badge:
            raise UsageError(mark("The badge of {name} comes from your hub: it is made there."), name=found.name)
        own = book.operators.get(found.name, Operator(found.name))
        kept = Operator(found.name, own.pin, token_digest(token))
        book.operators[found.name] = kept
        return kept

    return changed_book(folder, change)


def token_digest(token: str) -> str:
    """Give the SHA-256 of a badge's token, in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def read_book(folder: Path) -> Book:
    """Read the file of this bench; an empty book before the first operator. Raises `StoreError`."""
    path = folder / FILE
    try:
        document = json.loads(path.read_text("utf-8"))
        operators = {
            name: Operator(name, _secret(entry["pin"]), _digest(entry["badge"]))
            for name, entry in document["operators"].items()
        }
        tries = {str(name): dict(entry) for name, entry in document["tries"].items()}
    except FileNotFoundError:
        return Book()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(DAMAGED, path=path) from error
    return Book(operators, tries)


def changed_book(folder: Path, change: Callable[[Book], T]) -> T:
    """Read the file, change it and write it, alone. Raises `StoreError`, and what `change` raises: nothing is kept."""
    with _alone(folder):
        book = read_book(folder)
        given = change(book)
        write_whole(folder / FILE, json.dumps(book.to_document(), sort_keys=True))
        return given


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        holder = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreBroken(
            mark("The folder {folder} cannot keep the state of this bench: {detail}. Choose another with --state."),
            folder=folder,
            detail=error.strerror or error,
        ) from error
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(holder)


def _merged(book: Book, hub: dict[str, Operator]) -> dict[str, Operator]:
    found = dict(book.operators)
    for name, theirs in hub.items():
        own = found.get(name, Operator(name))
        found[name] = Operator(name, own.pin, theirs.badge or own.badge, from_hub=True)
    return found


def _of_hub(assigned: Assigned) -> dict[str, Operator]:
    if assigned is None or (isinstance(assigned, Unusable) and assigned.code == UNSIGNED):
        return {}
    if isinstance(assigned, Unusable):
        raise StoreError(assigned.why.sentence, **assigned.why.facts)
    listed = {one.id: Operator(one.id, badge=one.badge_sha256, from_hub=True) for one in assigned.operators}
    if stray := [name for name in listed if not NAME.fullmatch(name)]:
        raise StoreError(HUB_NAME, name=visible(stray[0]))
    return listed


def _secret(value: object) -> str:
    if value != "" and not (isinstance(value, str) and bearable([value])):
        raise ValueError("no argon2id string that a bench can compute")
    return value


def _digest(value: object) -> str:
    if not isinstance(value, str) or not (value == "" or DIGEST.fullmatch(value)):
        raise ValueError("no SHA-256")
    return value
