"""Keys: what is trusted, what is signed, and how key files are kept."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates import ed25519_points
from certificates.errors import BadSignature, KeyFileError, KeyMismatch, KeyRefused, SigningRefused
from certificates.keys import PublicKey, SigningKey

P = 2**255 - 19


LOW_ORDER = [  # the 14 encodings of points of order 1, 2, 4 and 8
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("encoding", LOW_ORDER, ids=lambda text: text[:8] + text[-2:])
def test_a_key_of_low_order_is_refused_although_the_library_would_load_it(encoding: Any) -> None:
    raw = bytes.fromhex(encoding)
    assert Ed25519PublicKey.from_public_bytes(raw)
    with pytest.raises(KeyRefused, match=r"low order|not the encoding"):
        PublicKey(raw)


def test_a_key_of_mixed_order_is_refused() -> None:
    raw = bytes.fromhex("1f4f580e73ac208f06760190e9edc6f5916775dabd9c1cdca393175c2d6d1083")
    with pytest.raises(KeyRefused, match="mixed order"):
        PublicKey(raw)


@pytest.mark.parametrize("raw", [b"", b"\x01" * 31, b"\x01" * 33, (P - 1).to_bytes(32, "little"), b"\xff" * 32])
def test_bytes_that_are_no_key_are_refused(raw: Any) -> None:
    assert ed25519_points.flaw(raw)
    with pytest.raises(KeyRefused):
        PublicKey(raw)


def test_a_key_off_the_curve_is_refused() -> None:
    with pytest.raises(KeyRefused, match="not the encoding of a point"):
        PublicKey((2).to_bytes(32, "little"))


def test_generated_keys_are_accepted_and_named_by_their_hash() -> None:
    for seed in range(20):
        key = SigningKey.from_seed(bytes([seed]) * 32, demo=False)
        assert PublicKey.from_base64(key.public.base64).kid == key.kid
        assert key.public.fingerprint.replace(" ", "") == key.kid


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "é"])
def test_a_public_key_in_a_wrong_spelling_is_refused(text: Any) -> None:
    with pytest.raises(KeyRefused):
        PublicKey.from_base64(text)


def test_a_production_key_refuses_to_sign_a_simulated_statement(make_erasure_payload: Any) -> None:
    key = SigningKey.generate(demo=False)
    with pytest.raises(SigningRefused, match="simulated"):
        key.sign_statement(make_erasure_payload(kid=key.kid, simulated=True))


def test_a_demo_key_signs_a_simulated_statement(make_erasure_payload: Any) -> None:
    key = SigningKey.generate(demo=True)
    assert key.sign_statement(make_erasure_payload(kid=key.kid, simulated=True)).id


def test_a_key_refuses_a_payload_that_names_another_key(make_erasure_payload: Any) -> None:
    with pytest.raises(KeyMismatch):
        SigningKey.generate(demo=False).sign_statement(make_erasure_payload())


def test_a_statement_cannot_be_signed_as_a_message() -> None:
    with pytest.raises(SigningRefused, match="sign_statement"):
        SigningKey.generate(demo=False).sign_message("application/vnd.etabli.erasure.v1+json", b"{}")


def test_only_signature_bases_are_signed_as_requests() -> None:
    with pytest.raises(SigningRefused):
        SigningKey.generate(demo=False).sign_request_base(b"DSSEv1 ")


def test_signing_twice_gives_the_same_statement(make_erasure_payload: Any) -> None:
    key = SigningKey.from_seed(b"\x07" * 32, demo=False)
    payload = make_erasure_payload(kid=key.kid)
    assert key.sign_statement(payload).id == key.sign_statement(payload).id


def test_text_is_composed_before_it_is_signed(make_erasure_payload: Any) -> None:
    key = SigningKey.from_seed(b"\x07" * 32, demo=False)
    decomposed = key.sign_statement(make_erasure_payload(kid=key.kid, operator="Noe\u0301mie"))
    composed = key.sign_statement(make_erasure_payload(kid=key.kid, operator="No\u00e9mie"))
    assert decomposed.id == composed.id


def test_a_broken_signature_is_found() -> None:
    key = SigningKey.generate(demo=False)
    signature = key.sign_message("text/plain", b"x")
    with pytest.raises(BadSignature):
        key.public.verify(signature, b"y")


@pytest.mark.parametrize("demo", [True, False])
def test_a_key_file_is_private_and_comes_back(tmp_path: Any, demo: Any) -> None:
    key = SigningKey.generate(demo=demo)
    path = tmp_path / "station.key"
    key.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    loaded = SigningKey.load(path)
    assert (loaded.kid, loaded.demo) == (key.kid, demo)


def test_a_key_file_is_never_replaced(tmp_path: Any) -> None:
    path = tmp_path / "station.key"
    first = SigningKey.generate(demo=False)
    first.save(path)
    with pytest.raises(KeyFileError):
        SigningKey.generate(demo=False).save(path)
    assert SigningKey.load(path).kid == first.kid


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "station.key"
    SigningKey.generate(demo=False).save(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="0640"):
        SigningKey.load(path)


def test_a_key_file_with_another_header_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "station.key"
    key = SigningKey.generate(demo=False)
    key.save(path)
    text = path.read_text()
    for damaged in (text.replace(key.kid, "0" * 64), text.split("\n\n")[1], text[: len(text) // 2], "x"):
        path.write_text(damaged)
        with pytest.raises(KeyFileError):
            SigningKey.load(path)


def test_a_demo_key_file_cannot_become_a_production_key_unseen(tmp_path: Any) -> None:
    path = tmp_path / "station.key"
    SigningKey.generate(demo=True).save(path)
    assert "Etabli-Demo: true" in path.read_text().splitlines()


def test_a_missing_key_file_is_an_error_of_its_own(tmp_path: Any) -> None:
    with pytest.raises(KeyFileError):
        SigningKey.load(tmp_path / "none.key")


def test_the_private_key_does_not_show_in_the_representation() -> None:
    key = SigningKey.from_seed(b"\x07" * 32, demo=False)
    assert "0707" not in repr(key)
    assert json.dumps(repr(key))


def test_half_a_key_file_does_not_stand_in_the_way_of_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    key = SigningKey.from_seed(bytes(range(32)), demo=True)
    with monkeypatch.context() as patched:
        patched.setattr("certificates.keys.os.fsync", full)
        with pytest.raises(KeyFileError, match="No space left"):
            key.save(tmp_path / "station.key")
    key.save(tmp_path / "station.key")
    assert SigningKey.load(tmp_path / "station.key").kid == key.kid
