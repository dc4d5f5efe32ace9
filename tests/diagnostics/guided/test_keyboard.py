"""The keyboard trial: keys that answer, stick, chatter or stay silent; drawings; the kernel's bytes."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.errors import PolicyError
from diagnostics.guided.input_event import (
    ABS_X,
    ABS_Y,
    EV_KEY,
    PRESSED,
    RELEASED,
    REPEATED,
    InputEvent,
    bits,
    decode_events,
    input_devices,
)
from diagnostics.guided.keyboard import CHATTER_US, STUCK_US, KeyboardTrial, layouts

A, E = 30, 18
AZERTY = layouts()["azerty-iso"]


def stroke(code: int, at: int, held: int = 60_000) -> Iterator[InputEvent]:
    yield InputEvent(at, EV_KEY, code, PRESSED)
    yield InputEvent(at + held, EV_KEY, code, RELEASED)


def test_a_keyboard_of_which_every_key_answers_once_is_sound() -> None:
    trial = KeyboardTrial(AZERTY)
    for place, code in enumerate(sorted(AZERTY.codes)):
        trial.feed(stroke(code, place * 200_000))
    assert trial.sound
    assert trial.to_evidence() == {
        "layout": "azerty-iso", "wanted": 78, "answered": 78, "missing": [], "stuck": [], "chattering": []
    }  # fmt: skip


def test_a_key_that_never_answers_is_missing_and_the_keyboard_is_not_sound() -> None:
    trial = KeyboardTrial(AZERTY)
    for place, code in enumerate(sorted(AZERTY.codes - {A})):
        trial.feed(stroke(code, place * 200_000))
    assert (trial.missing, trial.sound) == ({A}, False)


def test_a_key_that_the_keyboard_does_not_claim_to_have_is_not_wanted() -> None:
    assert KeyboardTrial(AZERTY, expected=AZERTY.codes - {86}).wanted == AZERTY.codes - {86}


def test_a_key_that_stays_down_sticks_also_without_any_event() -> None:
    trial = KeyboardTrial(AZERTY)
    trial.feed([InputEvent(0, EV_KEY, A, PRESSED)])
    trial.look(STUCK_US - 1)
    assert trial.held == set()
    trial.look(STUCK_US)
    assert trial.to_evidence()["stuck"] == [A]


@pytest.mark.parametrize("held", [60_000, STUCK_US])
def test_a_keyboard_of_which_every_key_answers_is_not_sound_while_one_sticks(held: int) -> None:
    trial = KeyboardTrial(AZERTY)
    for place, code in enumerate(sorted(AZERTY.codes)):
        trial.feed(stroke(code, place * 2 * STUCK_US, held if code == A else 60_000))
    assert (trial.missing, trial.sound) == (frozenset(), held < STUCK_US)


def test_a_key_that_repeats_before_anybody_pressed_it_sticks() -> None:
    trial = KeyboardTrial(AZERTY)
    trial.feed([InputEvent(0, EV_KEY, E, REPEATED)])
    assert trial.held == {E}


@pytest.mark.parametrize(("gap", "chatters"), [(CHATTER_US - 1, {E}), (CHATTER_US, set())])
def test_a_contact_that_closes_again_faster_than_a_finger_chatters(gap: int, chatters: set[int]) -> None:
    trial, at = KeyboardTrial(AZERTY), 0
    for _ in range(3):
        trial.feed(stroke(E, at))
        at += 60_000 + gap
    assert trial.chattering == chatters


def test_one_single_bounce_is_forgiven() -> None:
    trial = KeyboardTrial(AZERTY)
    trial.feed([*stroke(E, 0), *stroke(E, 60_001)])
    assert (trial.bounces, trial.chattering) == ({E: 1}, set())


@pytest.mark.parametrize("name", ["azerty-iso", "qwerty-iso", "qwerty-ansi"])
def test_a_drawing_fits_the_screen_and_has_each_key_once(name: str) -> None:
    rows = layouts()[name].rows
    codes = [key.code for row in rows for key in row]
    assert len(set(codes)) == len(codes)
    assert max(sum(key.width for key in row) for row in rows) <= 78
    assert all(len(key.label) <= key.width - 2 for row in rows for key in row)


def test_azerty_is_drawn_first_and_its_letters_are_where_the_hand_finds_them() -> None:
    assert next(iter(layouts())) == "azerty-iso"
    assert (AZERTY.label(16), layouts()["qwerty-iso"].label(16), AZERTY.label(700)) == ("A", "Q", "#700")


@pytest.mark.parametrize("text", ["rows = 3", "[x]\nrows = 3", "[x]\nrows = [[[1, 2]]]", "[x", "[x]\n"])
def test_a_malformed_drawing_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "layouts.toml").write_text(text, "utf-8")
    with pytest.raises(PolicyError, match="malformed"):
        layouts(tmp_path / "layouts.toml")


def test_events_are_decoded_from_the_kernels_bytes_and_half_an_event_is_left_out() -> None:
    data = struct.pack("@llHHi", 12, 345_678, EV_KEY, A, PRESSED) + struct.pack("@llHHi", 13, 0, 3, ABS_X, -7)
    assert list(decode_events(data + b"\x01" * 5)) == [
        InputEvent(12_345_678, EV_KEY, A, PRESSED),
        InputEvent(13_000_000, 3, ABS_X, -7),
    ]


@given(st.binary(max_size=400))
def test_no_bytes_of_a_device_break_the_trial(data: bytes) -> None:
    trial = KeyboardTrial(AZERTY)
    trial.feed(decode_events(data))
    trial.look(1 << 62)
    assert not trial.sound  # 400 bytes are never a whole keyboard


def test_capability_words_are_read_from_the_right() -> None:
    assert bits("1 8000000000000001") == {0, 63, 64}
    assert bits("zz") == bits("") == frozenset()


def test_devices_are_told_apart_by_what_they_can_send(tmp_path: Path) -> None:
    def device(node: str, key: int, absolute: int = 0, switch: int = 0, properties: int = 0) -> None:
        folder = tmp_path / "sys/class/input" / node / "device"
        (folder / "capabilities").mkdir(parents=True)
        words = []
        while key:
            words.append(f"{key & (1 << 64) - 1:x}")
            key >>= 64
        (folder / "capabilities/key").write_text(" ".join(reversed(words)) or "0")
        (folder / "capabilities/abs").write_text(f"{absolute:x}")
        (folder / "capabilities/sw").write_text(f"{switch:x}")
        (folder / "properties").write_text(f"{properties:x}")
        (folder / "name").write_text(f"DEMO {node}\n")

    axes = 1 << ABS_X | 1 << ABS_Y
    device("event10", 1 << 0x110)
    device("event2", 1 << 1 | 1 << 28 | 1 << 30 | 1 << 57)
    device("event3", 1 << 0x14A | 1 << 0x145, axes)
    device("event4", 1 << 0x14A, axes, properties=2)
    device("event5", 0, switch=1)
    device("event6", 1 << 116)
    kinds = [(found.node, found.kind) for found in input_devices(tmp_path)]
    assert kinds == [
        ("event2", "keyboard"), ("event3", "touchpad"), ("event4", "touch-screen"), ("event5", "lid"), ("event6", ""),
        ("event10", "mouse"),
    ]  # fmt: skip
