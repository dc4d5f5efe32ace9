"""Signed requests: what is covered cannot change, what is missing is refused."""

from typing import Any

import pytest

from certificates.errors import ExchangeError
from certificates.exchange import VerifiedRequest, sign_request, verify_request
from certificates.keys import SigningKey

KEY = SigningKey.from_seed(b"\x0a" * 32, demo=False)
URL = "https://hub.example/api/v1/statements/ab?x=1"
BODY = b'{"a":1}'
KEYS = {KEY.kid: KEY.public}


def refused(headers: Any, method: Any = "PUT", url: Any = URL, body: Any = BODY, lookup: Any = KEYS.get) -> str:
    with pytest.raises(ExchangeError) as caught:
        verify_request(headers, method, url, body, lookup)
    return caught.value.code


def test_a_signed_request_names_its_key_and_nonce() -> None:
    headers = sign_request(KEY, "PUT", URL, BODY, "n-1.2")
    assert verify_request(headers, "PUT", URL, BODY, KEYS.get) == VerifiedRequest(KEY.kid, "n-1.2")
    lower = {name.lower(): value for name, value in headers.items()}
    assert verify_request(lower, "put", URL, BODY, KEYS.get).kid == KEY.kid


@pytest.mark.parametrize("body", [None, b""])
def test_a_request_without_a_body_is_signed_too(body: Any) -> None:
    headers = sign_request(KEY, "GET", URL, body, "n")
    assert "Content-Digest" not in headers
    assert verify_request(headers, "GET", URL, body, KEYS.get).nonce == "n"


def test_the_signature_base_is_the_one_of_the_standard() -> None:
    import base64

    headers = sign_request(KEY, "PUT", URL, BODY, "n")
    params = headers["Signature-Input"].removeprefix("etabli=")
    base = (
        f'"@method": PUT\n"@target-uri": {URL}\n"content-digest": {headers["Content-Digest"]}\n'
        f'"@signature-params": {params}'
    )
    KEY.public.verify(base64.b64decode(headers["Signature"][len("etabli=:") : -1]), base.encode())
    assert params == (f'("@method" "@target-uri" "content-digest");keyid="{KEY.kid}";nonce="n";tag="etabli-agent-v1"')


def test_method_address_and_body_are_covered() -> None:
    headers = sign_request(KEY, "PUT", URL, BODY, "n")
    assert refused(headers, method="POST") == "signature"
    assert refused(headers, url=URL + "2") == "signature"
    assert refused(headers, body=BODY + b" ") == "digest"
    assert refused({**headers, "Content-Digest": "sha-256=:AAAA:"}) == "digest"
    without = {name: value for name, value in headers.items() if name != "Content-Digest"}
    assert refused(without) == "digest"


def test_a_body_cannot_be_added_to_or_taken_from_a_signed_request() -> None:
    assert refused(sign_request(KEY, "PUT", URL, None, "n")) == "malformed"
    assert refused(sign_request(KEY, "PUT", URL, BODY, "n"), body=None) == "malformed"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('nonce="n"', 'nonce="m"'),
        ("etabli-agent-v1", "other"),
        ('"@method" ', ""),
        ('"@method" "@target-uri"', '"@target-uri" "@method"'),
        ("etabli=", "sig1="),
        (";tag=", ";created=1;tag="),
        (";tag=", ";alg=none;tag="),
    ],
)
def test_other_parameters_are_refused(old: Any, new: Any) -> None:
    headers = sign_request(KEY, "PUT", URL, BODY, "n")
    changed = headers["Signature-Input"].replace(old, new)
    assert changed != headers["Signature-Input"]
    assert refused({**headers, "Signature-Input": changed}) in ("malformed", "signature")


def test_two_signatures_are_refused() -> None:
    headers = sign_request(KEY, "PUT", URL, BODY, "n")
    assert refused({**headers, "Signature-Input": f"{headers['Signature-Input']}, {headers['Signature-Input']}"})
    assert refused({**headers, "Signature": f"{headers['Signature']}, {headers['Signature']}"}) == "malformed"


def test_an_unsigned_request_and_an_unknown_key_are_told_apart() -> None:
    headers = sign_request(KEY, "PUT", URL, BODY, "n")
    assert refused({}) == "missing"
    assert refused({"Signature": headers["Signature"]}) == "missing"
    assert refused(headers, lookup=lambda _: None) == "unknown-key"
    assert refused(headers, lookup=lambda _: SigningKey.generate(demo=False).public) == "unknown-key"


@pytest.mark.parametrize("nonce", ["", 'a"b', "a\nb", "é", "x" * 257])
def test_a_nonce_that_could_break_the_header_is_not_signed(nonce: Any) -> None:
    with pytest.raises(ExchangeError) as caught:
        sign_request(KEY, "GET", URL, None, nonce)
    assert caught.value.code == "malformed"
