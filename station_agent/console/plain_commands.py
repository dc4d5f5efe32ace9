"""Every command of the line mode by its name: what is shown here, what is ordered in `plain_orders`."""

from collections.abc import Callable
from typing import Final

from station_agent.console.plain import Plain
from station_agent.console.plain_orders import ORDERS
from station_agent.console.plain_words import help_lines, tile_line


def show_status(plain: Plain, _words: list[str]) -> None:
    """Print every slot."""
    for tile in plain.view.tiles if plain.view is not None else ():
        plain.say(tile_line(plain.voice, tile))


def show_help(plain: Plain, _words: list[str]) -> None:
    """Print every command."""
    for line in help_lines(plain.voice):
        plain.say(line)


def set_language(plain: Plain, words: list[str]) -> None:
    """Change the language, to the one that is named or to the next."""
    codes = [voice.lang for voice in plain.voices]
    named = words[0].lower() if words else ""
    plain.lang = named if named in codes else codes[(codes.index(plain.lang) + 1) % len(codes)]
    show_help(plain, [])


def leave(plain: Plain, _words: list[str]) -> None:
    """Leave; what runs goes on."""
    plain.over = True


def wait(plain: Plain, _words: list[str]) -> None:
    """Let no command begin before every run is over."""
    plain.waits = plain.busy


COMMANDS: Final[dict[str, Callable[[Plain, list[str]], None]]] = {
    "status": show_status,
    "help": show_help,
    "lang": set_language,
    "quit": leave,
    "wait": wait,
    **ORDERS,
}
