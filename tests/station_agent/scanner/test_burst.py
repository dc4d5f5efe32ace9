"""A scanner's code arrives whole or not at all; what a person types is nobody's business here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.scanner.burst import LIMIT_NS, MOST, Burst, Scan, Tear, Torn
from station_agent.scanner.keycodes import Text, decode, layouts
from tests.station_agent.scanner.strokes import ENTER, FIRST, MS, START, heard, keys_of, strokes_of, timed

US = layouts()["us"]
CODE = strokes_of("ETA-7F3K2Q9", US)
WHOLE = timed(keys_of(CODE))


def test_a_scanner_burst_is_delivered_once_and_whole() -> None:
    assert heard(WHOLE) == [Scan(CODE)]


def test_two_codes_right_after_each_other_are_two_codes() -> None:
    second = timed(keys_of(CODE), first=WHOLE[-1][0] + 20 * MS)
    assert heard([*WHOLE, *second]) == [Scan(CODE), Scan(CODE)]


def test_the_keypads_enter_ends_a_code_too() -> None:
    keypad = [(at, 96 if code == ENTER else code, value) for at, code, value in WHOLE]
    assert heard(keypad) == [Scan(CODE)]


@pytest.mark.parametrize("step", [LIMIT_NS, 80 * MS, 300 * MS])
def test_what_a_person_types_is_not_delivered(step: int) -> None:
    assert heard(timed(keys_of(CODE), step=step)) == []


def test_two_fast_fingers_and_enter_are_no_scanner() -> None:
    assert heard(timed(keys_of(strokes_of("abc", US)))) == []


def test_a_code_without_enter_is_torn() -> None:
    assert heard(timed(keys_of(CODE, enter=False))) == [Torn(Tear.NO_ENTER)]


def test_the_next_code_after_one_without_enter_is_whole() -> None:
    open_end = timed(keys_of(CODE, enter=False))
    second = timed(keys_of(CODE), first=open_end[-1][0] + 400 * MS)
    assert heard([*open_end, *second]) == [Torn(Tear.NO_ENTER), Scan(CODE)]


@given(cut=st.integers(1, len(WHOLE) - 3), pause=st.integers(LIMIT_NS, 245 * MS))
def test_a_scanner_that_hesitates_leaves_no_half_code(cut: int, pause: int) -> None:
    late = [(at + pause, code, value) for at, code, value in WHOLE[cut:]]
    assert not [one for one in heard([*WHOLE[:cut], *late]) if isinstance(one, Scan)]


@given(cut=st.integers(1, len(WHOLE) - 3), late=st.integers(0, 200 * MS))
def test_listening_that_begins_in_the_middle_gets_no_half_code(cut: int, late: int) -> None:
    rest = WHOLE[cut:]
    assert not [one for one in heard(rest, since=max(START, rest[0][0] - late)) if isinstance(one, Scan)]


@given(cut=st.integers(1, len(WHOLE) - 3), ahead=st.integers(0, 10_000 * MS))
def test_a_look_at_the_clock_while_events_wait_gets_no_half_code(cut: int, ahead: int) -> None:
    burst = Burst(START)
    found = [burst.feed(event) for event in WHOLE[:cut]]
    found.append(burst.look(WHOLE[cut][0] + ahead))
    found += [burst.feed(event) for event in WHOLE[cut:]]
    scans = [one for one in found if isinstance(one, Scan)]
    assert scans in ([], [Scan(CODE)])
    assert not scans or not any(isinstance(one, Torn) for one in found)


@given(place=st.integers(1, len(WHOLE) - 2), code=st.sampled_from([30, 44, 57, 14]))
def test_a_finger_between_the_keys_spoils_the_code(place: int, code: int) -> None:
    """It presses in the middle and lets go after the scanner has ended, as fingers do."""
    press = (WHOLE[place - 1][0] + 1, code, 1)
    events = [*WHOLE[:place], press, *WHOLE[place:], (WHOLE[-1][0] + 20 * MS, code, 0)]
    assert not [one for one in heard(events) if isinstance(one, Scan)]


@given(place=st.integers(1, len(WHOLE) - 2))
def test_a_key_that_repeats_spoils_the_code(place: int) -> None:
    events = [*WHOLE[:place], (WHOLE[place - 1][0] + 1, 30, 2), *WHOLE[place:]]
    assert heard(events) == [Torn(Tear.MIXED)]


@given(lost=st.integers(0, len(WHOLE) - 2))
def test_one_event_that_was_lost_unseen_never_makes_another_code(lost: int) -> None:
    assert not [one for one in heard([*WHOLE[:lost], *WHOLE[lost + 1 :]]) if isinstance(one, Scan)]


def test_lost_events_that_the_kernel_tells_tear_the_code_and_its_rest() -> None:
    burst = Burst(START)
    first = [burst.feed(event) for event in WHOLE[:8]]
    told = burst.lose()
    rest = [burst.feed(event) for event in WHOLE[8:]]
    assert told == Torn(Tear.LOST)
    assert not [one for one in first + rest if isinstance(one, Scan)]


def test_a_clock_that_steps_back_tears_the_code() -> None:
    events = [*WHOLE[:6], *((at - 5_000 * MS, code, value) for at, code, value in WHOLE[6:])]
    assert not [one for one in heard(events) if isinstance(one, Scan)]


@pytest.mark.parametrize("modifier", [29, 56, 97, 125])
def test_control_characters_are_refused(modifier: int) -> None:
    keys = keys_of(CODE)
    assert heard(timed([*keys[:4], (modifier, 1), *keys[4:6], (modifier, 0), *keys[6:]]))[0] in (
        Torn(Tear.CONTROL),
        Torn(Tear.MIXED),
    )


def test_an_endless_code_is_refused_and_takes_no_more_memory() -> None:
    events = timed(keys_of(CODE * 100))
    assert heard(events) == [Torn(Tear.LONG)]
    burst = Burst(START)
    for event in events[:-2]:
        burst.feed(event)
    assert len(burst._strokes) == MOST


@given(st.lists(st.tuples(st.integers(-(10**12), 10**13), st.integers(-5, 800), st.integers(-3, 5)), max_size=60))
def test_hostile_events_never_crash(events: list[tuple[int, int, int]]) -> None:
    assert all(isinstance(one, Scan | Torn) for one in heard(events))


@given(name=st.sampled_from(sorted(layouts())), data=st.data())
def test_every_text_comes_back_through_every_layout(name: str, data: st.DataObject) -> None:
    layout = layouts()[name]
    letters = sorted({letter for letter in layout.letters.values() if letter})
    text = data.draw(st.text(st.sampled_from(letters), min_size=4, max_size=60))
    step = data.draw(st.integers(MS // 10, 14 * MS))
    (scan,) = heard(timed(keys_of(strokes_of(text, layout)), first=FIRST, step=step))
    assert isinstance(scan, Scan)
    assert decode(scan.strokes, layout) == Text(text)
