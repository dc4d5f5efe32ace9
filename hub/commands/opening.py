"""What every command of the hub has: its settings, its language, and a way to open the hub."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hub.commands.lines import folded, width_of
from hub.context import open_hub
from hub.running import at_work
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
        self.show(self.say(sentence, **facts))

    @staticmethod
    def show(line: str) -> None:
        """Print a line, broken for the terminal."""
        print(folded(line, width_of(sys.stdout, os.environ)))

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """One transaction on an initialised hub: commits at the end, rolls back on any error.

        Raises Conflict while a backup is put back.
        """
        hub = open_hub(self.settings)
        try:
            with at_work(self.settings.data_dir), hub.sessions()() as session:
                yield session
                session.commit()
        finally:
            hub.engine.dispose()
