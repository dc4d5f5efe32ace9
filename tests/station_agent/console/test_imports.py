"""No module of the console reaches itself by its imports, not even by those that only a type checker reads."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOM = Path(__file__).parents[3] / "station_agent" / "console"
PREFIX = "station_agent.console."


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    found = (node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {module.removeprefix(PREFIX) for module in found if module is not None and module.startswith(PREFIX)}


def test_the_modules_of_the_console_can_be_read_in_one_order() -> None:
    order = list(TopologicalSorter({path.stem: imports_of(path) for path in ROOM.glob("*.py")}).static_order())
    assert order.index("session") < order.index("screen") < order.index("wall_screen") < order.index("console")
