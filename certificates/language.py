"""Two languages: English is written in the source, the others are read from `<folder>/<lang>.po` when they are needed.

Never compiles anything to disk. Used by the verifier, the station and the hub, each with its own folder.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

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
    messages = read_po(path.read_text("utf-8"))
    head = messages.pop("", ("",))[0]
    return Catalogue(lang, messages, _plural(head))


def read_po(text: str) -> dict[str, tuple[str, ...]]:
    """Read a catalogue: its singulars with their translations, the header under "". Raises ValueError.

    Left out: fuzzy entries, obsolete ones, and those that are not translated in every form.
    """
    entries = (_entry(lines) for lines in _blocks(text.splitlines()))
    return {source: forms for source, forms in entries if forms and all(forms)}


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Part the lines into entries: one ends at an empty line, or where the next source or comment begins."""
    block: list[str] = []
    for line in lines:
        begins = line.startswith(("msgid ", "#")) and any(one.startswith("msgstr") for one in block)
        if block and (begins or not line.strip()):
            yield block
            block = []
        block += [line] if line.strip() else []
    if block:
        yield block


def _entry(lines: list[str]) -> tuple[str, tuple[str, ...]]:
    """Read one entry: its keywords with the quoted strings that follow each. Raises ValueError."""
    parts: dict[str, str] = {}
    keyword = ""
    for line in lines:
        if line.startswith("#"):
            if line.startswith("#,") and "fuzzy" in line:
                return "", ()
            continue
        word, quote, rest = line.partition('"')
        if not quote or not rest.endswith('"'):
            raise ValueError(line)
        keyword = word.strip() or keyword
        parts[keyword] = parts.get(keyword, "") + rest[:-1]
    forms = [text for name, text in parts.items() if name.startswith("msgstr")]
    return _unescaped(parts.get("msgid", "")), tuple(_unescaped(text) for text in forms)


def _unescaped(text: str) -> str:
    r"""Undo `\"`, `\n`, `\t` and `\\`."""
    if "\\" not in text:
        return text
    parts = (part.replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t") for part in text.split("\\\\"))
    return "\\".join(parts)


def _plural(head: str) -> Callable[[int], int]:
    """Give the rule of a catalogue that says which form belongs to a number; it is read when a number comes."""
    rule = head.partition("plural=")[2].partition(";")[0]

    def form(n: int) -> int:
        from gettext import c2py  # noqa: PLC0415  only when something is counted

        return int(c2py(rule)(n)) if rule else _germanic(n)

    return form


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
