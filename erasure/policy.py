"""A policy: which method, how it is verified, and what is accepted. Data, named and versioned (`policies.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from erasure.errors import PolicyError
from erasure.outcome import Level

MEMBERS = frozenset({"version", "methods", "verification", "sample_sectors", "require", "opt_in", "crypto_first"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What a site asks for. The engine never chooses less than this by itself."""

    name: str
    version: int
    methods: tuple[str, ...]  # in order of preference; the first that applies is planned
    verification: Literal["full", "sample"]
    sample_sectors: int  # single-sector draws when verification is "sample"; for overwrites only
    require: Level = Level.CLEAR  # a method that earns less is refused, also when a person names it
    opt_in: tuple[str, ...] = ()  # methods of the list that a person has to allow each time
    crypto_first: bool = False  # destroy the key before a block erase where the drive can


@cache
def load_policies() -> dict[str, Policy]:
    """Return the policies that ship with the library, by name. Raises PolicyError."""
    return parse_policies(Path(__file__).with_name("policies.toml").read_text("utf-8"))


def policy_names() -> tuple[str, ...]:
    """Names of the policies that ship with the library; the default comes first."""
    return tuple(load_policies())


def load_policy(name: str) -> Policy:
    """Return the policy of this name. Raises PolicyError when there is none."""
    try:
        return load_policies()[name]
    except KeyError:
        raise PolicyError(f"there is no policy {name!r}; there are: {', '.join(policy_names())}") from None


def parse_policies(text: str) -> dict[str, Policy]:
    """Read a policy file. Raises PolicyError on anything that is malformed or unknown."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"the policy file is no TOML: {error}") from error
    return {name: parse_policy(name, table) for name, table in tables.items()}


def parse_policy(name: str, table: Any) -> Policy:
    """Read one policy. Raises PolicyError."""
    if not isinstance(table, dict) or set(table) - MEMBERS:
        raise PolicyError(f"policy {name!r} has unknown members")
    version, methods = table.get("version"), table.get("methods")
    if type(version) is not int or version < 1:
        raise PolicyError(f"policy {name!r} needs a version of 1 or more")
    if not isinstance(methods, list) or not methods or not all(isinstance(method, str) for method in methods):
        raise PolicyError(f"policy {name!r} needs a list of methods")
    mode, draws = parse_verification(name, table)
    require, opt_in, crypto_first = parse_limits(name, table)
    return Policy(name, version, tuple(methods), mode, draws, require, opt_in, crypto_first)


def parse_limits(name: str, table: dict[str, Any]) -> tuple[Level, tuple[str, ...], bool]:
    """Read what a policy requires, what needs a person's leave, and whether keys go first. Raises PolicyError."""
    opt_in, crypto_first = table.get("opt_in", []), table.get("crypto_first", False)
    if table.get("require", "CLEAR") not in (Level.CLEAR, Level.PURGE):
        raise PolicyError(f"policy {name!r} requires CLEAR or PURGE")
    known = isinstance(opt_in, list) and all(method in table["methods"] for method in opt_in)
    if not known or type(crypto_first) is not bool:
        raise PolicyError(f"policy {name!r}: opt_in lists methods of the policy, crypto_first is true or false")
    return Level(table.get("require", "CLEAR")), tuple(opt_in), crypto_first


def parse_verification(name: str, table: dict[str, Any]) -> tuple[Literal["full", "sample"], int]:
    """Read how a policy verifies: a mode, and draws above zero exactly when it samples. Raises PolicyError."""
    mode, draws = table.get("verification"), table.get("sample_sectors", 0)
    if mode == "full" and type(draws) is int and draws == 0:
        return "full", 0
    if mode == "sample" and type(draws) is int and draws > 0:
        return "sample", draws
    raise PolicyError(f'policy {name!r} verifies neither in "full" nor by a "sample" with its sample_sectors')
