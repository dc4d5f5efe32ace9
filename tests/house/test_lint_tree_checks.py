"""Each check of the tree complains about the accident that it is there for, and is silent without it."""

from pathlib import Path

import pytest

from tests.lint import rim, sizes
from tests.lint.tree import PACKAGES, files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
    return tmp_path


def test_a_long_module_is_named(tree: Path) -> None:
    (tree / "hub" / "pages.py").write_text("a = 1\n" * 401)
    assert sizes.problems(tree) == ["hub/pages.py: 401 lines, at most 400"]


def test_a_long_function_is_named_with_its_line(tree: Path) -> None:
    (tree / "hub" / "pages.py").write_text("b = 0\ndef page():\n" + "    a = 1\n" * 41)
    assert sizes.problems(tree) == ["hub/pages.py:2: page has 41 lines, at most 40"]


def test_a_docstring_does_not_make_a_function_long(tree: Path) -> None:
    (tree / "hub" / "pages.py").write_text(
        'def page():\n    """Say\n' + "    much.\n" * 30 + '    """\n' + "    a = 1\n" * 20
    )
    assert sizes.problems(tree) == []


def test_a_table_may_be_long_but_not_a_branch(tree: Path) -> None:
    rows = "        0,\n" * 50
    (tree / "hub" / "table.py").write_text(f"def table():\n    return [\n{rows}    ]\n")
    (tree / "hub" / "branch.py").write_text(f"def branch(x):\n    if x:\n        return [\n{rows}        ]\n")
    assert sizes.problems(tree) == ["hub/branch.py:1: branch has 53 lines, at most 40"]


def test_a_large_file_is_named(tree: Path) -> None:
    (tree / "hub" / "film.bin").write_bytes(bytes((1 << 20) + 1))
    assert sizes.problems(tree) == ["hub/film.bin: 1048577 bytes, at most 1048576"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("fcntl.ioctl(1, 2)", "fcntl.ioctl: erasure.transport calls ioctl by ctypes"),
        ("os.system('x')", "os.system: no shell"),
        ("os.execvp('x', [])", "os.execvp: no exec"),
        ("from fcntl import ioctl", "fcntl.ioctl: import the module, not the name"),
        ("asyncio.create_subprocess_shell('x')", "asyncio.create_subprocess_shell: no shell"),
    ],
)
def test_a_call_out_of_the_house_is_named(tree: Path, line: str, told: str) -> None:
    (tree / "station_agent" / "sync.py").write_text(f"a = 1\n{line}\n")
    assert rim.problems(tree) == [f"station_agent/sync.py:2: {told}"]


def test_a_foreign_package_in_the_engine_is_named(tree: Path) -> None:
    imports = ("os", "numpy", "hub.models", "cryptography.hazmat")
    source = "".join(f"import {name}\n" for name in imports) + "from . import run\n"
    (tree / "erasure" / "run.py").write_text(source)
    told = "standard library and cryptography only"
    assert rim.problems(tree) == [
        f"erasure/run.py:2: erasure imports numpy: {told}",
        f"erasure/run.py:3: erasure imports hub.models: {told}",
    ]


def test_the_same_package_is_free_elsewhere(tree: Path) -> None:
    (tree / "hub" / "app.py").write_text("import fastapi\nimport os\nprint(os.getcwd())\n")
    assert rim.problems(tree) == []


def test_what_tools_made_is_not_looked_at(tree: Path) -> None:
    for made in (".venv", "build", "etabli.egg-info"):
        (tree / made).mkdir()
        (tree / made / "x.py").write_text("a = 1\n")
    (tree / "hub" / "app.py").write_text("a = 1\n")
    assert [path.relative_to(tree).as_posix() for path in files(tree)] == ["hub/app.py"]


def test_input_devices_may_be_asked_two_things_in_one_file_and_nothing_else(tree: Path) -> None:
    code = "import fcntl\nfcntl.ioctl(3, EVIOCGABS + 1, b'')\nfcntl.ioctl(3, 0x1234, b'')\n"
    for place in (rim.INPUT_PORT, "diagnostics/elsewhere.py"):
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        (tree / place).write_text(code, encoding="utf-8")
    told = "fcntl.ioctl: erasure.transport calls ioctl by ctypes"
    assert sorted(rim.problems(tree)) == [
        f"diagnostics/elsewhere.py:2: {told}",
        f"diagnostics/elsewhere.py:3: {told}",
        f"{rim.INPUT_PORT}:3: {told}",
    ]
