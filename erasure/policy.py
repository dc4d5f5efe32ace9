"""A policy: which method, how it is verified, and what is accepted. Data, named and versioned (`policies.toml`)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Policy:
    """What a site asks for. The engine never chooses less than this by itself."""

    name: str
    version: int
    methods: tuple[str, ...]  # in order of preference; the first that applies is planned
    verification: Literal["full", "sample"]
    sample_sectors: int  # single-sector draws when verification is "sample"
