"""Cases for the verifiers: a document, perhaps a proof beside it, a trust file; good ones, and bad ones of every kind.

A case is made of a number and a seed alone, so that one that fails is made again by its number.
"""

import base64
import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from random import Random

from certificates.keys import SigningKey
from certificates.proved_bundle import with_proof
from tests.certificates.conftest import HUB_KEY, STATION_KEY
from tests.independent.spoiled_proofs import PROOF_CHANGES, spoil
from tests.independent.stock import (
    OTHER_KEY,
    PAPER,
    SIGNERS,
    Plain,
    bundle_of,
    bundled,
    coded,
    enveloped,
    sheet,
    signed_again,
    stock,
)

LOW_ORDER = (
    bytes([1, *[0] * 31]),  # the neutral point
    bytes(32),  # order 4
    bytes.fromhex("ec" + "ff" * 30 + "7f"),  # order 2
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),  # order 8
    bytes.fromhex("ee" + "ff" * 30 + "7f"),  # the neutral point, y = p + 1
    bytes.fromhex("01" + "00" * 30 + "80"),  # the neutral point with a sign
    bytes.fromhex("1f4f580e73ac208f06760190e9edc6f5916775dabd9c1cdca393175c2d6d1083"),  # mixed order
)


@dataclass(frozen=True)
class Case:
    """What the verifiers are given."""

    name: str
    data: bytes
    trust: bytes
    proof: bytes | None = None


@dataclass
class Work:
    """A case in the making."""

    data: bytes
    trust: Plain
    proof: bytes | None = None


def case(number: int, seed: int = 0) -> Case:
    """One case by its number; about every eighth is as it should be."""
    random = Random(f"{seed}/{number}")
    work, form = _begun(random)
    changes = random.choice(CHANGES[form])() if number % 8 else ()
    for change in changes:
        change(random, work)
    told = ", ".join(change.__name__.strip("_") for change in changes)
    return Case(f"{seed}/{number} {form}: {told or 'as it should be'}", work.data, _written(work.trust), work.proof)


def cases(count: int, seed: int = 0) -> Iterator[Case]:
    """So many cases."""
    return (case(number, seed) for number in range(count))


def _written(trust: Plain) -> bytes:
    return json.dumps(trust, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _begun(random: Random) -> tuple[Work, str]:
    from_stock = stock()
    trust = copy.deepcopy(random.choice(list(from_stock.trusts.values())))
    form = random.choice(("statement", "bundle", "bundle", "proved", "proved", "beside", "pdf", "remade"))
    if form in ("statement", "remade"):
        data = random.choice(from_stock.alone).envelope.data
        return Work(data, trust), form
    statements = random.choice(from_stock.bundles[: 4 if form in ("bundle", "pdf") else 3])
    plain = bundle_of(statements)
    if form == "bundle":
        return Work(plain, trust), form
    simulated = statements[0].simulated
    proof = None if simulated else _proof(random.randrange(3), random.randrange(4))
    if form == "pdf":
        key = SIGNERS[statements[0].signer.kid]
        carried = random.choice((None, proof))
        if random.random() < 0.2:
            return Work(sheet(from_stock.alone[8].envelope.data), trust), form
        if carried and not simulated:
            carried = from_stock.proof(statements, random.randrange(4)).to_json()
        return Work(sheet(plain, carried, key), trust), form
    shown = from_stock.proof(statements, random.randrange(4), _more(random), random.choice((0, 0, 1, 5, 6)))
    if form == "proved":
        return Work(with_proof(plain, shown), trust), form
    return Work(plain, trust, shown.to_json()), form


def _more(random: Random) -> list[str]:
    """Sometimes the note that a station held."""
    return [stock().ledger.note(random.randrange(3), random.choice((3, 5)))] if random.random() < 0.3 else []


@cache
def _proof(place: int, witnesses: int) -> bytes:
    return stock().proof(stock().bundles[place], witnesses).to_json()


# --- changes of bytes ---


def _flipped(random: Random, work: Work) -> None:
    place = random.randrange(len(work.data))
    work.data = work.data[:place] + bytes([work.data[place] ^ (1 << random.randrange(8))]) + work.data[place + 1 :]


def _cut(random: Random, work: Work) -> None:
    place = random.randrange(len(work.data))
    work.data = work.data[:place] + work.data[place + random.choice((1, 1, 4, 100)) :]


def _put_in(random: Random, work: Work) -> None:
    place = random.randrange(len(work.data) + 1)
    work.data = (
        work.data[:place] + random.choice((b" ", b"\n", b"0", b"=", b",", b'"', b"\xff", b"{}")) + work.data[place:]
    )


def _spaced(random: Random, work: Work) -> None:
    work.data = random.choice((b"\n", b" ", b"\xef\xbb\xbf", b"")) + json.dumps(json.loads(work.data)).encode()


def _escaped(random: Random, work: Work) -> None:
    work.data = work.data.replace(*random.choice(((b"a", b"\\u0061"), (b"+", b"-"), (b"=", b""), (b"/", b"\\/"))), 1)


def _twice(random: Random, work: Work) -> None:
    name = random.choice((b'"payload":', b'"schema":', b'"keyid":', b'"sig":'))
    work.data = work.data.replace(name, name + b'"x",' + name, 1)


# --- changes of JSON ---


def _respelled(random: Random, work: Work) -> None:
    value = json.loads(work.data)
    spoil(random, value)
    work.data = coded(value)


def _trust_spoiled(random: Random, work: Work) -> None:
    spoil(random, work.trust)


def _trust_signed_again(random: Random, work: Work) -> None:
    if work.trust.get("signature"):
        work.trust = signed_again(work.trust, random.choice((HUB_KEY, HUB_KEY, HUB_KEY, STATION_KEY, OTHER_KEY)))


# --- changes of meaning ---


def _key_state(random: Random, work: Work) -> None:
    key = random.choice(work.trust["keys"])
    key["status"] = random.choice(("retired", "compromised", "compromised", "active"))
    if "until" in key and random.random() < 0.7:
        shard = random.choice(("2026", "2026", "2025", "2026-2", "2027"))
        key["until"] = {"shard": shard, "index": random.randrange(12), "seq": random.choice((0, 1, 2, 4, 99))}


def _key_gone(random: Random, work: Work) -> None:
    work.trust["keys"].remove(random.choice(work.trust["keys"]))


def _key_of_other_role(random: Random, work: Work) -> None:
    random.choice(work.trust["keys"])["role"] = random.choice(("hub", "station", "registry"))


def _key_weak(random: Random, work: Work) -> None:
    raw = random.choice(LOW_ORDER)
    key = random.choice(work.trust["keys"])
    key["public"], key["kid"] = base64.b64encode(raw).decode(), sha256(raw).hexdigest()


def _replaced(random: Random, work: Work) -> None:
    if "superseded" in work.trust:
        old = random.choice([group[0].id for group in stock().bundles] + [stock().alone[6].id])
        work.trust["superseded"].append({"certificate": old, "by": random.choice(("", "ab" * 32, old))})


def _linked_otherwise(random: Random, work: Work) -> None:
    envelopes = json.loads(bundle_of(random.choice(stock().bundles)))["envelopes"]
    document = json.loads(work.data)
    mine, place = document["envelopes"], random.randrange(4)
    match random.randrange(4):
        case 0:
            mine[place % len(mine)] = random.choice(envelopes)
        case 1:
            random.shuffle(mine)
        case 2:
            del mine[place % len(mine)]
        case _:
            mine.append(random.choice(envelopes))
    work.data = coded(document)


def _payload_changed(random: Random, work: Work) -> None:
    """Change a payload and sign everything anew, so that only what it says is wrong."""
    outer = json.loads(work.data)
    payload = json.loads(base64.b64decode(outer["payload"]))
    for _ in range(random.choice((1, 1, 1, 2))):
        spoil(random, payload)
    key = SIGNERS[outer["signatures"][0]["keyid"]]
    kind = outer["payloadType"].split(".")[2]
    work.data = enveloped(payload, _perhaps_other(random, key), kind if random.random() < 0.97 else "certificate")


def _perhaps_other(random: Random, key: SigningKey) -> SigningKey:
    return key if random.random() < 0.95 else random.choice(list(SIGNERS.values()))


def _rebuilt(random: Random, work: Work) -> None:
    """Change one payload of a bundle and let the others name the new one."""
    statements = random.choice(stock().bundles)
    payloads = [one.payload for one in statements]
    keys = [SIGNERS[one.signer.kid] for one in statements]
    spoil(random, random.choice(payloads))
    rest = [enveloped(payload, key) for payload, key in list(zip(payloads, keys, strict=True))[2:]]
    ids = [sha256(one).hexdigest() for one in rest]
    if "statement" in payloads[1] and random.random() < 0.95:
        payloads[1]["statement"] = ids[0]
    decided = enveloped(payloads[1], keys[1])
    payloads[0] |= {"erasure": ids[0], "validation": sha256(decided).hexdigest()}
    payloads[0]["diagnostics"] = ids[1] if len(ids) > 1 else None
    work.data = bundled([enveloped(payloads[0], keys[0]), decided, *rest])


# --- changes of a proof ---


def _proof_changed(random: Random, work: Work) -> None:
    document = json.loads(work.data) if work.proof is None else {"proof": json.loads(work.proof)}
    random.choice(PROOF_CHANGES)(random, document["proof"])
    if work.proof is None:
        work.data = coded(document)
    else:
        work.proof = coded(document["proof"])


# --- changes of a PDF ---


def _sealed_otherwise(random: Random, work: Work) -> None:
    """Another inside, another seal, or none."""
    inside = bundle_of(random.choice(stock().bundles))
    match random.randrange(6):
        case 0:
            work.data = sheet(inside, None, random.choice((STATION_KEY, OTHER_KEY, PAPER[0])))
        case 1:
            work.data = sheet(random.choice(stock().alone).envelope.data)
        case 2:
            work.data = work.data[:-175] + b"%etabli-binder\n"
        case 3:
            work.data = work.data[:-175] + work.data[-174:]
        case 4:
            work.data = sheet(inside, random.choice((_proof(0, 2), b"{}", _proof(1, 0))))
        case _:
            work.data = sheet(random.choice((_proof(0, 1), b"", b"{}", with_proof_inside())))


def with_proof_inside() -> bytes:
    """A bundle of the second form, which no PDF carries as its attachment."""
    return with_proof(bundle_of(stock().bundles[0]), stock().proof(stock().bundles[0], 1))


_BYTES = (_flipped, _flipped, _cut, _put_in)
_KEYS = (_key_state, _key_state, _key_gone, _key_of_other_role, _key_weak, _replaced, _trust_spoiled)
Change = Callable[[Random, Work], None]


def _ways(*own: Change) -> tuple[Callable[[], tuple[Change, ...]], ...]:
    """Ways to change a case of one form: its own, any of the trust file (with a signature that holds, or not)."""
    alone = tuple((lambda one=one: (one,)) for one in (*own, *_KEYS))
    signed = tuple((lambda one=one: (one, _trust_signed_again)) for one in _KEYS)
    both = tuple((lambda one=one: (one, _key_state, _trust_signed_again)) for one in own)
    return (*alone, *alone, *signed, *both)


CHANGES: dict[str, tuple[Callable[[], tuple[Change, ...]], ...]] = {
    "statement": _ways(*_BYTES, _spaced, _escaped, _twice, _respelled, _payload_changed),
    "remade": ((lambda: (_payload_changed,)), (lambda: (_payload_changed, _key_state))),
    "bundle": _ways(*_BYTES, _spaced, _escaped, _twice, _respelled, _linked_otherwise, _rebuilt, _rebuilt, _rebuilt),
    "proved": _ways(_flipped, _put_in, _respelled, _linked_otherwise, *[_proof_changed] * 6),
    "beside": _ways(_flipped, _linked_otherwise, *[_proof_changed] * 6),
    "pdf": _ways(*_BYTES, _sealed_otherwise, _sealed_otherwise, _sealed_otherwise),
}
