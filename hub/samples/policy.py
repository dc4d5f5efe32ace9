"""How many drives are drawn, and which: pure functions over a policy file and the ids of signed statements.

The seed is the SHA-256 of the approved runs and their signed decisions. Whoever approves cannot know it before all of
them are signed, and nobody can choose it afterwards; anybody with the statements computes the same draw again.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.errors import BadInput

SHIPPED: Final = Path(__file__).with_name("sample.toml")
OWN: Final = "sample.toml"  # in the data folder of the hub
DOMAIN: Final = b"etabli.sample/1\n"
ALL: Final = 1000


@dataclass(frozen=True, slots=True)
class SamplePolicy:
    """The share that is read again, in thousandths, and how many at least; `sha256` is that of its file."""

    id: str
    version: int
    per_mille: int
    least: int
    sha256: str


def policy_of(data_dir: Path) -> SamplePolicy:
    """The policy of a site, else the shipped one. Raises BadInput for a file of the site that cannot be used."""
    own = data_dir / OWN
    return read_policy(own.read_bytes() if own.exists() else SHIPPED.read_bytes())


def read_policy(data: bytes) -> SamplePolicy:
    """A policy from its file. Raises BadInput."""
    try:
        found = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput("the sample policy of this site is no TOML", "sample-policy") from error
    name, numbers = found.get("id"), [found.get(one) for one in ("version", "per_mille", "least")]
    if not (isinstance(name, str) and 1 <= len(name) <= 64 and all(type(one) is int for one in numbers)):  # noqa: PLR2004
        raise BadInput("the sample policy needs an id and whole numbers: version, per_mille, least", "sample-policy")
    version, per_mille, least = (one for one in numbers if isinstance(one, int))
    if not (version >= 1 and 1 <= per_mille <= ALL and 1 <= least <= ALL):
        raise BadInput("the sample policy draws 1 to 1000 per mille, and at least one", "sample-policy")
    return SamplePolicy(name, version, per_mille, least, hashlib.sha256(data).hexdigest())


def size_of(policy: SamplePolicy, population: int) -> int:
    """How many of so many are drawn: the share, rounded up, at least `least`, never more than there are."""
    share = -(-population * policy.per_mille // ALL)
    return min(population, max(policy.least, share))


def seed_of(lot_id: str, signed: Iterable[tuple[str, str]]) -> str:
    """The seed of a draw: SHA-256 over the lot and each run with its signed decision, in the order of their ids."""
    lines = [f"{run} {decision}\n" for run, decision in sorted(signed)]
    return hashlib.sha256(DOMAIN + f"{lot_id}\n".encode() + "".join(lines).encode()).hexdigest()


def drawn(policy: SamplePolicy, seed: str, population: Sequence[str]) -> tuple[str, ...]:
    """The runs that are read again: those whose id, hashed with the seed, comes first."""
    ranked = sorted(population, key=lambda run: hashlib.sha256(f"{seed}{run}".encode()).hexdigest())
    return tuple(ranked[: size_of(policy, len(population))])
