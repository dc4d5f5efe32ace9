"""The words of the bench, in the language of the person.

English is written in the source; `mark` shows what is translated in `locale/<lang>.po`. A `Voice` says a sentence.
"""

import os
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from certificates.language import Catalogue, catalogue, choose_language, mark
from station_agent.columns import fitted, width_of

__all__ = ["LOCALE", "Voice", "mark", "voice"]

PRINTABLE: Final = range(0x20, 0x7F)
STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # categories of Unicode
LOCALE: Final = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Voice:
    """Says translated sentences."""

    catalogue: Catalogue

    @property
    def lang(self) -> str:
        """Two letters."""
        return self.catalogue.lang

    def say(self, sentence: str, **facts: Any) -> str:
        """Translate a marked sentence, then fill its braces."""
        words = self.catalogue.gettext(sentence)
        return words.format(**facts) if facts else words

    def count(self, one: str, many: str, n: int) -> str:
        """Translate a sentence with a number `{n}` in it."""
        return self.catalogue.ngettext(one, many, n).format(n=n)


def voice(option: str | None, environ: Mapping[str, str]) -> Voice:
    """Choose the language: `--lang`, `$ETABLI_LANG`, the locale, then French."""
    return Voice(catalogue(LOCALE, choose_language(option, environ)))


def visible(text: str) -> str:
    r"""Show hostile text as printable ASCII: every other byte of its UTF-8 becomes `\\xHH`."""
    return "".join(chr(byte) if byte in PRINTABLE else f"\\x{byte:02X}" for byte in _bytes_of(text))


def without_controls(text: str) -> str:
    """Keep letters of every language, and show visibly what could steer a terminal or turn the direction of a line."""
    return "".join(visible(glyph) if unicodedata.category(glyph) in STEERING else glyph for glyph in text)


def _bytes_of(text: str) -> bytes:
    """Give the UTF-8 of a text, also of halves of pairs, which JSON of a hub or of a drive can bring."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def say_aloud(sentence: str) -> None:
    """Print on standard output. When nobody reads it any more, what follows is said to nobody: a wipe goes on."""
    print_to(sys.stdout, sentence)


def complain(sentence: str) -> None:
    """Tell a person something on standard error."""
    print_to(sys.stderr, fitted(sentence, width_of(sys.stderr, os.environ)))


def print_to(stream: TextIO, sentence: str) -> None:
    """Print one line at once; a pipe or terminal that is gone is replaced by nothing, so that the exit status stays."""
    try:
        print(sentence, file=stream, flush=True)
    except OSError:
        forget(stream)


def forget(stream: TextIO) -> None:
    """Let a stream lead nowhere from now on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
