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
FORBIDDEN_PREFIXES = {"os.exec": "no exec", "os.spawn": "no spawn", "os.posix_spawn": "no spawn"}
ENGINE_MAY_IMPORT = frozenset(sys.stdlib_module_names) | {"erasure", "cryptography"}


def problems(root: Path) -> list[str]:
    """Name every forbidden call in the packages and every foreign import in `erasure`."""
    found = []
    for package in PACKAGES:
        for path in files(root / package, ".py"):
            module = ast.parse(path.read_text(encoding="utf-8"))
            told = [*_calls(module), *(_foreign_imports(module) if package == "erasure" else ())]
            found += [f"{path.relative_to(root)}:{line}: {what}" for line, what in told]
    return found


def _calls(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            prefixes = [why for prefix, why in FORBIDDEN_PREFIXES.items() if name.startswith(prefix)]
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
