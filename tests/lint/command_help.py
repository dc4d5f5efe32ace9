"""The command reference in the rooms' READMEs is what `--help` prints; `--write` brings it up to date.

The accident: a document that names an option which is gone, or that is silent about one which makes an erase possible.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

PLAIN = {
    "TYPER_USE_RICH": "0",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "COLUMNS": "100",
    "ETABLI_LANG": "en",
    "LC_ALL": "C.UTF-8",
}
SECONDS = 120
HERE = Path(__file__).resolve().parents[2]


def problems(root: Path) -> list[str]:
    """Name every console script whose reference differs from its help."""
    found = []
    for script, package in scripts(root).items():
        readme = root / package / "README.md"
        if not (root / package / "__main__.py").exists():
            found.append(f"{package}: {script} has no __main__.py")
        elif not readme.exists() or reference(root, script, package) not in readme.read_text(encoding="utf-8"):
            found.append(f"{package}/README.md: the commands of {script} differ from --help; run make docs")
    return found


def write(root: Path) -> None:
    """Put the reference between its marks, at the end of the README where there are none yet."""
    for script, package in scripts(root).items():
        readme = root / package / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.exists() else f"# {package}\n"
        start, end = marks(script)
        before, found, rest = text.partition(start)
        after = rest.partition(end)[2] if found else ""
        before = before if found else f"{text.rstrip()}\n\n## Commands\n\n"
        readme.write_text(f"{before}{reference(root, script, package)}{after or chr(10)}", encoding="utf-8")


def scripts(root: Path) -> dict[str, str]:
    """Map each console script of the distribution to its package."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {script: target.split(".")[0] for script, target in project["scripts"].items()}


def marks(script: str) -> tuple[str, str]:
    """Return the two comments between which the reference stands."""
    return f"<!-- commands: {script} -->\n", "<!-- end of commands -->"


def reference(root: Path, script: str, package: str) -> str:
    """Render the help of a script and of all its sub-commands as Markdown."""
    start, end = marks(script)
    blocks = "\n".join(f"```\n$ {name} --help\n{text}\n```\n" for name, text in helps(root, script, package))
    return f"{start}{blocks}{end}"


def helps(root: Path, script: str, package: str) -> list[tuple[str, str]]:
    """Ask a program for its help, in English and without colours. Raises CalledProcessError."""
    command = [sys.executable, "-c", "from tests.lint.help_texts import tell; tell()", script, package]
    environment = os.environ | PLAIN | {"PYTHONPATH": os.pathsep.join((str(root), str(HERE)))}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=True, timeout=SECONDS
    )
    return [(name, text) for name, text in json.loads(done.stdout)]


if __name__ == "__main__":
    if "--write" in sys.argv:
        write(HERE)
    sys.exit("\n".join(problems(HERE)) or 0)
