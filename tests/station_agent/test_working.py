"""Whether an erase is at work is read from the kernel's locks: a number that a dead process left is nobody."""

from pathlib import Path

import pytest

from station_agent.working import erase_at_work

PID = 4242


def world(folder: Path, *, locks: str, command: bytes, written: str = f"{PID}\n") -> tuple[Path, Path]:
    """Make a lock file and what the kernel would show of it; `{inode}` in `locks` is that of the file."""
    lock = folder / "station.lock"
    lock.write_text(written, encoding="ascii")
    proc = folder / "proc"
    (proc / str(PID)).mkdir(parents=True)
    (proc / str(PID) / "cmdline").write_bytes(command)
    (proc / "locks").write_text(locks.format(inode=lock.stat().st_ino), encoding="ascii")
    return lock, proc


HELD = f"1: FLOCK  ADVISORY  WRITE {PID} fe:00:{{inode}} 0 EOF\n"
ERASE = b"python\0etabli-station\0erase\0sda\0"


def test_an_erase_that_holds_the_lock_is_at_work(tmp_path: Path) -> None:
    assert erase_at_work(*world(tmp_path, locks=HELD, command=ERASE)) == PID


def test_the_daemon_that_holds_the_lock_may_be_at_work(tmp_path: Path) -> None:
    assert erase_at_work(*world(tmp_path, locks=HELD, command=b"python\0etabli-station\0serve\0")) == PID


@pytest.mark.parametrize(
    ("locks", "command", "written"),
    [
        ("", ERASE, f"{PID}\n"),  # it died, its number stayed
        (HELD, b"python\0etabli-station\0sync\0", f"{PID}\n"),  # it erases nothing
        (HELD.replace(str(PID), "77"), ERASE, f"{PID}\n"),  # another process holds it
        (f"1: FLOCK  ADVISORY  WRITE {PID} fe:00:9{{inode}} 0 EOF\n", ERASE, f"{PID}\n"),  # another file
        (HELD, ERASE, ""),
        (HELD, ERASE, "../etc\n"),
        ("\n1:\nnonsense 1 2 3 4\n", ERASE, f"{PID}\n"),
    ],
)
def test_anything_else_is_nobody(tmp_path: Path, locks: str, command: bytes, written: str) -> None:
    assert erase_at_work(*world(tmp_path, locks=locks, command=command, written=written)) == 0


def test_a_folder_without_a_lock_has_nobody_at_work(tmp_path: Path) -> None:
    assert erase_at_work(tmp_path / "station.lock", tmp_path) == 0
