"""What a slip on paper says: the receipt of a device that somebody brought, the slip of an exit.

The page of the hub is the original and this is its copy: a slip is not signed by a key and proves no erasure.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of goods: a share of the width for each column, its head, and cells of as many texts."""

    title: str
    shares: tuple[float, ...]
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip. `code` is drawn large, and `address` as a QR code beside it; "" for none."""

    issuer: str
    contact: str
    title: str
    facts: Sequence[tuple[str, str]]
    code: str = ""
    address: str = ""
    table: Table | None = None
    notes: Sequence[str] = ()
    signatures: Sequence[tuple[str, str]] = ()  # who signs, and a name that is printed under it
