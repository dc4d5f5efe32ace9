"""A program of commands: finds the one that is asked for, reads its options, runs it, says what is wrong with a call.

A command is imported when it is called; the options of the whole program may stand before or after its name.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from certificates.command_line.declared import HELP, Declared, Option, declared
from certificates.command_line.reading import HelpAsked, WrongCall, nearest, read, seen
from certificates.command_line.streams import speak
from certificates.language import catalogue
from certificates.language import mark as _

LOCALE: Final = Path(__file__).resolve().parents[1] / "locale"
OK: Final = 0
DIGITS: Final = 4  # of a width that somebody means
TRY: Final = _("Help: {words}")
Function = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: what it does in a sentence, and where its function comes from."""

    about: str
    load: Callable[[], Function]


@dataclass(frozen=True, slots=True)
class Group:
    """Commands below one name."""

    about: str
    commands: Mapping[str, "Command | Group"]


@dataclass(frozen=True, slots=True)
class Found:
    """The command that a call asks for, by its whole name, with the words that are left for it."""

    name: str
    entry: "Command | Group | Program"
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A whole program; `bare` runs when no command is named.

    `common` declares options of every command and makes of them what commands take as `context`. `early` names the
    options of commands that take a value and may stand before a command's name.
    """

    name: str
    about: str
    commands: Mapping[str, Command | Group] = field(default_factory=dict)
    bare: Callable[[], Function] | None = None
    common: Callable[..., Any] | None = None
    early: frozenset[str] = frozenset()

    def run(self, given: Sequence[str], environ: Mapping[str, str], lang: str, say: Callable[[str], str]) -> int:
        """Run the command that is asked for, or print its help; give the exit status.

        Raises `WrongCall` and what the command raises.
        """
        found = self.find(given)
        try:
            function, values, shared = self._read(found, environ)
        except HelpAsked:
            from certificates.command_line.help_page import page  # noqa: PLC0415  only for who asks

            listed = getattr(found.entry, "commands", {})
            texts = {name: entry.about for name, entry in listed.items()}
            width = _columns(environ)
            own = own_words(lang)
            speak(page(found.name, found.entry.about, self._shown(found), texts, width=width, own=own, say=say))
            return OK if HELP in found.words else WrongCall.exit_status
        if self.common is not None:
            values = {"context": self.common(**shared), **values}
        function(**values)
        return OK

    def find(self, given: Sequence[str]) -> Found:
        """Follow the names of a call; options that stand before them go to the command. Raises `WrongCall`."""
        valued = {one.shown.flag for one in self._common() if isinstance(one.shown, Option) and not one.switch}
        valued |= self.early
        entry: Command | Group | Program = self
        names, early, words = [self.name], list[str](), list(given)
        while words and not isinstance(entry, Command) and getattr(entry, "commands", None):
            word = words.pop(0)
            if word.startswith("-"):
                early += [word, *([words.pop(0)] if word in valued and words else [])]
                continue
            if word not in entry.commands:
                raise _no_command(word, list(entry.commands))
            entry = entry.commands[word]
            names.append(word)
        return Found(" ".join(names), entry, (*early, *words))

    def told(self, wrong: WrongCall, given: Sequence[str], lang: str) -> tuple[str, str]:
        """Give the sentence of a wrong call, and how the help of its command is called."""
        own = own_words(lang)
        try:
            name = self.find(given).name
        except WrongCall:
            name = self.name
        return own(wrong.sentence).format(**wrong.facts), own(TRY).format(words=f"{name} {HELP}")

    def _read(self, found: Found, environ: Mapping[str, str]) -> tuple[Function, dict[str, Any], dict[str, Any]]:
        load = found.entry.bare if isinstance(found.entry, Program) else getattr(found.entry, "load", None)
        if load is None:
            read(self._shown(found), found.words, environ)
            raise HelpAsked
        function = load()
        values = read((*declared(function), *self._common()), found.words, environ)
        shared = {one.name: values.pop(one.name) for one in self._common()} if self.common else {}
        return function, values, shared

    def _shown(self, found: Found) -> tuple[Declared, ...]:
        if isinstance(found.entry, Command):
            return (*declared(found.entry.load()), *self._common())
        return (*(declared(self.bare()) if self.bare else ()), *self._common())

    def _common(self) -> tuple[Declared, ...]:
        return declared(self.common) if self.common else ()


def own_words(lang: str) -> Callable[[str], str]:
    """Give what says the words of this package in a language."""
    return catalogue(LOCALE, lang).gettext


def language_asked(words: Sequence[str]) -> str | None:
    """Find `--lang` before a command line is read: its own help and errors are said in that language too."""
    for place, word in enumerate(words):
        if word == "--lang" and place + 1 < len(words):
            return words[place + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None


def _no_command(word: str, known: Sequence[str]) -> WrongCall:
    near = nearest(word, known)
    if near:
        return WrongCall(_("There is no command {word}. Did you mean {near}?"), word=seen(word), near=near)
    return WrongCall(_("There is no command {word}. There are: {known}."), word=seen(word), known=", ".join(known))


def _columns(environ: Mapping[str, str]) -> int:
    told = environ.get("COLUMNS", "")
    if told.isascii() and told.isdecimal() and len(told) <= DIGITS:
        return int(told)
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0
