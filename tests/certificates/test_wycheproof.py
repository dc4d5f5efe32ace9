"""The Ed25519 vectors of Wycheproof, by the verifier and by the independent one (the page: `tests/browser`)."""

import pytest

from certificates.errors import BadSignature, KeyRefused
from certificates.keys import PublicKey
from tests.independent.curve import good_key, signed
from tests.independent.wycheproof import Vector, vectors


def library(one: Vector) -> bool:
    try:
        PublicKey(one.key).verify(one.signature, one.message)
    except (KeyRefused, BadSignature):
        return False
    return True


@pytest.mark.parametrize("one", vectors(), ids=lambda one: one.name)
def test_what_is_valid_is_taken_and_nothing_else(one: Vector) -> None:
    assert library(one) is one.good
    assert (good_key(one.key) and signed(one.key, one.signature, one.message)) is one.good


def test_the_vectors_hold_every_kind_of_attack() -> None:
    kinds = {one.name.split()[1].rstrip(":") for one in vectors() if not one.good}
    assert kinds == {
        "CompressedSignature",
        "InvalidEncoding",
        "InvalidKtv",
        "InvalidSignature",
        "MixedOrderPublicKey",
        "SignatureMalleability",
        "SignatureWithGarbage",
        "SmallOrderPublicKey",
        "TruncatedSignature",
    }
    assert sum(one.good for one in vectors()) > 100
