"""A scanner that types into a terminal is told from a person by its speed, and delivers a code whole or not at all."""

from collections.abc import Iterable

import pytest

from station_agent.scanner.typed_burst import GAP_S, QUIET_S, Broken, Heard, Typed, TypedBurst, Whole

FAST, SLOW = 0.004, 0.12


def heard(keys: Iterable[str], step: float, *, typing: bool = False) -> list[Heard]:
    burst = TypedBurst()
    found: list[Heard] = []
    at = 100.0
    for key in keys:
        found += burst.press(key, at, typing=typing)
        at += step
    return [*found, *burst.look(at + 1, typing=typing)]


def keys(found: Iterable[Heard]) -> list[str]:
    return [key for one in found if isinstance(one, Typed) for key in one.keys]


def test_fast_letters_that_end_with_enter_are_one_code() -> None:
    assert heard([*"WD-1", "space", *"X9", "enter"], FAST) == [Whole("WD-1 X9")]


@pytest.mark.parametrize("typing", [True, False])
def test_a_scanner_that_sends_enter_twice_presses_no_key(typing: bool) -> None:  # noqa: FBT001
    twice = [*"WD-1", "enter", "enter", "enter"]
    assert heard([*twice, *twice], FAST, typing=typing) == [Whole("WD-1"), Whole("WD-1")]
    burst = TypedBurst()
    for n, key in enumerate([*"WD-1", "enter"]):
        burst.press(key, n * FAST, typing=typing)
    assert burst.press("enter", 1.0, typing=typing) == (Typed(("enter",)),)


@pytest.mark.parametrize("typing", [True, False])
def test_what_a_person_types_arrives_key_by_key(typing: bool) -> None:  # noqa: FBT001
    assert keys(heard([*"WD-1X", "enter"], SLOW, typing=typing)) == [*"WD-1X", "enter"]


def test_a_script_or_two_quick_fingers_are_no_scanner() -> None:
    assert keys(heard(["*", "S", "S", "enter"], 0.0)) == ["*", "S", "S", "enter"]
    assert keys(heard(["right", "space", "down", "S", "S", "S"], 0.0)) == ["right", "space", "down", "S", "S", "S"]


def test_a_key_that_is_held_down_is_no_scanner() -> None:
    assert keys(heard([*"xxxxxxxx", "enter"], 0.03)) == [*"xxxxxxxx", "enter"]


def test_a_code_without_enter_presses_no_key_of_a_screen_whose_letters_are_orders() -> None:
    assert heard("SER-X1", FAST) == [Broken()]
    assert heard("SER-X1", FAST, typing=True) == [Typed(tuple("SER-X1"))]


def test_the_tail_of_a_code_that_hesitated_presses_nothing_either() -> None:
    burst = TypedBurst()
    found: list[Heard] = []
    at = 0.0
    for key, wait in [*((letter, FAST) for letter in "SERX"), ("X", 2 * GAP_S), ("enter", FAST)]:
        at += wait
        found += burst.press(key, at, typing=False)
    assert found == [Broken()]
    assert burst.press("d", at + 2 * QUIET_S, typing=False) == ()
    assert burst.look(at + 2 * QUIET_S + 1, typing=False) == (Typed(("d",)),)


def test_an_enter_that_comes_late_confirms_nothing() -> None:
    burst = TypedBurst()
    for n, letter in enumerate("SERX"):
        assert burst.press(letter, n * FAST, typing=False) == ()
    assert burst.press("enter", 3 * FAST + 2 * GAP_S, typing=False) == (Broken(),)


def test_letters_wait_no_longer_than_the_gap() -> None:
    burst = TypedBurst()
    assert burst.press("d", 1.0, typing=False) == ()
    assert burst.waiting
    assert burst.look(1.0 + GAP_S / 2, typing=False) == ()
    assert burst.look(1.0 + 2 * GAP_S, typing=False) == (Typed(("d",)),)
    assert not burst.waiting


def test_a_clock_that_steps_back_makes_no_code_of_what_was_typed() -> None:
    burst = TypedBurst()
    for letter in "SERX":
        burst.press(letter, 5.0, typing=True)
    assert burst.press("enter", 4.0, typing=True) == (Typed(tuple("SERX")), Typed(("enter",)))


def test_neither_codes_nor_keys_are_shown_by_their_repr() -> None:
    assert "SECRET" not in repr(Whole("SECRET"))
    assert "9" not in repr(Typed(("9",)))
