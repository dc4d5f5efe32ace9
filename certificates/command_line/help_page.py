"""What `--help` prints: how a command is called, what it does, its arguments and options, in the chosen language.

Text only, at most 80 columns; brackets and stars in a sentence stay what they are.
"""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from certificates.command_line.declared import HELP, Argument, Declared, Option
from certificates.language import mark as _

Say = Callable[[str], str]
WIDTH: Final = 80
NARROWEST: Final = 40
LONGEST_NAME: Final = 24
USAGE: Final = _("Usage: {words}")
ARGUMENTS: Final = _("Arguments:")
OPTIONS: Final = _("Options:")
COMMANDS: Final = _("Commands:")
OPTIONS_WORD: Final = _("[OPTIONS]")
COMMAND_WORD: Final = _("COMMAND")
THIS_HELP: Final = _("Show this message and exit.")
REQUIRED: Final = _("[required]")
DEFAULT: Final = _("[default: {value}]")
FROM: Final = _("[from {variable}]")


def usage(name: str, parameters: Sequence[Declared], *, group: bool, own: Say) -> str:
    """Say in one line how a command is called."""
    words = [name, own(OPTIONS_WORD), *(_in_usage(one) for one in parameters if isinstance(one.shown, Argument))]
    return own(USAGE).format(words=" ".join([*words, own(COMMAND_WORD)] if group else words))


def page(
    name: str,
    about: str,
    parameters: Sequence[Declared],
    commands: Mapping[str, str],
    *,
    width: int,
    own: Say,
    say: Say,
) -> str:
    """Write the help of a command; `own` says the words of this module, `say` those of the program.

    Paragraphs of `about`, parted by an empty line, are said each by itself.
    """
    width = max(NARROWEST, min(WIDTH, width or WIDTH))
    parts = [usage(name, parameters, group=bool(commands), own=own)]
    parts += ["\n\n".join(_filled(say(part), width) for part in about.split("\n\n"))]
    arguments = [(one.metavar, _help(one, own, say)) for one in parameters if isinstance(one.shown, Argument)]
    options = [(_flag(one), _help(one, own, say)) for one in parameters if isinstance(one.shown, Option)]
    parts += [_table(own(ARGUMENTS), arguments, width)] if arguments else []
    parts += [_table(own(OPTIONS), [*options, (HELP, own(THIS_HELP))], width)]
    parts += [_table(own(COMMANDS), [(word, say(text)) for word, text in commands.items()], width)] if commands else []
    return "\n\n".join(parts)


def _in_usage(one: Declared) -> str:
    return one.metavar if one.required else f"[{one.metavar}]"


def _flag(one: Declared) -> str:
    assert isinstance(one.shown, Option)
    return one.shown.flag if one.switch else f"{one.shown.flag} {one.metavar}"


def _help(one: Declared, own: Say, say: Say) -> str:
    notes = []
    if isinstance(one.shown, Option) and one.shown.envvar:
        notes.append(own(FROM).format(variable=f"${one.shown.envvar}"))
    if one.required:
        notes.append(own(REQUIRED))
    elif one.default not in (None, "", False):
        notes.append(own(DEFAULT).format(value=one.default))
    return "  ".join([say(one.shown.help), *notes])


def _filled(text: str, width: int) -> str:
    return textwrap.fill(text, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _table(title: str, rows: Sequence[tuple[str, str]], width: int) -> str:
    column = max(len(name) for name, _ in rows if len(name) <= LONGEST_NAME or len(rows) == 1) + 4
    lines = [title]
    for name, text in rows:
        told = textwrap.wrap(text, max(width - column, NARROWEST // 2), break_on_hyphens=False) or [""]
        first = f"  {name}".ljust(column)
        lines += [f"  {name}"] if len(name) + 4 > column else []
        lines += [" " * column + told[0] if len(name) + 4 > column else first + told[0]]
        lines += [" " * column + more for more in told[1:]]
    return "\n".join(line.rstrip() for line in lines)
