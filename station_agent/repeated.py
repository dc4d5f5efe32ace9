"""Commands that a person is told, with the options of the call that tells them: what is printed works when pasted.

A command that is only named, such as `etabli-station erase` without a drive, is no command to paste and stays.
"""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

TOLD: Final = re.compile(r"`etabli-station (?P<verb>[a-z]+)(?P<words> [^`]*)?`")
AT_THE_END: Final = re.compile(r"(?<=: )etabli-station (?P<verb>[a-z]+)(?P<words> [^`]*)?$")
WHOLE: Final = frozenset({"check", "diagnose", "disks", "outbox", "serve", "sync", "unfreeze"})  # need no other word
LOOPS: Final = frozenset({"disks", "erase", "plan", "report", "serve"})  # take --allow-loop
LOOP: Final = "/dev/loop"


def options_of(bench_file: Path | None, state: Path | None) -> tuple[str, ...]:
    """Give the options that say on which bench a call works, as they were given."""
    bench = () if bench_file is None else ("--bench", str(bench_file))
    return bench if state is None else (*bench, "--state", str(state))


def options_given(words: Sequence[str]) -> tuple[str, ...]:
    """Find those options among the words of a call, however they are written."""
    found: dict[str, str] = {}
    for word, after in zip(words, [*words[1:], ""], strict=False):
        name, equals, value = word.partition("=")
        if name in ("--bench", "--state"):
            found[name] = value if equals else after
    return tuple(word for name, value in sorted(found.items()) if value for word in (name, value))


def repeated(sentence: str, options: Sequence[str]) -> str:
    """Put the options (name, value, name, value ...) into the commands of a sentence, where they are not in it yet."""

    def whole(match: re.Match[str]) -> str:
        verb, words = match["verb"], match["words"] or ""
        if not words and verb not in WHOLE:
            return match[0]
        pairs = [options[at : at + 2] for at in range(0, len(options), 2)]
        missing = [word for pair in pairs if pair[0] not in words for word in pair]
        if verb in LOOPS and LOOP in words and "--allow-loop" not in words:
            missing.append("--allow-loop")
        tick = "`" if match[0].startswith("`") else ""
        command = f"etabli-station {verb}{words}"
        return f"{tick}{command} {shlex.join(missing)}{tick}" if missing else match[0]

    return AT_THE_END.sub(whole, TOLD.sub(whole, sentence))
