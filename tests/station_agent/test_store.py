"""The state file: pragmas that really hold, one process at a time, whole transactions or none."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from station_agent import store as store_module
from station_agent.errors import StoreBroken, StoreBusy, StoreError, StoreNewer
from station_agent.records import open_records
from station_agent.store import PRAGMAS, Store


def test_every_pragma_is_read_back_from_the_open_file(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        got = {name: store.rows(f"PRAGMA {name}")[0][0] for name, _, _ in PRAGMAS}
    assert got == {
        "locking_mode": "normal",
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
    }


def test_a_pragma_that_sqlite_does_not_take_stops_the_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "PRAGMAS", (("journal_mode", "WAL", "delete"),))
    with pytest.raises(StoreError, match="journal_mode"):
        Store(tmp_path)


def test_a_second_station_is_told_which_process_holds_the_state(tmp_path: Path) -> None:
    import os

    with Store(tmp_path), pytest.raises(StoreBusy) as refused:
        Store(tmp_path)
    assert str(os.getpid()) in str(refused.value)


def test_what_a_foreign_program_wrote_into_the_open_file_is_found_before_the_next_write(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.note("a", "b")
        with closing(sqlite3.connect(tmp_path / "station.sqlite3", timeout=0)) as stranger:
            stranger.execute("INSERT INTO meta VALUES ('x', 'y')")
            stranger.commit()
        for _ in range(2):  # and it stays so
            with pytest.raises(StoreBroken, match="another program wrote into it"):
                store.note("c", "d")
        assert store.noted("c") == ""


def test_somebody_who_only_reads_disturbs_no_write(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.note("a", "b")
        found = open_records(tmp_path)
        assert found is not None
        with found as records:
            store.note("a", "c")  # while the reader holds its moment
            assert (records.noted("a"), store.noted("a")) == ("b", "c")
        store.note("a", "d")
    assert not (tmp_path / "station.sqlite3-wal").exists()  # closed in good order: everything is in the one file


@pytest.mark.world
def test_records_are_read_from_the_log_of_a_process_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom station_agent.store import Store\n"
        "Store(Path(sys.argv[1])).note('a', 'b')\nos._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, timeout=60)
    assert (tmp_path / "station.sqlite3-wal").stat().st_size > 0
    found = open_records(tmp_path)
    assert found is not None
    with found as records:
        assert records.noted("a") == "b"
        with pytest.raises(StoreBroken):
            records.rows("DELETE FROM meta")
    with Store(tmp_path) as store:
        assert store.noted("a") == "b"


def test_a_state_file_that_cannot_be_opened_is_told_and_the_lock_is_free_again(tmp_path: Path) -> None:
    (tmp_path / "station.sqlite3").mkdir()
    with pytest.raises(StoreBroken, match="unable to open"):
        Store(tmp_path)
    (tmp_path / "station.sqlite3").rmdir()
    Store(tmp_path).close()


def test_records_that_are_not_there_newer_or_broken_are_told(tmp_path: Path) -> None:
    assert open_records(tmp_path) is None
    path = tmp_path / "station.sqlite3"
    path.write_bytes(b"")
    assert open_records(tmp_path) is None
    path.write_bytes(b"nothing of SQLite" * 99)
    with pytest.raises(StoreBroken):
        open_records(tmp_path)
    path.unlink()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version=99")
    with pytest.raises(StoreNewer):
        open_records(tmp_path)
    with closing(sqlite3.connect(path)) as alone:
        alone.execute("PRAGMA user_version=1")
        alone.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy):
            open_records(tmp_path)


def test_the_state_can_be_taken_over_after_the_first_station_closed(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.note("a", "b")
    with Store(tmp_path) as again:
        assert again.noted("a") == "b"


def test_a_state_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    with Store(tmp_path) as store, store.transaction() as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(StoreNewer, match="99"):
        Store(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "station.sqlite3").write_bytes(b"not a database, but long enough to be read as a header" * 40)
    with pytest.raises(StoreBroken, match=r"station\.sqlite3"):
        Store(tmp_path)


def test_an_error_in_a_transaction_leaves_nothing_of_it(tmp_path: Path) -> None:
    with Store(tmp_path) as store:

        def half() -> None:
            with store.transaction() as connection:
                connection.execute("INSERT INTO meta VALUES ('half', 'done')")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            half()
        assert store.noted("half", "nothing") == "nothing"
        store.note("next", "works")
        assert store.noted("next") == "works"


def test_after_a_failed_write_to_the_medium_nothing_is_retried(tmp_path: Path) -> None:
    class FailedMedium(sqlite3.OperationalError):
        sqlite_errorname = "SQLITE_IOERR_FSYNC"

    with Store(tmp_path) as store:
        with pytest.raises(StoreBroken), store.transaction():
            raise FailedMedium("disk I/O error")
        with pytest.raises(StoreBroken, match="disk I/O error"):
            store.note("a", "b")


def test_two_threads_take_turns_and_lose_nothing(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.note("n", "0")

        def count() -> None:
            for _ in range(50):
                with store.transaction() as connection:
                    n = int(connection.execute("SELECT value FROM meta WHERE name = 'n'").fetchone()[0])
                    connection.execute("UPDATE meta SET value = ? WHERE name = 'n'", (str(n + 1),))

        threads = [threading.Thread(target=count) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.noted("n") == "150"


def test_a_folder_that_cannot_be_used_is_a_sentence_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "state", Path("/proc/nowhere")):
        with pytest.raises(StoreBroken, match=str(folder)):
            Store(folder)


def test_a_full_medium_under_the_lock_file_is_a_sentence_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.os, "write", full)
    with pytest.raises(StoreBroken, match="No space left"):
        Store(tmp_path)


def test_a_corrupt_page_is_a_broken_store_and_not_a_crash(tmp_path: Path) -> None:
    class Malformed(sqlite3.DatabaseError):
        sqlite_errorname = "SQLITE_CORRUPT"

    with Store(tmp_path) as store:
        with pytest.raises(StoreBroken), store.transaction():
            raise Malformed("database disk image is malformed")
        with pytest.raises(StoreBroken, match="malformed"):
            store.note("a", "b")


def test_a_closed_store_says_so_to_a_thread_that_comes_late(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.close()
    with pytest.raises(StoreBroken):
        store.rows("SELECT 1")
    with pytest.raises(StoreBroken):
        store.note("a", "b")
