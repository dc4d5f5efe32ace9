"""Attacks on bundles: every flipped bit, and edits at random; spread over processes, the same for the same seed.

Accepted is whatever a verifier would let pass: the verdict VALID, or an unwitnessed one that is not explained by a line
of a witness that the change made foreign (notes may carry lines of witnesses that a verifier does not know).
"""

import gc
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context

from certificates import bundle
from certificates.errors import BadSignature
from certificates.keys import PublicKey
from certificates.proved_bundle import with_proof
from certificates.trust import Trust
from certificates.verdicts import judge
from certificates.verify import VerifiedStatement
from tests.certificates.conftest import HUB_KEY, STATION_KEY, Workshop, workshop_of
from tests.certificates.ledgers import Ledger

QUORUM = 2
LONGEST = 24  # bytes of one edit
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Target:
    """A good document and the trust file by which it is VALID. `lines` are the bytes that hold cosignatures."""

    data: bytes
    trust: Trust
    lines: range

    def passes(self, changed: bytes, place: int) -> bool:
        """Whether a changed document is let through; `place` is where the change begins."""
        found = judge(changed, self.trust)
        if found.verdict == "VALID-UNWITNESSED":
            return place not in self.lines
        return found.verdict == "VALID"


def target(number: int) -> Target:
    """Bundle `number`: one of ten in the second form, with a proof and exactly the quorum, the others in the first."""
    rng = random.Random(number)
    shop: Workshop = workshop_of(STATION_KEY, HUB_KEY)
    serial = "".join(rng.choices(LETTERS, k=rng.randint(6, 20)))
    changes = {"seq": rng.randint(1, 9_999), "nonce": rng.randbytes(16).hex(), "subject__drive__serial": serial}
    good = shop.bundle(erasure=changes, certificate={"number": f"2026-{number:06d}"})
    if number % 10 != 1:
        return Target(good.data, shop.trust, range(0))
    ledger = Ledger().fill(rng.randint(0, 300)).add(*good.statements).fill(rng.randint(0, 300))
    data = with_proof(good.data, ledger.proof(good.statements, witnesses=QUORUM))
    first, last = data.index("— witness-1".encode()), data.index(b'"],"entries"')
    return Target(data, ledger.trust(shop.trust, QUORUM), range(first, last))


def flips(number: int, share: int = 1) -> int:
    """Flip every bit of a bundle, or one of `share`; the number of changed documents that pass."""
    one, passed = target(number), 0
    rng = random.Random(number)
    for bit in range(rng.randrange(share), len(one.data) * 8, share):
        changed = bytearray(one.data)
        changed[bit // 8] ^= 1 << bit % 8
        passed += one.passes(bytes(changed), bit // 8)
    return passed


def edits(number: int, count: int) -> int:
    """Edit a bundle at random `count` times; the number of changed documents that pass."""
    one, passed = target(number), 0
    for changed, place in edited(one.data, random.Random(-number - 1), count):
        passed += one.passes(changed, place)
    return passed


def edited(data: bytes, rng: random.Random, count: int) -> Iterator[tuple[bytes, int]]:
    """So many changed documents, and where each change begins."""
    while count:
        place, length = rng.randrange(len(data)), rng.randint(1, LONGEST)
        other = rng.randrange(len(data))
        changed = {
            "replace": lambda p=place, n=length: data[:p] + rng.randbytes(n) + data[p + n :],
            "text": lambda p=place, n=length: data[:p] + "".join(rng.choices(LETTERS, k=n)).encode() + data[p + n :],
            "insert": lambda p=place, n=length: data[:p] + rng.randbytes(n) + data[p:],
            "delete": lambda p=place, n=length: data[:p] + data[p + n :],
            "cut": lambda p=place: data[:p],
            "move": lambda p=place, n=length, o=other: data[:p] + data[o : o + n] + data[p + n :],
            "double": lambda p=place, n=length: data[: p + n] + data[p:],
        }[rng.choice(("replace", "text", "insert", "delete", "cut", "move", "double"))]()
        if changed != data:
            count -= 1
            yield changed, place


def remember_checks() -> None:
    """Answer what was checked before from memory: most of a changed document is as it was.

    Only for a process of its own. A signature is a pure function of key, signature and message, a statement one of its
    bytes and the trust file, and neither changes once it was made; nothing else is shortened.
    """
    gc.set_threshold(100_000, 50, 100)  # a judgement makes thousands of objects, and no circle
    verify, verify_envelope = PublicKey.verify, bundle.verify_envelope
    statements: dict[bytes, VerifiedStatement] = {}
    trusts: list[Trust] = []

    @lru_cache(maxsize=64)
    def outcome(key: PublicKey, signature: bytes, message: bytes) -> BadSignature | None:
        try:
            return verify(key, signature, message)
        except BadSignature as error:
            return error

    def signature_holds(key: PublicKey, signature: bytes, message: bytes) -> None:
        if (error := outcome(key, signature, message)) is not None:
            raise BadSignature(*error.args)

    def statement_of(data: bytes, trust: Trust) -> VerifiedStatement:
        if not (trusts and trusts[0] is trust):
            trusts[:] = [trust]
            statements.clear()
        if data not in statements:
            statements[data] = verify_envelope(data, trust)
        return statements[data]

    PublicKey.verify = signature_holds  # type: ignore[method-assign]
    bundle.verify_envelope = statement_of


def spread(attack: str, numbers: range, size: int, processes: int) -> Counter[str]:
    """Run `flips` or `edits` on many bundles; how many documents passed, and on how many bundles it was tried."""
    work = {"flips": flips, "edits": edits}[attack]
    passed, step = 0, max(1, len(numbers) // 20)
    with ProcessPoolExecutor(processes, get_context("spawn"), remember_checks) as pool:
        for done, more in enumerate(pool.map(work, numbers, [size] * len(numbers), chunksize=1), 1):
            passed += more
            if done % step == 0:
                print(f"{attack}: {done} of {len(numbers)} bundles, {passed} passed", flush=True)
    return Counter(passed=passed, bundles=len(numbers))
