"""Root files: one form, thresholds of distinct keys, versions in line, roles that never share a key."""

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from certificates import canonical
from certificates.errors import RootOutOfLine, RootRefused, RootUnsigned, TrustError
from certificates.keys import PublicKey, SigningKey
from certificates.note import COSIGNATURE, LOG_SIGNATURE, NoteKey
from certificates.root import NamedKey, NamedWitness, Root, names_log, verify_line, verify_root, verify_succession

KEYS = [SigningKey.from_seed(bytes([number]) * 32, demo=False) for number in range(60, 80)]
HUB, LOG, WITNESSES, PEOPLE, SHARES = KEYS[0], KEYS[1], KEYS[2:5], KEYS[5:8], KEYS[8:14]
ORIGIN = "hub.example:8443/erasure-log/2026"


def named(*keys: SigningKey) -> tuple[NamedKey, ...]:
    return tuple(NamedKey(key.public, f"person {key.kid[:6]}") for key in keys)


def atelier(**changes: Any) -> Root:
    members = {
        "version": 1,
        "profile": "atelier",
        "threshold": 1,
        "roots": named(SHARES[0]),
        "hub_name": "Recyclerie",
        "hub_url": "https://hub.example:8443",
        "hub_keys": (HUB.public,),
        "registry_threshold": 1,
        "registry": named(HUB),
        "log_keys": (LOG.public,),
    }
    return Root(**(members | changes))


def reseau(**changes: Any) -> Root:
    members = {
        "version": 2,
        "profile": "reseau",
        "threshold": 2,
        "roots": named(*SHARES[1:4]),
        "registry_threshold": 2,
        "registry": named(*PEOPLE),
        "witnesses": tuple(
            NamedWitness(f"witness {key.kid[:6]}", NoteKey(f"w{key.kid[:6]}", COSIGNATURE, key.public))
            for key in WITNESSES
        ),
        "quorum": 2,
    }
    return atelier(**(members | changes))


def by(root: Root, *keys: SigningKey) -> Root:
    for key in keys:
        root = root.with_signature(key)
    return root


FIRST = by(atelier(), SHARES[0])
SECOND = by(reseau(), SHARES[0], *SHARES[1:3])


def test_a_root_file_comes_back_and_its_threshold_counts() -> None:
    for root in (FIRST, SECOND):
        again = Root.from_json(root.to_json())
        assert again == root
        verify_root(again)
    with pytest.raises(RootUnsigned, match="0 of 1"):
        verify_root(atelier())
    with pytest.raises(RootUnsigned, match="1 of 2"):
        verify_root(by(reseau(), SHARES[1], SHARES[0], *PEOPLE))
    assert SECOND.signers(SECOND) == tuple(key.name for key in SECOND.roots[:2])


def test_a_key_under_two_names_counts_once() -> None:
    twice = (*named(SHARES[1]), NamedKey(SHARES[1].public, "the same by another name"), *named(SHARES[2]))
    with pytest.raises(RootRefused, match="twice"):
        reseau(roots=twice)
    document = SECOND.to_document()
    document["signatures"] = [document["signatures"][0]] * 2
    with pytest.raises(RootRefused, match="one signature of a key"):
        Root.from_document(document)


def test_a_wrong_signature_refuses_the_whole_file() -> None:
    wrong = {**SECOND.signatures, SHARES[3].kid: b"\0" * 64}
    with pytest.raises(RootUnsigned, match="does not match"):
        verify_root(replace(SECOND, signatures=wrong))


@pytest.mark.parametrize("change", [{"quorum": 3}, {"hub_name": "Another"}, {"version": 3}, {"log_keys": ()}])
def test_every_member_is_signed(change: dict[str, Any]) -> None:
    with pytest.raises(RootUnsigned, match="does not match"):
        verify_root(replace(SECOND, **change))


def test_a_version_follows_by_the_thresholds_of_both() -> None:
    verify_succession(FIRST, SECOND)
    with pytest.raises(RootUnsigned, match="of version 1"):
        verify_succession(FIRST, by(reseau(), *SHARES[1:4]))
    with pytest.raises(RootUnsigned, match="of version 2"):
        verify_succession(FIRST, by(reseau(), SHARES[0], SHARES[1]))
    skipped = by(reseau(version=3), SHARES[0], *SHARES[1:3])
    with pytest.raises(RootOutOfLine):
        verify_succession(FIRST, skipped)
    with pytest.raises(RootOutOfLine):
        verify_succession(SECOND, FIRST)
    with pytest.raises(RootOutOfLine):
        verify_succession(FIRST, by(atelier(hub_name="rolled back"), SHARES[0]))


def test_a_lost_share_is_replaced_by_the_two_that_remain() -> None:
    kept, new = SHARES[1:3], SHARES[4]
    third = by(reseau(version=3, roots=named(*kept, new)), *kept)
    assert verify_line([FIRST, SECOND, third]) is third
    alone = by(reseau(version=3, roots=named(kept[0], new, SHARES[5])), kept[0], new, SHARES[5])
    with pytest.raises(RootUnsigned, match="of version 2"):
        verify_line([FIRST, SECOND, alone])
    with pytest.raises(RootRefused, match="no root file"):
        verify_line([])


@pytest.mark.parametrize(
    ("root", "changes", "word"),
    [
        (atelier, {"threshold": 2}, "no more signatures"),
        (atelier, {"roots": named(*SHARES[:2])}, "one root key"),
        (atelier, {"registry": named(*PEOPLE[:2]), "registry_threshold": 2}, "one registry key"),
        (atelier, {"hub_keys": ()}, "key of the hub"),
        (atelier, {"roots": named(HUB)}, "own keys"),
        (atelier, {"log_keys": (HUB.public,)}, "own keys"),
        (atelier, {"registry": named(LOG)}, "no root, log or witness key"),
        (atelier, {"quorum": 1}, "as many witnesses"),
        (reseau, {"threshold": 1}, "two people"),
        (reseau, {"threshold": 3}, "may be lost"),
        (reseau, {"registry_threshold": 1}, "two people decide"),
        (reseau, {"registry": named(HUB, PEOPLE[0])}, "is the hub's"),
        (reseau, {"quorum": 1}, "2 of 3"),
        (reseau, {"witnesses": reseau().witnesses[:2]}, "2 of 3"),
        (reseau, {"witnesses": reseau().witnesses[:1] * 3}, "twice"),
    ],
)
def test_a_profile_has_its_rules(root: Any, changes: dict[str, Any], word: str) -> None:
    with pytest.raises(RootRefused, match=word):
        root(**changes)


def _document(change: Any) -> bytes:
    document = SECOND.to_document()
    change(document)
    return canonical.encode(document)


def test_a_weak_key_is_refused_in_every_role() -> None:
    raw = bytes.fromhex("01" + "00" * 31)
    weak = {"kid": hashlib.sha256(raw).hexdigest(), "public": base64.b64encode(raw).decode()}
    for path in (["roots", 0], ["hub_keys", 0], ["registry", "keys", 0], ["log_keys", 0]):

        def plant(document: Any, path: list[Any] = path) -> None:
            place = document["signed"]
            for step in path:
                place = place[step]
            place.update(weak)

        with pytest.raises(RootRefused, match="low order"):
            Root.from_json(_document(plant))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        json.dumps(SECOND.to_document()).encode(),
        SECOND.to_json() + b"\n",
        SECOND.to_json().replace(b"etabli.root/1", b"etabli.root/2"),
        _document(lambda it: it["signed"].update(version=0)),
        _document(lambda it: it["signed"].update(extra=1)),
        _document(lambda it: it["signed"]["roots"][0].update(kid="0" * 64)),
        _document(lambda it: it["signed"]["witnesses"][0].update(vkey="w+00000000+AAAA")),
        _document(lambda it: it["signatures"][0].update(sig="A" * 88)),
        b"[" * 70_000,
    ],
)
def test_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(TrustError):
        Root.from_json(data)


def test_a_log_is_good_by_its_key_and_its_name() -> None:
    key = NoteKey(ORIGIN, LOG_SIGNATURE, LOG.public)
    assert names_log([FIRST], key, "2026")
    assert not names_log([FIRST], key, "2027")
    assert not names_log([], key, "2026")
    assert not names_log([FIRST], NoteKey(ORIGIN, LOG_SIGNATURE, HUB.public), "2026")
    moved = by(reseau(hub_url="https://new.example"), SHARES[0], *SHARES[1:3])
    assert names_log([FIRST, moved], key, "2026")
    assert not names_log([moved], key, "2026")
    without = reseau(log_keys=(PublicKey(KEYS[15].public.raw),))
    assert not names_log([FIRST, without], key, "2026")
