"""The quick test of a shape says yes only where the shape itself accepts; and it says yes to what is right."""

import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from certificates import statement
from certificates.errors import SchemaError
from certificates.fitting import fitting
from certificates.shape import Anything, Flag, Items, Maybe, Record, Text, Wall, Whole, Word
from tests.hub.bench import Bench, machine


class Loud(str):
    """Text that is no plain text."""

    __slots__ = ()


HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**53 - 1, 2**53, -(2**53), 1.0, float("nan"), "", " ", "0"),
    *("a" * 64, "0" * 64, "A" * 64, "0" * 64 + "\n", "é", "\x00", "\x1f", "\x7f", "\x80", "\x9f", "\u2028"),
    *("\ud800", "\U0001f600", "a\nb", "a" * 5000, "http://a b", "https://hub/1"),
    *("0000-01-01T00:00:00Z", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2026-11-31T10:00:00Z"),
    *("2026-11-21T24:00:00Z", "2026-11-21T10:00:60Z", "2026-11-21T10:00:00", "2026-11-21T10:00:00Z\n"),
    *("\uff12026-11-21T10:00:00Z", [], [[]], [1], [1, 2], [1, 2, 3], [[1, 2]], {}, {"a": 1}, {"a": True}),
    *({"code": "SIZE", "detail": ""}, {"a": 1, "b": 2}, b"", (), Loud("erasure")),
)


def accepts(shape: Any, value: Any) -> bool:
    try:
        shape.check(value, "")
    except SchemaError:
        return False
    return True


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container inside with a key of it."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def spoiled(payload: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """A copy with something else in one place, without it, or with more."""
    found = deepcopy(payload)
    container, key = rng.choice([*places(found)])
    act = rng.randrange(4)
    if act == 0 and isinstance(container, dict):
        del container[key]
    elif act == 1 and isinstance(container, dict):
        container[rng.choice(["x", "kind", "v", "stress"])] = rng.choice(HOSTILE)
    else:
        container[key] = deepcopy(rng.choice(HOSTILE))
    return found


def test_a_quick_yes_is_the_word_of_the_shape() -> None:
    quick, rng = fitting(statement.ERASURE), random.Random(7)
    payload = Bench(None, "http://hub", "banc").erasure_payload(machine=machine())
    sent = [spoiled(payload, rng) for _ in range(1500)]
    accepted = [each for each in sent if quick(each)]
    assert all(accepts(statement.ERASURE, each) for each in accepted)
    assert 0 < len(accepted) < len(sent), "some fit and some do not"


@pytest.mark.parametrize(
    "shape",
    [
        *(Text(3), Text(64, 1, ascii=True), Text(10, lines=True), Wall(), Whole(), Whole(1, 5), Flag(), Anything()),
        *(Word((1, "erasure")), Word((True,)), Maybe(Whole()), Items(Whole(), 2), Items(Whole(), 2, exactly=2)),
        *(Record({}, open=True), Record({"a": Whole()}), Record({}, optional={"a": Flag()}), statement._HEX_64),
        *(statement._URL, statement._CODED, statement._RANGES),
    ],
    ids=str,
)
def test_each_shape_and_its_quick_test_agree_about_hostile_values(shape: Any) -> None:
    quick = fitting(shape)
    for value in HOSTILE:
        assert accepts(shape, value) or not quick(value), repr(value)


def test_what_is_right_needs_no_second_look() -> None:
    assert fitting(statement.ERASURE)(Bench(None, "http://hub", "banc").erasure_payload(machine=machine()))


def test_a_shape_that_nobody_taught_is_asked_itself() -> None:
    class Odd:
        def check(self, value: Any, path: str) -> None:
            """Accept everything."""

    assert not fitting(Odd())("x")
