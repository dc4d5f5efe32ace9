"""Two languages: English is written in the source, the others are read from `<folder>/<lang>.po` when they are needed.

Never compiles anything to disk. Used by the verifier, the station and the hub, each with its own folder.
"""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LANGUAGES = ("fr", "en")
DEFAULT = "fr"
SOURCE = "en"


def mark(msgid: str) -> str:
    """Mark a string of a table for translation; it is translated where it is shown."""
    return msgid


def _germanic(n: int) -> int:
    return 0 if n == 1 else 1


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language. A string without translation is shown in English."""

    lang: str
    messages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = _germanic

    def gettext(self, msgid: str) -> str:
        """Translate one string."""
        forms = self.messages.get(msgid)
        return forms[0] if forms else msgid

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Translate a string that depends on a count; the caller formats the count in."""
        forms = self.messages.get(singular)
        if forms and len(forms) > 1:
            return forms[min(self.plural(n), len(forms) - 1)]
        return singular if n == 1 else plural


@lru_cache(maxsize=32)
def catalogue(folder: Path, lang: str) -> Catalogue:
    """Load `<folder>/<lang>.po`; English and languages without a file give the source strings."""
    path = folder / f"{lang}.po"
    if lang == SOURCE or not path.is_file():
        return Catalogue(lang)
    from babel.messages.pofile import read_po  # noqa: PLC0415  (not needed for English)

    with path.open("rb") as handle:
        entries = read_po(handle, locale=lang, abort_invalid=True)
    return Catalogue(lang, _translated(entries), gettext.c2py(entries.plural_expr))


def _translated(entries: "Catalog") -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for message in entries:
        if not message.id or message.fuzzy:
            continue
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if forms and all(forms):
            found[message.id if isinstance(message.id, str) else message.id[0]] = forms
    return found


def choose_language(option: str | None, environ: Mapping[str, str]) -> str:
    """Say which language to speak: `--lang`, `$ETABLI_LANG`, the locale, then French."""
    wanted = (
        option,
        environ.get("ETABLI_LANG"),
        environ.get("LC_ALL"),
        environ.get("LC_MESSAGES"),
        environ.get("LANG"),
    )
    for word in wanted:
        lang = _language_of(word)
        if lang in LANGUAGES:
            return lang
    return DEFAULT


def _language_of(word: str | None) -> str:
    return (word or "").replace("-", "_").split("_")[0].split(".")[0].lower()
