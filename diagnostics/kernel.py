"""Reading the kernel's text files below a root folder ("/", or a machine of hardware-fixtures).

A file that is missing, unreadable or not text is empty: firmware trees have holes, and a hole is no error.
"""

from pathlib import Path

from diagnostics import plain

_LARGEST = 1 << 20  # bytes


def read(path: Path) -> str:
    """Return the text of a small kernel file without outer blanks; "" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return plain.text(file.read(_LARGEST).split(b"\0", 1)[0].decode("utf-8", "backslashreplace"))
    except OSError:
        return ""


def read_lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a longer text file such as proc/cpuinfo; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return tuple(file.read(_LARGEST).decode("utf-8", "backslashreplace").splitlines())
    except OSError:
        return ()


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a binary kernel file; b"" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""


def number(path: Path) -> int | None:
    """Return the whole number in a kernel file, negative ones too; None where there is none."""
    word = read(path)
    return int(word) if word.removeprefix("-").isdecimal() else None


def entries(folder: Path) -> tuple[Path, ...]:
    """Return the entries of a folder in the order of their names; nothing where it cannot be listed."""
    try:
        return tuple(sorted(folder.iterdir()))
    except OSError:
        return ()
