"""Print the help of one program and of all its sub-commands as JSON, from one process: starting each takes seconds.

python -m tests.lint.help_texts etabli-station station_agent
"""

import importlib
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress

COMMAND = re.compile(r"^  ([a-z][\w-]*)(?:  |$)", re.MULTILINE)


def helps(main: Callable[[], object], script: str, words: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield each command with its help, depth first."""
    text = help_of(main, script, words)
    yield " ".join((script, *words)), text
    section = text.partition("\nCommands:\n")[2].partition("\n\n")[0]
    for name in COMMAND.findall(section):
        yield from helps(main, script, (*words, name))


def help_of(main: Callable[[], object], script: str, words: tuple[str, ...]) -> str:
    """Call a program as the shell would, with --help."""
    sys.argv = [script, *words, "--help"]
    with redirect_stdout(io.StringIO()) as output, suppress(SystemExit):
        main()
    return "\n".join(line.rstrip() for line in output.getvalue().strip("\n").splitlines())


def tell() -> None:
    """Print the texts of the program that the command line names."""
    name, package = sys.argv[1:3]
    program = importlib.import_module(f"{package}.__main__").main
    json.dump(list(helps(program, name)), sys.stdout)
