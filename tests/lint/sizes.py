"""Files and functions stay within a size that one person can read at once.

The accident: an engine whose one function of 500 lines decides about frozen drives, status codes and verdicts at the
same time, so that nobody sees the branch in which a failed erase counts as done.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.lint.tree import files

MODULE_LINES = 400
FUNCTION_LINES = 40
FILE_BYTES = 1 << 20
TABLE_STATEMENTS = 2  # a function of one or two statements is a table, however many lines it has
TABLES = ("hub/migrations/versions/",)  # column by column, and never changed again
BRANCHING = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match)
DATA = frozenset({"requirements.lock"})


def problems(root: Path) -> list[str]:
    """Name every module, function and file that is too large."""
    found = []
    for path in files(root):
        place = path.relative_to(root)
        if path.stat().st_size > FILE_BYTES and path.name not in DATA:
            found.append(f"{place}: {path.stat().st_size} bytes, at most {FILE_BYTES}")
        if path.suffix == ".py" and not place.as_posix().startswith(TABLES):
            found += [f"{place}{problem}" for problem in _too_long(path.read_text(encoding="utf-8"))]
    return found


def _too_long(source: str) -> Iterator[str]:
    lines = source.count("\n")
    if lines > MODULE_LINES:
        yield f": {lines} lines, at most {MODULE_LINES}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (length := _body_lines(node)) > FUNCTION_LINES:
            yield f":{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES}"


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without the docstring; none for a table."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if len(body) <= TABLE_STATEMENTS and not any(isinstance(part, BRANCHING) for part in ast.walk(node)):
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
