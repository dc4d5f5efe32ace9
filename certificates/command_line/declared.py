"""What stands on a command line: options and arguments, declared at the parameters of a function. Reads no words.

`def disks(*, as_json: Annotated[bool, Option("--json", help=...)] = False)`: the annotation says how a value is read,
the default whether one must be given. `bool` is a switch, `list[str]` may be given several times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from inspect import Parameter, signature
from pathlib import Path
from types import UnionType
from typing import Any, Final, get_args

HELP: Final = "--help"


@dataclass(frozen=True, slots=True)
class Option:
    """One option, `flag` with its dashes; `help` is an English source of the program's own catalogue."""

    flag: str
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    envvar: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, or with a list type all that are left; `file` is one that must be there to be read."""

    metavar: str
    help: str
    file: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter of a command as the reader needs it."""

    name: str
    shown: Option | Argument
    kind: type
    many: bool
    required: bool
    default: Any

    @property
    def switch(self) -> bool:
        """Whether it takes no value."""
        return self.kind is bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it takes, empty for any."""
        if issubclass(self.kind, StrEnum):
            return tuple(str(word) for word in self.kind)
        return self.shown.choices if isinstance(self.shown, Option) else ()

    @property
    def metavar(self) -> str:
        """What stands for its value."""
        return self.shown.metavar or "|".join(self.choices) or METAVARS.get(self.kind, "TEXT")


METAVARS: Final[dict[type, str]] = {int: "N", Path: "PATH"}


def declared(function: Callable[..., Any]) -> tuple[Declared, ...]:
    """Give the options and arguments of a function, in their order; other parameters are not of the command line."""
    return tuple(_declared(one) for one in signature(function).parameters.values() if _shown(one) is not None)


def _shown(parameter: Parameter) -> Option | Argument | None:
    found = [one for one in getattr(parameter.annotation, "__metadata__", ()) if isinstance(one, Option | Argument)]
    return found[0] if found else None


def _declared(parameter: Parameter) -> Declared:
    shown = _shown(parameter)
    assert shown is not None
    written = parameter.annotation.__origin__
    if isinstance(written, UnionType):
        (written,) = (one for one in get_args(written) if one is not type(None))
    many = getattr(written, "__origin__", None) is list
    required = parameter.default is Parameter.empty
    kind = get_args(written)[0] if many else written
    return Declared(parameter.name, shown, kind, many, required, None if required else parameter.default)
