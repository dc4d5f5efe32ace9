"""Every erase method that this version knows, one row each. A duplicate id stops the import."""

from collections.abc import Iterable

from erasure.applicability import Applicable, Inapplicable
from erasure.errors import DuplicateMethod, PolicyError
from erasure.methods.overwriting import KEYSTREAM, ZEROS
from erasure.methods.protocol import ErasureMethod, Finished, Stuck, Ticket
from erasure.passes import Evidence, Ports, Written

__all__ = [
    "METHODS",
    "Applicable",
    "ErasureMethod",
    "Evidence",
    "Finished",
    "Inapplicable",
    "Ports",
    "Stuck",
    "Ticket",
    "Written",
    "method_named",
    "without_duplicates",
]


def without_duplicates(methods: Iterable[ErasureMethod]) -> tuple[ErasureMethod, ...]:
    """Give the methods as a tuple. Raises DuplicateMethod when two share an id."""
    rows = tuple(methods)
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise DuplicateMethod(f"two erase methods are called {row.id}")
        seen.add(row.id)
    return rows


METHODS: tuple[ErasureMethod, ...] = without_duplicates((KEYSTREAM, ZEROS))


def method_named(name: str) -> ErasureMethod:
    """Find a method by its id. Raises PolicyError for an unknown one."""
    for method in METHODS:
        if method.id == name:
            return method
    raise PolicyError(f"there is no erase method called {name}")
