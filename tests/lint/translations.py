"""Every sentence that a person can see exists in French, with the same facts in it and with French typography.

The accident: a volunteer at the bench reads "échec" for one drive and an English sentence for the next, or a
translated warning that lost the serial number of the drive.
"""

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from tests.lint.tree import PACKAGES, files

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "say": None, "complain": None}
KEYWORDS |= {"count": (1, 2), "N_": None}
FACT = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")
NO_BREAK = "\u00a0\u202f"
BAD_SPACE = re.compile(rf"[^\s{NO_BREAK}«][:;!?»](?=\s|$)| [:;!?»](?=\s|$)|«[^{NO_BREAK}]")

Sentence = str | tuple[str, ...]


def problems(root: Path) -> list[str]:
    """Name every sentence without a sound French translation."""
    found = []
    for package in PACKAGES:
        used = dict(_sentences(root / package, root))
        book = root / package / "locale" / "fr.po"
        if book.exists():
            known = _translations(book)
            found += [f"{book.relative_to(root)}: {problem}" for problem in _unsound(known)]
            used = {sentence: place for sentence, place in used.items() if first(sentence) not in known}
        found += [f"{place}: no French for {first(sentence)!r}" for sentence, place in used.items()]
    return found


def first(sentence: Sentence) -> str:
    """Return the singular of a sentence."""
    return sentence if isinstance(sentence, str) else sentence[0]


def _sentences(folder: Path, root: Path) -> Iterator[tuple[Sentence, str]]:
    for path in files(folder, ".py", ".html", ".txt"):
        method: Any = "python" if path.suffix == ".py" else babel_extract
        options = {"trimmed": "true", "silent": "false"} if path.suffix != ".py" else {}
        with redirect_stderr(io.StringIO()):  # babel warns of `say("")`, which asks for nothing
            found = list(extract_from_file(method, path, keywords=KEYWORDS, options=options))
        for line, sentence, *_ in found:
            if first(sentence):
                yield sentence, f"{path.relative_to(root)}:{line}"


def _translations(book: Path) -> dict[str, list[tuple[str, str]]]:
    """Map each singular to its pairs (source, translation); fuzzy and empty ones count as missing."""
    with book.open("rb") as handle:
        entries = [entry for entry in read_po(handle, locale="fr", abort_invalid=True) if entry.id and not entry.fuzzy]
    known = {}
    for entry in entries:
        sources = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        forms = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        if all(forms):
            known[sources[0]] = [(sources[min(number, len(sources) - 1)], form) for number, form in enumerate(forms)]
    return known


def _unsound(known: dict[str, list[tuple[str, str]]]) -> Iterator[str]:
    for pairs in known.values():
        for source, form in pairs:
            if _facts(source) != _facts(form) and len(pairs) == 1:
                yield f"{form!r} does not carry the same facts as {source!r}"
            if BAD_SPACE.search(_without_code(form)):
                yield f"{form!r}: a no-break space belongs before : ; ! ? » and after «"


def _facts(sentence: str) -> set[str]:
    return {name or brace for name, brace in FACT.findall(sentence)}


def _without_code(sentence: str) -> str:
    """Drop addresses, times and quoted commands, which follow their own rules."""
    return re.sub(r"https?://\S+|\d+:\d+\S*|`[^`]*`|--\S+", "", sentence)
