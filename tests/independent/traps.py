"""Documents that a careless verifier lets through, each with the one right verdict."""

import base64
import copy
import json
from hashlib import sha256

from certificates.bundle import build_bundle
from certificates.envelope import SignedEnvelope
from certificates.note import Checkpoint, cosign, sign_checkpoint
from certificates.proof import build_proof
from certificates.tree import root_hash
from tests.certificates.conftest import HUB_KEY, STATION_KEY
from tests.certificates.ledgers import COSIGNED, WITNESS_SEEDS, WITNESSES, Ledger, private
from tests.independent.curve import GROUP
from tests.independent.spoiled import Case
from tests.independent.stock import OTHER_KEY, Plain, bundle_of, coded, enveloped, sheet, stock


def traps() -> dict[str, tuple[Case, str]]:
    """Cases by name, with the verdict."""
    first = stock().bundles[0]
    plain, erasure, trusts = bundle_of(first), first[2], stock().trusts
    proof = stock().proof(first, 2)
    compromised = _bounded("compromised", 4)
    made: dict[str, tuple[bytes, Plain, bytes | None, str]] = {
        "one witness at two times": (plain, trusts["second-2"], _one_witness_twice(), "VALID-UNWITNESSED"),
        "a signature with S + L": (_greater_scalar(erasure.envelope.data), trusts["first-0"], None, "INVALID"),
        "a member twice, signed": (_signed_text(erasure.payload, twice=True), trusts["first-0"], None, "INVALID"),
        "a number that rounds, signed": (_signed_text(erasure.payload), trusts["first-0"], None, "INVALID"),
        "a seal by a station": (sheet(plain, None, STATION_KEY), trusts["first-0"], None, "INVALID"),
        "a seal by the hub of others": (sheet(plain, None, OTHER_KEY), _two_hubs(), None, "INVALID"),
        "an erasure alone in a sealed file": (sheet(erasure.envelope.data), trusts["first-0"], None, "INVALID"),
        "above the bound by its place": (plain, compromised, proof.to_json(), "DISPUTED"),
        "below both bounds": (plain, _bounded("compromised", 900), proof.to_json(), "VALID"),
        "a page that a key in other hands may have sealed": (
            sheet(plain),
            _bounded("compromised", 900, HUB_KEY.kid),
            proof.to_json(),
            "DISPUTED",
        ),
        "what that key signed before, without a page": (
            plain,
            _bounded("compromised", 900, HUB_KEY.kid),
            proof.to_json(),
            "VALID",
        ),
        "no place where one is needed": (plain, _bounded("compromised", 900), None, "DISPUTED"),
        "retired before": (plain, _bounded("retired", 4), proof.to_json(), "DISPUTED"),
        "a rejected drive": (_rejected(), trusts["first-0"], None, "INVALID"),
        **_of_ended_shards(plain, proof.to_json()),
        "two histories of one size": (plain, trusts["second-0"], _two_histories(), "INVALID"),
        "a key statement that vouches for itself": _vouches_for_itself(),
        "a key statement beside, without witnesses": (plain, trusts["second-2"], _beside(), "VALID"),
    }
    return {
        name: (Case(name, data, json.dumps(trust).encode(), beside), word)
        for name, (data, trust, beside, word) in made.items()
    }


def _of_ended_shards(plain: bytes, proof: bytes) -> dict[str, tuple[bytes, Plain, bytes | None, str]]:
    return {
        "a place that its shard signed after its end": (plain, _ended("frozen", 3), proof, "DISPUTED"),
        "the same of a closed shard": (plain, _ended("closed", 3), proof, "DISPUTED"),
        "a first place of before the end": (
            plain,
            _ended("frozen", len(stock().ledger.leaves)),
            proof,
            "VALID",
        ),
        "logged again, above a bound in the shard before": _again("2026", 900, "DISPUTED"),
        "logged again, below a bound in the new shard": _again("2026-2", 900, "VALID"),
        "logged again, above a bound in the new shard": _again("2026-2", 2, "DISPUTED"),
        "a growing shard with an end": (plain, _ended("open", 3), None, "TRUST"),
        "a frozen shard without an end": (plain, _ended("frozen", None), None, "TRUST"),
    }


def _bounded(status: str, index: int, kid: str = STATION_KEY.kid) -> Plain:
    trust = copy.deepcopy(stock().trusts["second-0"])
    for key in trust["keys"]:
        if key["kid"] == kid:
            key |= {"status": status, "until": {"shard": "2026", "index": index, "seq": 99}}
    return trust


def _two_hubs() -> Plain:
    """A trust file that knows two workshops."""
    trust = copy.deepcopy(stock().trusts["first-0"])
    other = copy.deepcopy(next(key for key in trust["keys"] if key["role"] == "hub"))
    trust["keys"].append({**other, "kid": OTHER_KEY.kid, "public": OTHER_KEY.public.base64})
    return trust


def _ended(state: str, end: int | None) -> Plain:
    """A bench whose key counts into the next shard; the shard before it has ended."""
    trust = _bounded("compromised", 5)
    for key in trust["keys"]:
        if key["until"]:
            key["until"]["shard"] = "2026-2"
    trust["logs"][0] |= {"state": state, "end": end}
    return trust


def _again(shard: str, index: int, word: str) -> tuple[bytes, Plain, bytes, str]:
    """The proof shows where the statements were logged again, after a freeze."""
    first, again = stock().bundles[0], Ledger("2026-2").fill(5).add(*stock().bundles[0]).fill(3)
    trust = _ended("frozen", 3)
    trust["logs"].append({"name": again.shard, "vkey": again.key.vkey, "state": "open", "end": None})
    for key in trust["keys"]:
        if key["until"]:
            key["until"] |= {"shard": shard, "index": index}
    return bundle_of(first), trust, again.proof(first).to_json(), word


def _one_witness_twice() -> bytes:
    ledger, first = stock().ledger, stock().bundles[0]
    checkpoint = Checkpoint(ledger.key.name, len(ledger.leaves), root_hash(ledger.leaves))
    lines = sign_checkpoint(checkpoint, ledger.key, private(ledger.seed).sign)
    for moment in (0, 1, 2):
        lines += cosign(checkpoint, WITNESSES[0].key, COSIGNED + moment, private(WITNESS_SEEDS[0]).sign)
    return build_proof([f"{checkpoint.body}\n{lines}"], [ledger.entry(one) for one in first]).to_json()


def _two_histories() -> bytes:
    ledger, first = stock().ledger, stock().bundles[0]
    other = Checkpoint(ledger.key.name, len(ledger.leaves), b"\x11" * 32)
    note = f"{other.body}\n{sign_checkpoint(other, ledger.key, private(ledger.seed).sign)}"
    return ledger.proof(first, more=[note]).to_json()


def _vouches_for_itself() -> tuple[bytes, Plain, bytes, str]:
    """The statement lies under a checkpoint of no witness, and once more, in the registry, under one with all."""
    ledger, key = stock().ledger, stock().alone[0]
    entries = [ledger.entry(key), ledger.entry(key, 1)]
    proof = build_proof([ledger.note(0), ledger.note(3)], entries, [key.envelope])
    return key.envelope.data, stock().trusts["second-2"], proof.to_json(), "VALID-UNWITNESSED"


def _beside() -> bytes:
    """Every statement of the bundle is witnessed; a key statement that nobody asked for is not."""
    ledger, first, key = stock().ledger, stock().bundles[0], stock().alone[0]
    entries = [*(ledger.entry(one) for one in first), ledger.entry(key, 1)]
    return build_proof([ledger.note(2), ledger.note(0)], entries, [key.envelope]).to_json()


def _greater_scalar(envelope: bytes) -> bytes:
    outer = json.loads(envelope)
    raw = base64.b64decode(outer["signatures"][0]["sig"])
    scalar = int.from_bytes(raw[32:], "little") + GROUP
    outer["signatures"][0]["sig"] = base64.b64encode(raw[:32] + scalar.to_bytes(32, "little")).decode()
    return coded(outer)


def _signed_text(payload: Plain, *, twice: bool = False) -> bytes:
    """An envelope around text that `json.loads` and `JSON.parse` read as a good payload."""
    if twice:
        text = coded(payload).replace(b'"kind":"erasure"', b'"kind":"erasure","kind":"erasure"')
    else:
        text = coded(payload).replace(b'"mono_ns":8213000000000', b'"mono_ns":9007199254740993')
    assert text != coded(payload)
    return enveloped(payload, STATION_KEY, text=text)


def _rejected() -> bytes:
    """A certificate over a decision that says no."""
    certificate, validation, erasure = stock().bundles[0]
    decided = enveloped({**validation.payload, "decision": "REJECTED"}, HUB_KEY)
    issued = enveloped({**certificate.payload, "validation": sha256(decided).hexdigest()}, HUB_KEY)
    return build_bundle([SignedEnvelope(one) for one in (issued, decided, erasure.envelope.data)])
