"""Where the house touches the world: programs are started in two files, devices are spoken to in one room.

Import rules say who may import `subprocess` and `ctypes`; this says what import rules cannot see.

The accidents: `fcntl.ioctl` retries a command after EINTR and may so send an erase twice; a shell command line built
from a drive's model string; and a third-party package in the engine that decides about erasing.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.lint.tree import PACKAGES, files

FORBIDDEN_CALLS = {
    "fcntl.ioctl": "erasure.transport calls ioctl by ctypes",
    "os.system": "no shell",
    "os.popen": "no shell",
    "os.fork": "workers come from the supervisor's forkserver",
    "asyncio.create_subprocess_exec": "station_agent.system starts programs",
    "asyncio.create_subprocess_shell": "no shell",
}
# Input devices are no drives: three requests of linux/input.h, by their names, in this one file.
INPUT_PORT, INPUT_REQUESTS = "diagnostics/guided/input_port.py", ("EVIOCGRAB", "EVIOCGABS", "EVIOCSCLOCKID")
FORBIDDEN_PREFIXES = {"os.exec": "no exec", "os.spawn": "no spawn", "os.posix_spawn": "no spawn"}
ENGINE_MAY_IMPORT = frozenset(sys.stdlib_module_names) | {"erasure", "cryptography"}


def problems(root: Path) -> list[str]:
    """Name every forbidden call in the packages and every foreign import in `erasure`."""
    found = []
    for package in PACKAGES:
        for path in files(root / package, ".py"):
            module = ast.parse(path.read_text(encoding="utf-8"))
            place = str(path.relative_to(root))
            told = [
                *_calls(module, _input_requests(module) if place == INPUT_PORT else frozenset()),
                *(_foreign_imports(module) if package == "erasure" else ()),
            ]
            found += [f"{place}:{line}: {what}" for line, what in told]
    return found


def _input_requests(module: ast.Module) -> frozenset[int]:
    """Return the lines of `fcntl.ioctl` calls whose request is one of the harmless ones."""
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call) and len(node.args) > 1)
    return frozenset(
        call.lineno
        for call in calls
        if any(isinstance(part, ast.Name) and part.id in INPUT_REQUESTS for part in ast.walk(call.args[1]))
    )


def _calls(module: ast.Module, allowed: frozenset[int] = frozenset()) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            prefixes = [why for prefix, why in FORBIDDEN_PREFIXES.items() if name.startswith(prefix)]
            if name == "fcntl.ioctl" and node.lineno in allowed:
                continue
            if why := FORBIDDEN_CALLS.get(name) or next(iter(prefixes), None):
                yield node.lineno, f"{name}: {why}"
        if isinstance(node, ast.ImportFrom) and node.module in {"fcntl", "os"}:
            for alias in node.names:
                if f"{node.module}.{alias.name}" in FORBIDDEN_CALLS:
                    yield node.lineno, f"{node.module}.{alias.name}: import the module, not the name"


def _foreign_imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if name.split(".")[0] not in ENGINE_MAY_IMPORT:
                yield node.lineno, f"erasure imports {name}: standard library and cryptography only"
