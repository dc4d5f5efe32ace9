"""Everybody who looks at the live page, and the one look at the benches that all of them share.

One process makes one look every `EVERY_S`, while anybody looks on, whatever their number. Several processes, on
PostgreSQL, look each as soon as one of them says that a bench has changed (`hub.live.telling`), and every
`QUIET_S` without such word: silence of a bench, and the end of a session, are no word of anybody. Who was signed out,
whose account was closed and who is one too many is told so, and the line ends. Nothing here writes.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.live.telling import DEAF, Ears

log = structlog.get_logger()
EVERY_S: Final = 2.0
QUIET_S: Final = 5.0
BREATH_S: Final = 0.25  # between two looks, however much is said
TURN_S: Final = 1.0  # of one wait for word: the end of the hub waits for it
ALIVE_S: Final = 10.0  # at least so often every line hears that the hub still looks
MOST_LISTENERS: Final = 60  # of one process
AGAIN_MS: Final = 5000  # how long a browser waits before it comes back
Cards = Mapping[str, str]  # HTML by key, in the order of the page


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: the cards of each language that was asked for, and whose sessions still stand."""

    cards: Mapping[str, Cards]
    signed_in: frozenset[str]
    apart: Mapping[str, Mapping[str, Cards]] = field(default_factory=dict)  # by session: who sees fewer benches

    def shown_to(self, token: str, lang: str) -> Cards | None:
        """The cards of one session; None where its language was not asked for yet."""
        return self.apart.get(token, self.cards).get(lang)


@dataclass(eq=False, slots=True)
class Listener:
    """One open page. `token` is its session; it ends with it."""

    token: str
    lang: str
    loop: asyncio.AbstractEventLoop
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Streams:
    """The open live pages of one process. `look` reads and draws; it is called in a thread, by one at a time."""

    def __init__(
        self,
        look: Callable[[Collection[str], Collection[str]], Look],
        *,
        edition: str = "",
        every_s: float = EVERY_S,
        most: int = MOST_LISTENERS,
        ears: Ears | None = None,
        quiet_s: float = QUIET_S,
    ) -> None:
        """`look` takes languages and session tokens; by `edition` a page knows whether its script is still this one.

        With `ears`, word of other processes brings the next look, and `quiet_s` is the longest wait for it.
        """
        self._look, self._edition, self._every_s, self._most = look, edition, every_s, most
        self._ears, self._quiet_s = ears, quiet_s
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._seen: Look | None = None
        self._over = False

    @property
    def full(self) -> bool:
        """Whether nobody more can look on, or the hub is about to end."""
        return self._over or len(self._listeners) >= self._most

    @property
    def listeners(self) -> int:
        """How many pages are open."""
        return len(self._listeners)

    def end(self) -> None:
        """Let every line end, from any thread or signal: the server waits for none of them."""
        self._over = True
        for listener in tuple(self._listeners):
            if not listener.loop.is_closed():
                listener.loop.call_soon_threadsafe(listener.news.set)

    async def events(self, token: str, lang: str) -> AsyncIterator[bytes]:
        """What one page hears, as server-sent events: `hello`, then `board` with what changed, and `end` at the end."""
        yield f"retry: {AGAIN_MS}\n".encode() + _event("hello", {"edition": self._edition})
        if self.full:
            yield _event("end", {"why": "full"})
            return
        me = Listener(token, lang, asyncio.get_running_loop())
        self._listeners.add(me)
        self._start()
        shown: dict[str, str] = {}
        try:
            while not self._over:
                if not await _heard(me.news):
                    yield b": the line is open\n\n"
                elif (seen := self._seen) is not None and not self._over:
                    if token not in seen.signed_in:
                        yield _event("end", {"why": "signed-out"})
                        return
                    yield _changes(shown, seen.shown_to(token, lang))
        finally:
            self._listeners.discard(me)

    def _start(self) -> None:
        if self._task is None or self._task.done() or self._task.get_loop() is not asyncio.get_running_loop():
            self._task = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        try:
            await self._look_again_and_again()
        finally:
            if self._ears is not None:
                self._ears.close()

    async def _look_again_and_again(self) -> None:
        while self._listeners and not self._over:
            asked = tuple(self._listeners)
            try:
                found = await asyncio.to_thread(
                    self._look, {one.lang for one in asked}, frozenset(one.token for one in asked)
                )
            except SQLAlchemyError as error:  # pages say by themselves that they hear nothing
                log.warning("live page: the benches could not be read", kind=type(error).__name__)
            else:
                self._seen = found
                for one in asked:
                    one.news.set()
            await self._pause()

    async def _pause(self) -> None:
        """Wait until it is time for the next look."""
        if self._ears is None:
            await asyncio.sleep(self._every_s)
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + self._quiet_s
        try:
            while loop.time() < until and self._listeners and not self._over:
                if await asyncio.to_thread(self._ears.heard, TURN_S):
                    break
        except (SQLAlchemyError, DEAF) as error:
            log.warning("live page: nothing is heard of other processes", kind=type(error).__name__)
            await asyncio.sleep(self._every_s)
        await asyncio.sleep(BREATH_S)


async def _heard(news: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(news.wait(), ALIVE_S)
    except TimeoutError:
        return False
    news.clear()
    return True


def _changes(shown: dict[str, str], cards: Cards | None) -> bytes:
    """What of the cards this page has not: all at first, then those that differ, and the order where it changed."""
    if cards is None:
        return _event("alive", {})
    fresh = {key: text for key, text in cards.items() if shown.get(key) != text}
    moved = list(shown) != list(cards)
    shown.clear()
    shown.update(cards)
    return _event("board", {"cards": fresh, "order": list(cards)}) if fresh or moved else _event("alive", {})


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
