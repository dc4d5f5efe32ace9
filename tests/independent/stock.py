"""Good documents, proofs and trust files of every form: what `spoiled` makes bad ones of. Made with `certificates`."""

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pikepdf

from certificates.attachment import attach
from certificates.bundle import build_bundle
from certificates.envelope import SignedEnvelope, pae, payload_type
from certificates.keys import SigningKey
from certificates.position import Bound, Place
from certificates.proof import Proof
from certificates.root import NamedKey, Root
from certificates.seal import seal
from certificates.trust import Trust, TrustedKey
from certificates.trust2 import TRUST_TYPE, document_of, signed_document
from certificates.verify import VerifiedStatement
from tests.certificates.attestations import attestation_payload
from tests.certificates.conftest import (
    DEMO_HUB_KEY,
    DEMO_STATION_KEY,
    HUB_KEY,
    STATION_KEY,
    Workshop,
    workshop_of,
)
from tests.certificates.ledgers import WITNESSES, Ledger, supersede_payload

Plain = dict[str, Any]
OTHER_KEY = SigningKey.from_seed(b"\x55" * 32, demo=False)
PAPER = [SigningKey.from_seed(bytes([seed]) * 32, demo=False) for seed in (0x81, 0x82, 0x83, 0x84)]
PEOPLE = [SigningKey.from_seed(bytes([seed]) * 32, demo=False) for seed in (0x91, 0x92)]
SIGNERS = {key.kid: key for key in (HUB_KEY, STATION_KEY, DEMO_HUB_KEY, DEMO_STATION_KEY, OTHER_KEY, *PAPER, *PEOPLE)}


@dataclass(frozen=True)
class Stock:
    """Everything that the cases begin with: statements of bundles and alone, the log, trust files by name."""

    bundles: tuple[tuple[VerifiedStatement, ...], ...]
    alone: tuple[VerifiedStatement, ...]
    ledger: Ledger
    trusts: dict[str, Plain]

    def proof(
        self, statements: Sequence[VerifiedStatement], witnesses: int, more: Sequence[str] = (), registry: int = 0
    ) -> Proof:
        """Proof of these statements, with so many witnesses and statements about keys."""
        return self.ledger.proof(statements, self.alone[:registry], witnesses=witnesses, more=more)


def coded(value: object) -> bytes:
    """JSON as it would be canonical, without any check of the value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def enveloped(payload: Plain, key: SigningKey, kind: str | None = None, text: bytes = b"") -> bytes:
    """An envelope around whatever a payload is (or `text` instead of it), signed below every check."""
    said = str(payload.get("kind", "erasure"))
    body, name = text or coded(payload), payload_type(kind or (said if said.isascii() else "erasure"))
    signature = {"keyid": key.kid, "sig": base64.b64encode(key._private.sign(pae(name, body))).decode()}
    outer = {"payload": base64.b64encode(body).decode(), "payloadType": name, "signatures": [signature]}
    return coded(outer)


def bundled(envelopes: Sequence[bytes]) -> bytes:
    """A bundle of the first form around whatever the envelopes are."""
    return coded({"schema": "etabli.bundle/1", "envelopes": [json.loads(one) for one in envelopes]})


def sheet(inside: bytes, proof: bytes | None = None, key: SigningKey = HUB_KEY) -> bytes:
    """A sealed PDF of one empty page around these bytes."""
    return seal(attach(_blank(), inside, "", proof), key)


@cache
def _blank() -> bytes:
    written = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(written)
    return written.getvalue()


@cache
def stock() -> Stock:
    """The documents, once per process."""
    shop, demo = workshop_of(STATION_KEY, HUB_KEY), workshop_of(DEMO_STATION_KEY, DEMO_HUB_KEY)
    held = Ledger().fill(3)
    seen = {
        "origin": held.key.name,
        "size": 3,
        "root": "ab" * 32,
        "note_sha256": "cd" * 32,
    }
    plain = shop.bundle()
    diagnosed = _diagnosed(shop)
    disputed = shop.bundle(erasure={"last_cp": seen, "seq": 3, "nonce": "d4" * 16})
    bundles = tuple(one.statements for one in (plain, diagnosed, disputed))
    attestation = shop.sign(HUB_KEY, attestation_payload(seq=7))
    supersede = shop.sign(HUB_KEY, supersede_payload(certificate=plain.certificate.id, seq=8))
    registry = [shop.sign(HUB_KEY, payload) for payload in _registry_payloads()]
    alone = (*registry, plain.erasure, diagnosed.diagnostics, attestation, supersede, plain.certificate, demo.erasure())
    known = {one.id: one for one in (*(one for group in bundles for one in group), *alone) if one}
    ledger = held.add(*known.values()).fill(4)
    return Stock(
        (*bundles, demo.bundle().statements),
        tuple(one for one in alone if one),
        ledger,
        _trusts(shop, demo, ledger, bundles),
    )


def _registry_payloads() -> list[Plain]:
    """Statements about keys, one of each sort, and the record of a fork."""
    common = ("v", "kid", "seq", "prev", "nonce", "wall", "wall_src", "simulated")
    base = {name: value for name, value in supersede_payload().items() if name in common}
    named = {"kid": OTHER_KEY.kid, "public": OTHER_KEY.public.base64, "role": "station", "name": "Poste 9"}
    empty = {
        **base,
        "kind": "registry",
        "change": "enrol",
        "key": named,
        "replaces": "",
        "last_good_seq": None,
        "last_good_index": None,
        "shard": "",
        "approves": "",
        "by": "p-1",
        "note": "",
        "keys": [],
    }
    bounds = {"last_good_seq": 3, "last_good_index": 9, "shard": "2026"}
    snapshot = [{"kid": OTHER_KEY.kid, "role": "station", "status": "active"}]
    changes: tuple[Plain, ...] = (
        {},
        {"change": "rotate", "replaces": "ab" * 32},
        {"change": "compromise", **bounds},
        {"change": "approve", "key": None, "approves": "cd" * 32},
        {"change": "opening", "key": None, "shard": "2026", "note": "a\n", "keys": snapshot},
    )
    fork = {**base, "kind": "fork", "refused": {"id": "ab" * 32, "kid": "cd" * 32, "seq": 4}}
    return [{**empty, **change, "seq": 20 + place} for place, change in enumerate(changes)] + [{**fork, "seq": 30}]


def _diagnosed(shop: Workshop) -> Any:
    from certificates.bundle import VerifiedBundle

    erasure = shop.erasure(seq=4, nonce="e5" * 16)
    validation, diagnostics = shop.validation(erasure), shop.diagnostics()
    return VerifiedBundle(shop.certificate(erasure, validation, diagnostics), validation, erasure, diagnostics)


def _trusts(
    shop: Workshop, demo: Workshop, ledger: Ledger, groups: Sequence[Sequence[VerifiedStatement]]
) -> dict[str, Plain]:
    both = replace(shop.trust, keys={**shop.trust.keys, **demo.trust.keys})
    second = ledger.trust(both)
    made: dict[str, Plain] = {f"first-{quorum}": replace(both, quorum=quorum).to_document() for quorum in (0, 2)}
    made |= {f"second-{quorum}": document_of(ledger.trust(both, quorum)) for quorum in (0, 1, 2)}
    made["signed"] = signed_document(second, HUB_KEY)
    made["no-log"] = document_of(ledger.trust(both, logs=()))
    bound = Bound(Place("2026", 4), 1)
    for status in ("retired", "compromised"):
        key = replace(second.keys[STATION_KEY.kid], status=status, until=bound)  # type: ignore[arg-type]
        made[status] = document_of(replace(second, keys={**second.keys, key.kid: key}))
    bound = Bound(Place("2026-2", 4), 9)
    key = replace(second.keys[STATION_KEY.kid], status="compromised", until=bound)
    for end in (len(ledger.leaves), len(ledger.leaves) - 1):
        ended = tuple(replace(log, state="frozen", end=end) for log in second.logs)
        made[f"ended-{end}"] = document_of(replace(second, logs=ended, keys={**second.keys, key.kid: key}))
    replaced = {group[0].id: by for group, by in zip(groups, ("ab" * 32, "", "cd" * 32), strict=False)}
    made["superseded"] = document_of(replace(second, superseded=replaced))
    made["atelier"] = _rooted(shop, ledger, "atelier")
    made["reseau"] = _rooted(shop, ledger, "reseau")
    return made


def _rooted(shop: Workshop, ledger: Ledger, profile: Any) -> Plain:
    """A trust file with a root file of this profile; that of a network is the second version."""

    def named(keys: Sequence[SigningKey]) -> tuple[NamedKey, ...]:
        return tuple(NamedKey(key.public, f"Personne {key.kid[:4]}") for key in keys)

    trust = ledger.trust(shop.trust, witnesses=())
    roots, logs = named(PAPER[:1]), tuple(log.key.public for log in trust.logs)
    hub = (trust.hub_name, trust.hub_url, (HUB_KEY.public,))
    first = Root(1, "atelier", 1, roots, *hub, 1, named([HUB_KEY]), logs).with_signature(PAPER[0])
    if profile == "atelier":
        return signed_document(replace(trust, root=first), HUB_KEY)
    second = Root(2, "reseau", 2, named(PAPER[1:]), *hub, 2, named(PEOPLE), logs, WITNESSES, 2)
    for key in PAPER[:3]:
        second = second.with_signature(key)
    people = {key.kid: TrustedKey(key.public, "registry", f"Personne {key.kid[:4]}") for key in PEOPLE}
    wide: Trust = ledger.trust(replace(shop.trust, keys={**shop.trust.keys, **people}), 2)
    return signed_document(replace(wide, root=second, older_roots=(first,)), HUB_KEY)


def signed_again(trust: Plain, key: SigningKey = HUB_KEY) -> Plain:
    """A changed trust file with a signature that holds."""
    body = coded({name: value for name, value in trust.items() if name != "signature"})
    signature = key._private.sign(pae(TRUST_TYPE, body))
    return {**trust, "signature": {"kid": key.kid, "sig": base64.b64encode(signature).decode()}}


def bundle_of(statements: Sequence[VerifiedStatement]) -> bytes:
    """The bundle of these statements."""
    return build_bundle([SignedEnvelope(one.envelope.data) for one in statements])
