"""Turns the words of a call into the values of a command. Knows every option or refuses the call; guesses nothing.

A switch takes no value, `--option=value` and `--option value` are the same, after `--` everything is an argument, and
an option is written in full: a shortened one could become another with the next version.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from certificates.command_line.declared import HELP, Argument, Declared, Option
from certificates.language import mark as _

NEAR: Final = 0.65


class WrongCall(Exception):
    """The words of a call cannot be followed: an English source of this package's catalogue, and its facts."""

    code = "usage"
    exit_status = 2

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence.format(**facts))
        self.sentence = sentence
        self.facts = facts


class HelpAsked(Exception):
    """`--help` stands among the options."""


def read(parameters: Sequence[Declared], words: Sequence[str], environ: Mapping[str, str]) -> dict[str, Any]:
    """Give the value of every parameter. Raises `WrongCall` and `HelpAsked`."""
    options, arguments = split(parameters, words)
    values = {one.name: _option(one, options.get(one.name, []), environ) for one in parameters if _is_option(one)}
    return values | _arguments([one for one in parameters if not _is_option(one)], arguments)


def split(parameters: Sequence[Declared], words: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Give the words of each option by its name, and the arguments. Raises `WrongCall` and `HelpAsked`."""
    by_flag = {one.shown.flag: one for one in parameters if isinstance(one.shown, Option)}
    options: dict[str, list[str]] = {}
    arguments: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return options, arguments + rest
        if not word.startswith("-") or word == "-":
            arguments.append(word)
            continue
        flag, given, value = word.partition("=")
        if flag == HELP:
            raise HelpAsked
        one = by_flag.get(flag)
        if one is None:
            raise unknown_option(flag, [*by_flag, HELP])
        options.setdefault(one.name, []).append(_value(one, flag, value if given else None, rest))
    return options, arguments


def nearest(word: str, known: Sequence[str]) -> str:
    """Give the known word that was perhaps meant, "" for none."""
    from difflib import get_close_matches  # noqa: PLC0415  only for a call that is wrong

    return next(iter(get_close_matches(word, known, 1, NEAR)), "")


def unknown_option(flag: str, known: Sequence[str]) -> WrongCall:
    """Say that an option is not there, and which was perhaps meant."""
    near = nearest(flag.lstrip("-"), [one.lstrip("-") for one in known])
    if near:
        meant = f"--{near}"
        return WrongCall(_("There is no option {option} here. Did you mean {near}?"), option=seen(flag), near=meant)
    return WrongCall(_("There is no option {option} here."), option=seen(flag))


def _value(one: Declared, flag: str, given: str | None, rest: list[str]) -> str:
    if one.switch:
        if given is not None:
            raise WrongCall(_("{option} takes no value."), option=flag)
        return ""
    if given is not None:
        return given
    if not rest or (rest[0].startswith("--") and len(rest[0]) > len("--")):
        raise WrongCall(_("{option} needs a value: {option} {metavar}."), option=flag, metavar=one.metavar)
    return rest.pop(0)


def _is_option(one: Declared) -> bool:
    return isinstance(one.shown, Option)


def _option(one: Declared, given: list[str], environ: Mapping[str, str]) -> Any:
    shown = one.shown
    assert isinstance(shown, Option)
    if one.switch:
        return bool(given) or one.default
    if not given and shown.envvar and environ.get(shown.envvar):
        given = [environ[shown.envvar]]
    if not given:
        if one.required:
            raise WrongCall(_("{option} is missing: {option} {metavar}."), option=shown.flag, metavar=one.metavar)
        return one.default
    if not any(given):  # an empty variable of a shell is a mistake, not the wish to leave the option out
        raise WrongCall(_("{option} needs a value: {option} {metavar}."), option=shown.flag, metavar=one.metavar)
    if one.many:
        return [converted(one, shown.flag, word) for word in given]
    if len(set(given)) > 1:
        raise WrongCall(_("{option} was given more than once."), option=shown.flag)
    return converted(one, shown.flag, given[-1])


def _arguments(wanted: Sequence[Declared], given: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    rest = list(given)
    for one in wanted:
        if not rest:
            if one.required:
                raise WrongCall(_("{argument} is missing."), argument=one.metavar.removesuffix("..."))
            values[one.name] = one.default
        elif one.many:
            values[one.name], rest = [converted(one, one.metavar, word) for word in rest], []
        else:
            values[one.name] = converted(one, one.metavar, rest.pop(0))
    if rest:
        raise WrongCall(_("{word} is one word too many."), word=seen(rest[0]))
    return values


def converted(one: Declared, name: str, word: str) -> Any:
    """Read one value as its kind. Raises `WrongCall`."""
    if one.choices and word not in one.choices:
        raise WrongCall(
            _("{option} {word}: choose one of {choices}."),
            option=name,
            word=seen(word) or '""',
            choices=", ".join(one.choices),
        )
    if one.kind is int:
        return _whole(name, word)
    if one.kind is Path and isinstance(one.shown, Argument) and one.shown.file and not Path(word).is_file():
        raise WrongCall(_("{option}: there is no file {word}."), option=name, word=seen(word))
    made: Any = one.kind
    return made(word)


def _whole(name: str, word: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) <= len(str(1 << 63))):
        raise WrongCall(_("{option} needs a whole number, not {word}."), option=name, word=seen(word) or '""')
    return int(word)


def seen(word: str) -> str:
    """Show a word without control characters and halves of characters, as it was typed otherwise."""
    return "".join(letter if letter.isprintable() else "?" for letter in word)
