"""Strict canonical JSON: one value, one form in bytes."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates import canonical
from certificates.errors import NotCanonical

NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


def nesting(value: Any) -> Any:
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    return 1 + max(map(nesting, value), default=0) if isinstance(value, list) else 0


@UNHURRIED
@given(VALUES)
def test_every_allowed_value_comes_back_and_agrees_with_the_json_module(value: Any) -> None:
    if nesting(value) > canonical.MAX_DEPTH:
        with pytest.raises(NotCanonical):
            canonical.encode(value)
        return
    data = canonical.encode(value)
    assert canonical.decode(data) == value == json.loads(data)
    assert data == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@UNHURRIED
@given(VALUES, st.data())
def test_any_other_bytes_for_the_same_value_are_refused(value: Any, data: Any) -> None:
    if nesting(value) > canonical.MAX_DEPTH:
        return
    encoded = canonical.encode(value)
    place = data.draw(st.integers(0, len(encoded)))
    spaced = encoded[:place] + b" " + encoded[place:]
    try:
        decoded = canonical.decode(spaced)
    except NotCanonical:
        return
    assert decoded != value


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":1,"a":2}',
        "1.0",
        "1e3",
        "-0",
        "NaN",
        "Infinity",
        "9007199254740992",
        "-9007199254740992",
        '{"b":1,"a":2}',
        '{"a": 1}',
        " 1",
        "1\n",
        '"\\u0041"',
        '"\\/"',
        '"\\u001F"',
        '"\\ud800"',
        '{"é":1}',
        "",
        "[",
        "[" * 9 + "]" * 9,
        "[" * 20_000 + "]" * 20_000,
        "\ufeff1",
        "01",
        "tru",
        "9" * 5000,
    ],
)
def test_another_spelling_is_refused(text: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(text.encode())


@pytest.mark.parametrize("data", [b"\xff", b'"\xed\xa0\x80"', b'"\xc0\x80"', "1".encode("utf-16")])
def test_bytes_that_are_not_utf_8_are_refused(data: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(data)


@pytest.mark.parametrize("value", [1.0, {"a": 1.5}, (1,), b"x", {1: 2}, {"é": 1}, "\ud800", 2**53, {"a": {1, 2}}])
def test_values_outside_the_space_are_not_encoded(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical.encode(value)


def test_eight_levels_are_allowed_and_the_ninth_is_not() -> None:
    assert canonical.decode(b"[" * 8 + b"]" * 8) == [[[[[[[[]]]]]]]]
    with pytest.raises(NotCanonical, match="nested"):
        canonical.encode([[[[[[[[[]]]]]]]]])


def test_sixty_four_kibibytes_are_the_limit() -> None:
    assert len(canonical.encode("x" * 65_534)) == 65_536
    with pytest.raises(NotCanonical, match="at most 65536"):
        canonical.encode("x" * 65_535)
    with pytest.raises(NotCanonical, match="at most 65536"):
        canonical.decode(b'"' + b"x" * 65_535 + b'"')


@UNHURRIED
@given(VALUES, st.data())
def test_the_quick_reading_never_accepts_what_the_slow_one_refuses(value: Any, data: Any) -> None:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    place, byte = data.draw(st.integers(0, len(text))), data.draw(st.sampled_from(b' 01-9.eE",:{}[]\\u\xe9'))
    for told in (text, text[:place] + bytes([byte]) + text[place:], text[:place] + text[place + 1 :]):
        assert reading(told, canonical.decode) == reading(told, slowly)


@pytest.mark.parametrize(
    "text",
    [
        "9007199254740992",
        "-9007199254740992",
        '{"a":[9007199254740992]}',
        '{"é":1}',
        '{"a":"\ud800"}',
        "[" * 9 + "]" * 9,
    ],
)
def test_what_only_the_bounds_forbid_is_refused_by_the_quick_reading_too(text: str) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(text.encode("utf-8", "surrogatepass"))


def slowly(data: bytes) -> Any:
    return canonical._slow(data, canonical.MAX_BYTES, canonical.MAX_DEPTH)


def reading(data: bytes, read: Any) -> Any:
    try:
        return repr(read(data))
    except NotCanonical as error:
        return error.code, str(error)
