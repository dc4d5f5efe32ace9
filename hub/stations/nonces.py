"""Nonces for signed requests: issued by the hub, good for a few minutes, good once. No clock of a bench is involved.

The key lives as long as the process: after a restart every older nonce is stale, and the station tries again once.
Where several processes work with one database, each has its own key: a nonce of one is refused by every other and stays
good where it was issued, so none is ever taken twice. That costs the station a retry, and a retry that reaches yet
another process fails as well: a proxy sends a bench to the same process. One that was forked off begins anew.
"""

import base64
import hmac
import io
import os
import secrets
from collections.abc import Callable
from threading import Lock

LIFE = 300  # seconds
AT_ONCE = 64  # nonces for which randomness is asked of the kernel at a time
_STAMP, _RANDOM, _MAC = 8, 12, 16


class Nonces:
    """Issues and consumes nonces; `monotonic` gives seconds, `process` the number of this process."""

    def __init__(self, monotonic: Callable[[], float], process: Callable[[], int] = os.getpid) -> None:
        self._monotonic, self._process = monotonic, process
        self._begin()

    def _begin(self) -> None:
        self._key = secrets.token_bytes(32)
        self._random = io.BytesIO()
        self._used: dict[str, float] = {}
        self._lock = Lock()
        self._of = self._process()  # last: until then another thread begins anew as well

    def issue(self) -> str:
        """A fresh nonce (48 characters of base64url)."""
        self._look_around()
        body = int(self._monotonic()).to_bytes(_STAMP) + self._some_random()
        return base64.urlsafe_b64encode(body + self._mac(body)).decode()

    def consume(self, nonce: str) -> bool:
        """Whether this nonce is ours, fresh and never used before; from here on it is used."""
        self._look_around()
        issued = self._issued(nonce)
        now = self._monotonic()
        if issued is None or now - issued > LIFE:
            return False
        with self._lock:
            if nonce in self._used:
                return False
            self._used[nonce] = now
            self._forget(now)
        return True

    def _look_around(self) -> None:
        """Share no key with the process that this one was forked off: each would take what the other has used."""
        if self._process() != self._of:
            self._begin()

    def _issued(self, nonce: str) -> int | None:
        try:
            raw = base64.b64decode(nonce, altchars=b"-_", validate=True)
        except ValueError:
            return None
        body, mac = raw[: _STAMP + _RANDOM], raw[_STAMP + _RANDOM :]
        if not hmac.compare_digest(mac, self._mac(body)):
            return None
        return int.from_bytes(body[:_STAMP])

    def _forget(self, now: float) -> None:
        while self._used:  # in order of use: stop at the first that still counts
            old = next(iter(self._used))
            if now - self._used[old] <= LIFE + 1:
                return
            del self._used[old]

    def _some_random(self) -> bytes:
        """Random bytes that nobody gets twice."""
        with self._lock:
            found = self._random.read(_RANDOM)
            if len(found) < _RANDOM:
                self._random = io.BytesIO(secrets.token_bytes(_RANDOM * AT_ONCE))
                found = self._random.read(_RANDOM)
        return found

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:_MAC]
