"""What every command of the hub has: its settings, its language, and a way to open the hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hub.context import open_hub
from hub.settings import Settings
from hub.wording import page_words


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a command."""

    settings: Settings
    lang: str
    asked: str | None = None  # the language as it was given on the command line

    def say(self, sentence: str, **facts: Any) -> str:
        """Translate a marked sentence, then fill its braces."""
        return page_words(self.lang).gettext(sentence).format(**facts)

    def tell(self, sentence: str, **facts: Any) -> None:
        """Print a sentence."""
        print(self.say(sentence, **facts))

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """One transaction on an initialised hub: commits at the end, rolls back on any error."""
        hub = open_hub(self.settings)
        try:
            with hub.sessions()() as session:
                yield session
                session.commit()
        finally:
            hub.engine.dispose()
