"""Who stands at the bench: one operator at a time, by PIN or by badge, signed out when nobody touches it.

After three wrong PINs each further try costs a wait that doubles, up to 15 minutes. A try is written down before its
PIN is looked at, so that a power cut or ten windows at once give none for free. Waits are measured by the monotonic
clock: setting the wall clock changes nothing, and after a restart a wait begins anew. The idle time is measured by
both clocks and the longer one counts: a bench that slept overnight asks again.

A run keeps the operator under whom it was begun; signing out stops nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from station_agent.assigned import Assignments, Unusable
from station_agent.clock import Clock, Moment
from station_agent.errors import StationError, UsageError
from station_agent.language import mark
from station_agent.operators import Book, Operator, changed_book, operator_named, operators_of, token_digest
from station_agent.pins import is_pin_of

Assigned = Callable[[], Assignments | Unusable | None]
FREE: Final = 3  # wrong PINs before a wait
FIRST_WAIT_S: Final = 5
LONGEST_WAIT_S: Final = 900
IDLE_MINUTES: Final = 15
NS: Final = 1_000_000_000
WRONG: Final = mark("The PIN of {name} is wrong. Look at the keyboard (figures), then try again.")
WAIT: Final = mark(
    "Too many wrong PINs for {name}: try again in {seconds} s. The wait goes on when the bench restarts."
)
NO_PIN: Final = mark(
    "{name} has no PIN on this bench: scan the badge, or set a PIN with `etabli-station operator add {name}`."
)
NO_BADGE: Final = mark(
    "This badge is nobody's: it was replaced or withdrawn. Sign in by PIN; `etabli-station sheet --badge` prints a new "
    "one."
)


class SignInRefused(StationError):
    """Nobody was signed in. `seconds` to wait before the next try, 0 for none."""

    code = "sign-in"
    exit_status = 30

    def __init__(self, sentence: str, *, seconds: int = 0, **facts: Any) -> None:
        super().__init__(sentence, **(facts | ({"seconds": seconds} if seconds else {})))
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody was signed in. `instead_of`: who was signed out by that, "" for nobody."""

    name: str
    instead_of: str = ""


class SignInDesk:
    """Signs one operator in and out. It keeps wrong tries beside the state of the bench, and the session in memory.

    `assigned` gives what the hub assigned, as it was checked at that moment.
    """

    def __init__(
        self, folder: Path, clock: Clock, assigned: Assigned | None = None, *, idle_minutes: float = IDLE_MINUTES
    ) -> None:
        self._folder = folder
        self._assigned = assigned or (lambda: None)
        self._clock = clock
        self._idle_s = idle_minutes * 60
        self._name = ""
        self._touched: tuple[Moment, datetime] | None = None

    def by_pin(self, name: str, pin: str) -> SignedIn:
        """Sign in by PIN. Raises `SignInRefused`, `UsageError` for nobody of that name, `StoreError`."""
        operator = self._named(name)
        if not operator.pin:
            raise SignInRefused(NO_PIN, name=operator.name)
        self._note_try(operator)
        if not is_pin_of(operator.pin, pin):
            raise SignInRefused(WRONG, name=operator.name)
        changed_book(self._folder, lambda book: book.tries.pop(operator.name, None))
        return self._sign_in(operator)

    def by_badge(self, token: str) -> SignedIn:
        """Sign in by the token of a badge. Raises `SignInRefused`, `StoreError`."""
        digest = token_digest(token)
        found = [one for one in operators_of(self._folder, self._assigned()).values() if one.badge == digest]
        if len(found) != 1:
            raise SignInRefused(NO_BADGE)
        return self._sign_in(found[0])

    def current(self) -> str:
        """Give who is signed in, "" for nobody; who was idle too long is signed out by this question."""
        if self._name and (self._is_idle() or not self._is_known()):
            self.sign_out()
        return self._name

    def touch(self) -> None:
        """Take note that somebody uses the bench: a key, a scan."""
        if self.current():
            self._touched = (self._clock.moment(), self._clock.now())

    def sign_out(self) -> str:
        """Sign out; give who it was."""
        name, self._name, self._touched = self._name, "", None
        return name

    def wait_s(self, name: str) -> int:
        """Seconds that an operator must wait before the next PIN; a wait of an earlier start begins anew by this."""
        operator = self._named(name)
        now = self._clock.moment()
        return changed_book(self._folder, lambda book: _waiting(book, operator.name, now))

    def _named(self, name: str) -> Operator:
        return operator_named(self._folder, name, self._assigned())

    def _sign_in(self, operator: Operator) -> SignedIn:
        before = self.current()
        self._name = operator.name
        self._touched = (self._clock.moment(), self._clock.now())
        return SignedIn(operator.name, before if before != operator.name else "")

    def _note_try(self, operator: Operator) -> None:
        """Count this try before it is judged. Raises `SignInRefused` while a wait lasts, which is not counted."""
        now = self._clock.moment()

        def change(book: Book) -> int:
            if seconds := _waiting(book, operator.name, now):
                return seconds
            failures = _failures(book, operator.name) + 1
            book.tries[operator.name] = {"failures": failures, "boot_id": now.boot_id, "mono_ns": now.mono_ns}
            return 0

        if seconds := changed_book(self._folder, change):
            raise SignInRefused(WAIT, name=operator.name, seconds=seconds)

    def _is_idle(self) -> bool:
        if self._touched is None:
            return True
        then, wall = self._touched
        now = self._clock.moment()
        passed = (now.mono_ns - then.mono_ns) / NS
        return now.boot_id != then.boot_id or max(passed, (self._clock.now() - wall).total_seconds()) >= self._idle_s

    def _is_known(self) -> bool:
        try:
            self._named(self._name)
        except UsageError:
            return False
        return True


def wait_after(failures: int) -> int:
    """Seconds of waiting after that many wrong PINs in a row: none for the first, then 5, 10, 20 ... 900."""
    return 0 if failures < FREE else min(FIRST_WAIT_S << min(failures - FREE, 16), LONGEST_WAIT_S)


def _failures(book: Book, name: str) -> int:
    count = book.tries.get(name, {}).get("failures", 0)
    return count if isinstance(count, int) and count > 0 else 0


def _waiting(book: Book, name: str, now: Moment) -> int:
    """Seconds left of a wait; one that was begun in another start of the machine begins anew."""
    wait = wait_after(_failures(book, name))
    if not wait:
        return 0
    kept = book.tries[name]
    then = kept.get("mono_ns")
    if kept.get("boot_id") != now.boot_id or not isinstance(then, int) or then > now.mono_ns:
        kept |= {"boot_id": now.boot_id, "mono_ns": now.mono_ns}
        return wait
    return max(0, wait - (now.mono_ns - then) // NS)
