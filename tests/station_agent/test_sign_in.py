"""One operator at a time, by PIN or badge; wrong PINs cost time that no clock and no restart gives back."""

import json
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station_agent.assigned import AssignedOperator, Assignments, Said, Unusable
from station_agent.clock import Moment, wall_text
from station_agent.errors import StoreError, UsageError
from station_agent.operators import (
    FILE,
    add_operator,
    keep_badge,
    new_badge_token,
    operators_of,
    remove_operator,
    token_digest,
)
from station_agent.pins import MEMORY_KIB, hash_pin, is_pin_of
from station_agent.sign_in import FREE, LONGEST_WAIT_S, SignedIn, SignInDesk, SignInRefused, wait_after

PIN, WRONG = "4711", "0815"


@dataclass
class BenchClock:
    """A clock whose two hands are moved apart."""

    wall: datetime = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)
    boot: str = "boot-1"
    mono_s: float = 1000.0
    asked: int = field(default=0)

    def now(self) -> datetime:
        return self.wall

    def moment(self) -> Moment:
        self.asked += 1
        return Moment(self.boot, int(self.mono_s * 1e9), wall_text(self.wall), "system")

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.mono_s += seconds

    def restart(self) -> None:
        self.boot += "+"
        self.mono_s = 5.0


@dataclass
class Hub:
    """What the hub assigned, as it was checked."""

    assigned: Assignments | Unusable | None = None

    def says(self, *names: str, badge: str = "") -> None:
        operators = tuple(AssignedOperator(name, "Lou", badge) for name in names)
        self.assigned = Assignments(1, datetime(2026, 11, 21, tzinfo=UTC), False, operators=operators)


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agreed cost is 19 MiB for each PIN: one test pays it."""
    monkeypatch.setattr("station_agent.pins.MEMORY_KIB", 64)


@pytest.fixture
def watch() -> BenchClock:
    return BenchClock()


@pytest.fixture
def desk(tmp_path: Path, watch: BenchClock, hub: Hub) -> SignInDesk:
    add_operator(tmp_path, "op-1", PIN)
    return SignInDesk(tmp_path, watch, lambda: hub.assigned)


def fail(desk: SignInDesk, times: int, name: str = "op-1") -> SignInRefused:
    for _ in range(times):
        with pytest.raises(SignInRefused) as refused:
            desk.by_pin(name, WRONG)
    return refused.value


def test_the_right_pin_signs_in_whatever_the_capitals_of_the_name(desk: SignInDesk) -> None:
    assert desk.by_pin("OP-1", f" {PIN}\n") == SignedIn("op-1")
    assert desk.current() == "op-1"


def test_pins_are_argon2id_with_the_agreed_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_agent.pins.MEMORY_KIB", MEMORY_KIB)
    stored = hash_pin(PIN)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_pin_of(stored, PIN)


def test_the_file_keeps_no_pin(desk: SignInDesk, tmp_path: Path) -> None:
    text = (tmp_path / FILE).read_text()
    assert "$argon2id$" in text
    assert PIN not in json.loads(text)["operators"]["op-1"].values()


def test_a_new_state_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    add_operator(tmp_path / "new", "op-1", PIN)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_wrong_pin_signs_nobody_in_and_nobody_out(desk: SignInDesk, tmp_path: Path) -> None:
    add_operator(tmp_path, "op-2", "9630")
    desk.by_pin("op-1", PIN)
    fail(desk, 1, "op-2")
    assert desk.current() == "op-1"


def test_a_second_operator_takes_the_place_of_the_first(desk: SignInDesk, tmp_path: Path) -> None:
    add_operator(tmp_path, "op-2", "9630")
    desk.by_pin("op-1", PIN)
    assert desk.by_pin("op-2", "9630") == SignedIn("op-2", instead_of="op-1")
    assert desk.current() == "op-2"


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(n) for n in (0, 2, 3, 4, 5, 10, 11, 10**6)] == [0, 0, 5, 10, 20, 640, 900, LONGEST_WAIT_S]


def test_after_three_wrong_pins_the_right_one_must_wait_too(desk: SignInDesk, watch: BenchClock) -> None:
    fail(desk, FREE)
    with pytest.raises(SignInRefused) as refused:
        desk.by_pin("op-1", PIN)
    assert refused.value.seconds == 5
    assert desk.current() == ""
    watch.pass_by(5)
    assert desk.by_pin("op-1", PIN) == SignedIn("op-1")


def test_a_success_ends_the_row_of_wrong_pins(desk: SignInDesk) -> None:
    fail(desk, FREE - 1)
    desk.by_pin("op-1", PIN)
    fail(desk, FREE - 1)
    assert desk.wait_s("op-1") == 0


def test_wrong_pins_of_one_operator_do_not_lock_out_another(desk: SignInDesk, tmp_path: Path) -> None:
    add_operator(tmp_path, "op-2", "9630")
    fail(desk, FREE)
    assert desk.by_pin("op-2", "9630") == SignedIn("op-2")


def test_another_window_on_the_same_bench_waits_too(desk: SignInDesk, tmp_path: Path, watch: BenchClock) -> None:
    fail(desk, FREE)
    assert SignInDesk(tmp_path, watch).wait_s("op-1") == 5


@pytest.mark.parametrize("jump", [timedelta(days=7300), timedelta(days=-7300)])
def test_setting_the_wall_clock_shortens_no_wait(desk: SignInDesk, watch: BenchClock, jump: timedelta) -> None:
    fail(desk, FREE)
    watch.wall += jump
    assert desk.wait_s("op-1") == 5


def test_a_restart_begins_the_wait_anew_and_it_then_ends(desk: SignInDesk, watch: BenchClock) -> None:
    fail(desk, FREE)
    watch.pass_by(4)
    watch.restart()
    assert desk.wait_s("op-1") == 5
    watch.pass_by(5)
    assert desk.by_pin("op-1", PIN) == SignedIn("op-1")


def test_a_try_counts_before_its_pin_is_looked_at(
    desk: SignInDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(stored: str, text: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("station_agent.sign_in.is_pin_of", power_cut)
    for _ in range(FREE):
        with pytest.raises(KeyboardInterrupt):
            desk.by_pin("op-1", WRONG)
    assert desk.wait_s("op-1") == 5


def test_who_does_not_touch_the_bench_is_signed_out(desk: SignInDesk, watch: BenchClock) -> None:
    desk.by_pin("op-1", PIN)
    watch.pass_by(14 * 60)
    desk.touch()
    watch.pass_by(14 * 60)
    assert desk.current() == "op-1"
    watch.pass_by(60)
    assert desk.current() == ""


def test_a_bench_that_slept_asks_again(desk: SignInDesk, watch: BenchClock) -> None:
    """The monotonic clock stands still in suspension, the wall clock does not."""
    desk.by_pin("op-1", PIN)
    watch.wall += timedelta(hours=10)
    assert desk.current() == ""


def test_a_touch_does_not_sign_in_who_was_idle_too_long(desk: SignInDesk, watch: BenchClock) -> None:
    desk.by_pin("op-1", PIN)
    watch.pass_by(3600)
    desk.touch()
    assert desk.current() == ""


def test_signing_out_says_who_it_was(desk: SignInDesk) -> None:
    desk.by_pin("op-1", PIN)
    assert desk.sign_out() == "op-1"
    assert desk.current() == ""


def test_a_badge_signs_in_without_a_pin(desk: SignInDesk, tmp_path: Path) -> None:
    keep_badge(tmp_path, "op-1", "TOKEN1")
    assert desk.by_badge("TOKEN1") == SignedIn("op-1")
    assert "TOKEN1" not in (tmp_path / FILE).read_text()


def test_a_new_badge_voids_the_old_one_and_keeps_the_pin(desk: SignInDesk, tmp_path: Path) -> None:
    keep_badge(tmp_path, "op-1", "TOKEN1")
    keep_badge(tmp_path, "op-1", "TOKEN2")
    with pytest.raises(SignInRefused, match="nobody's"):
        desk.by_badge("TOKEN1")
    assert desk.by_pin("op-1", PIN).name == "op-1"


def test_badge_tokens_are_long_and_differ() -> None:
    assert len({new_badge_token() for _ in range(50)}) == 50
    assert len(new_badge_token()) == 16


def test_who_was_removed_is_signed_out(desk: SignInDesk, tmp_path: Path) -> None:
    desk.by_pin("op-1", PIN)
    remove_operator(tmp_path, "OP-1")
    assert desk.current() == ""
    with pytest.raises(UsageError, match="no operator"):
        desk.by_pin("op-1", PIN)


def test_operators_of_the_hub_sign_in_offline(desk: SignInDesk, hub: Hub) -> None:
    hub.says("op-7", badge=token_digest("HUBTOKEN"))
    assert desk.by_badge("HUBTOKEN") == SignedIn("op-7")


def test_an_operator_whom_the_hub_withdraws_is_nobody_here(desk: SignInDesk, hub: Hub) -> None:
    hub.says("op-7", badge=token_digest("HUBTOKEN"))
    desk.by_badge("HUBTOKEN")
    hub.says()
    assert desk.current() == ""


def test_who_comes_from_the_hub_is_removed_there(tmp_path: Path, hub: Hub) -> None:
    hub.says("op-7", badge=token_digest("HUBTOKEN"))
    with pytest.raises(UsageError, match="removed there"):
        remove_operator(tmp_path, "op-7", hub.assigned)
    with pytest.raises(UsageError, match="made there"):
        keep_badge(tmp_path, "op-7", "OTHER", hub.assigned)


def test_an_operator_of_the_hub_gets_a_pin_and_a_missing_badge_at_the_bench(
    desk: SignInDesk, hub: Hub, tmp_path: Path
) -> None:
    hub.says("op-7")
    with pytest.raises(SignInRefused, match="no PIN"):
        desk.by_pin("op-7", PIN)
    add_operator(tmp_path, "OP-7", PIN, hub.assigned)
    keep_badge(tmp_path, "op-7", "TOKEN", hub.assigned)
    assert desk.by_pin("op-7", PIN) == SignedIn("op-7")
    assert desk.by_badge("TOKEN") == SignedIn("op-7")


@pytest.mark.parametrize("code", ["damaged", "untrusted", "foreign", "replayed", "no-trust"])
def test_a_list_of_the_hub_that_cannot_be_checked_is_told_and_lets_nobody_in(
    desk: SignInDesk, hub: Hub, code: str
) -> None:
    hub.assigned = Unusable(code, Said("Run `etabli-station sync`."))
    with pytest.raises(StoreError, match="sync"):
        desk.by_pin("op-1", PIN)
    with pytest.raises(StoreError, match="sync"):
        desk.by_badge("HUBTOKEN")


def test_a_name_of_the_hub_that_no_statement_could_carry_lets_nobody_in(desk: SignInDesk, hub: Hub) -> None:
    for name in ("Jean Dupont", "op\n"):
        hub.says(name)
        with pytest.raises(StoreError, match="no pseudonym"):
            desk.by_pin("op-1", PIN)


def test_an_older_hub_that_signs_nothing_names_nobody(desk: SignInDesk, hub: Hub) -> None:
    hub.assigned = Unusable("unsigned", Said("not signed"))
    assert desk.by_pin("op-1", PIN) == SignedIn("op-1")
    assert set(operators_of(desk._folder, hub.assigned)) == {"op-1"}


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"operators": {"x": 1}, "tries": {}}', "\x00\xff"])
def test_a_damaged_file_is_told_and_never_overwritten(desk: SignInDesk, tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StoreError, match="cannot be read"):
        desk.by_pin("op-1", PIN)
    with pytest.raises(StoreError, match="cannot be read"):
        add_operator(tmp_path, "op-2", "9630")
    assert (tmp_path / FILE).read_text() == text


@pytest.mark.parametrize("pin", ["", "123", "4711x", "éé&&", "1234567890123", "1111", "1234", "98765", "٤٧١١"])
def test_what_is_no_pin_or_everybodys_first_try_is_refused(tmp_path: Path, pin: str) -> None:
    with pytest.raises(UsageError, match="PIN"):
        add_operator(tmp_path, "op-1", pin)
    assert operators_of(tmp_path) == {}


@pytest.mark.parametrize("name", ["", "Jean Dupont", "été", "a" * 41, "-x", "x\n", "../x"])
def test_what_is_no_pseudonym_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="pseudonym"):
        add_operator(tmp_path, name, PIN)


@pytest.mark.parametrize("stored", ["", "x", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aaaa", "$argon2id$"])
def test_a_string_that_is_no_argon2id_fits_no_pin(stored: str) -> None:
    assert not is_pin_of(stored, PIN)
