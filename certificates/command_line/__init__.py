"""How the three programs read their command lines: one way of calling, and every word of it in the chosen language.

`declared` says what an option is, `programs` what a program consists of, `reading` turns words into values, `help_page`
writes `--help`. The standard library only, and nothing that is not needed for a call: a bench starts by this.
"""

from certificates.command_line.declared import Argument, Option
from certificates.command_line.programs import Command, Group, Program, language_asked
from certificates.command_line.reading import WrongCall

__all__ = ["Argument", "Command", "Group", "Option", "Program", "WrongCall", "language_asked"]
