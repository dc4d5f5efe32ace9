"""The carrier of the post: one thread of the process, one message at a time, and no request ever waits for it.

What it has taken belongs to it for some minutes; a process that ended in between leaves the message to the next, so a
message may be sent twice (under the same Message-ID) and none is lost. What is refused for now is tried again later and
later, until it says nothing new any more.
"""

import threading
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from hub.context import Hub
from hub.models import Person
from hub.outside import MailRelay
from hub.pages.letter_words import written
from hub.post.asked import WAITING, tell_week
from hub.post.relay import NotNow, Send, Undeliverable, message_of, smtp
from hub.posted import Letter

HELD: Final = timedelta(minutes=3)  # longer than one message takes
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=4)
LOOK_S: Final = 30.0
AT_ONCE: Final = 500  # messages of one look
SENT, FAILED, DROPPED = "sent", "failed", "dropped"


def pause_after(tries: int) -> timedelta:
    """How long to wait after that many tries in vain: 1, 2, 4 ... minutes, four hours at most."""
    return min(FIRST_PAUSE * (1 << min(max(tries - 1, 0), 16)), LONGEST_PAUSE)


class Carrier:
    """Sends what waits. `send` is the way to the mail server."""

    def __init__(self, hub: Hub, relay: MailRelay, send: Send) -> None:
        self._hub, self._relay, self._send = hub, relay, send
        self._end = threading.Event()

    def start(self) -> None:
        """Work from now on, in a thread that ends with the process."""
        threading.Thread(target=self._work, name="post", daemon=True).start()

    def end(self) -> None:
        """Take nothing more."""
        self._end.set()

    def _work(self) -> None:
        while not self._end.wait(LOOK_S):
            self.work_off()

    def work_off(self) -> int:
        """Send what is due, the weekly summaries too; gives how many messages ended. The database may refuse: later."""
        ended = 0
        try:
            self._ask_week()
            for _ in range(AT_ONCE):
                row = self._take()
                if row is None or self._end.is_set():
                    break
                ended += self._carry(row)
        except SQLAlchemyError:
            return ended
        return ended

    def _ask_week(self) -> None:
        try:
            with self._hub.sessions().begin() as session:
                tell_week(session)
        except IntegrityError:
            return  # another process put the same ones down at this moment

    def _take(self) -> Letter | None:
        now = self._hub.clock()
        free = or_(Letter.held_until.is_(None), Letter.held_until < now)
        with self._hub.sessions().begin() as session:
            due = (
                select(Letter.id).where(Letter.state == WAITING, Letter.due <= now, free).order_by(Letter.due).limit(1)
            )
            key = session.scalar(due)
            if key is None:
                return None
            mine = update(Letter).where(Letter.id == key, Letter.state == WAITING, free).returning(Letter.id)
            values = {"held_until": now + HELD, "tries": Letter.tries + 1}
            got = session.execute(mine.values(values).execution_options(synchronize_session=False)).first()
            return None if got is None else session.get_one(Letter, key)

    def _carry(self, row: Letter) -> int:
        """Send one message, or say why not; 1 when it is over, 0 when it is tried again."""
        now = self._hub.clock()
        with self._hub.readers()() as session:
            person = session.get_one(Person, row.person_id)
            words = written(session, person, row) if person.active and row.expires > now else None
        if words is None:
            return self._over(row, DROPPED)
        try:
            self._send(message_of(words, self._relay.sender, person.email, row.id, now))
        except Undeliverable as error:
            return self._over(row, FAILED, str(error))
        except NotNow as error:
            later = {"held_until": None, "due": now + pause_after(row.tries), "problem": str(error)[:120]}
            return self._note(row, **later)
        return self._over(row, SENT)

    def _over(self, row: Letter, state: str, problem: str = "") -> int:
        self._note(row, state=state, ended=self._hub.clock(), held_until=None, facts={}, problem=problem[:120])
        return 1

    def _note(self, row: Letter, **facts: object) -> int:
        with self._hub.sessions().begin() as session:
            told = update(Letter).where(Letter.id == row.id, Letter.state == WAITING).values(**facts)
            session.execute(told.execution_options(synchronize_session=False))
        return 0


def open_post(hub: Hub) -> Carrier | None:
    """The carrier of a process, not begun; None where the settings name no mail server."""
    mail = hub.settings.mail
    return None if mail is None else Carrier(hub, mail, smtp(mail))
