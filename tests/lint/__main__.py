"""Run the checks of this folder over the tree: all of them, or those that are named. Exits 1 when one complains."""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.lint import banned_words, command_help, fixtures, host_paths, rim, sizes, translations

CHECKS: dict[str, Callable[[Path], list[str]]] = {
    "banned_words": banned_words.problems,
    "sizes": sizes.problems,
    "host_paths": host_paths.problems,
    "rim": rim.problems,
    "fixtures": fixtures.problems,
    "translations": translations.problems,
    "command_help": command_help.problems,
}


def main(names: list[str]) -> int:
    """Print every problem under the name of its check."""
    root = Path(__file__).resolve().parents[2]
    found = {name: CHECKS[name](root) for name in names or CHECKS}
    for name, told in found.items():
        print(f"{name}: {len(told) or 'no'} problem{'s' if len(told) > 1 else ''}")
        print("".join(f"  {problem}\n" for problem in told), end="")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
