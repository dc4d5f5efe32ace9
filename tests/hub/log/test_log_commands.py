"""`etabli-hub log`: what it says, how it ends, and that nothing is healed."""

import json
import shutil
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from sqlalchemy import select, update

from certificates.note import NoteKey, verify_note
from hub.commands.root import main
from hub.context import Hub
from hub.log.background import Rounds
from hub.log.export import server_of
from hub.log.proofs import proof_for
from hub.log.seen import SEEN_FILE
from hub.log.sequencer import Log
from hub.log.shards import all_shards
from hub.logged import LogCheckpoint, LogTile
from hub.models import LedgerEntry
from tests.hub.log.filled import BACKUP, SIZES, Filled, add, doubted, filled, opened, searched
from tests.hub.log.plans import chained
from tests.hub.log.test_signing import note_key

LAST = SIZES[-1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sqlite_template: bytes) -> Filled:
    return filled(tmp_path_factory.mktemp("log") / "hub", sqlite_template)


@pytest.fixture
def folder(made: Filled, tmp_path: Path) -> Path:
    shutil.copytree(made.folder, tmp_path / "hub")
    return tmp_path / "hub"


def called(folder: Path, *words: str) -> int:
    return main(["log", *words, "--data", str(folder), "--lang", "en"])


def test_fsck_is_quiet_about_a_log_that_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(folder, "fsck") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said == "built again from the envelopes: entries 300, checkpoints 7; faults: 0"


def test_fsck_names_what_is_wrong_and_mends_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub = opened(folder)
    with hub.sessions().begin() as session:
        session.execute(update(LogTile).where(LogTile.level == 0, LogTile.number == 1).values(hashes=b"\0" * 32 * 44))
        session.execute(update(LedgerEntry).where(LedgerEntry.position == 9).values(prev="0" * 64))
    hub.engine.dispose()
    before = (folder / "hub.db").read_bytes()
    assert called(folder, "fsck", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert {"code": "row.column", "position": 9, "column": "prev", "shard": "2026", "known": False} in told["faults"]
    assert [one["place"] for one in told["faults"] if one["code"] == "tile.hash"] == list(range(44))
    assert (folder / "hub.db").read_bytes() == before


def test_fsck_holds_the_log_against_notes_of_others(made: Filled, folder: Path, tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_text(made.notes[100])
    assert called(folder, "fsck", "--seen", str(note)) == 0
    note.write_text(made.notes[100].replace("\n100\n", "\n101\n"))
    assert called(folder, "fsck", "--seen", str(note)) == 1


def test_freeze_asks_and_logs_again_what_the_old_shard_proves_no_more(
    made: Filled, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = opened(folder)
    with hub.sessions().begin() as session:
        session.execute(update(LogTile).where(LogTile.level == 0, LogTile.number == 1).values(hashes=b"\0" * 32 * 44))
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert called(folder, "freeze") == 1
    monkeypatch.setattr("builtins.input", lambda _: "FREEZE")
    assert called(folder, "freeze") == 0
    with hub.readers()() as session:
        told = [(one.name, one.first, one.state) for one in all_shards(session)]
        assert told == [("2026", 1, "frozen"), ("2026-2", 257, "open")]
        ids = list(session.scalars(select(LedgerEntry.id).order_by(LedgerEntry.position)))
        assert len(ids) == LAST + 1
        parts = proof_for(session, ids)
        kinds = list(session.scalars(select(LedgerEntry.kind).order_by(LedgerEntry.position)))
    assert kinds[-1] == "registry"
    assert {(entry["checkpoint"], entry["index"]) for entry in parts.entries} == {
        *((0, index) for index in range(256)), *((1, index) for index in range(45)),
    }  # fmt: skip
    assert verify_note(parts.checkpoints[1], note_key(hub), (), 0).checkpoint.size == 45
    report = searched(hub)
    assert report.findings
    assert report.new == [], "what is frozen is known"
    hub.engine.dispose()


def test_after_a_restore_nothing_is_signed_below_what_others_saw(
    made: Filled, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for tail in ("-wal", "-shm"):
        (folder / f"hub.db{tail}").unlink(missing_ok=True)
    shutil.copyfile(made.backup, folder / "hub.db")
    (folder / SEEN_FILE).unlink()
    assert called(folder, "checkpoint") == 1
    assert "is missing" in " ".join(capsys.readouterr().err.split())
    note = tmp_path / "note"
    note.write_text(made.notes[LAST])
    assert called(folder, "checkpoint", "--seen", str(note)) == 1
    assert "300 entries was signed, and this database has 257" in " ".join(capsys.readouterr().err.split())
    hub = opened(folder)
    with hub.sessions().begin() as session:
        prev = session.scalars(select(LedgerEntry.id).where(LedgerEntry.position == BACKUP)).one()
        add(session, chained(made, BACKUP, prev, 60), later=60)
    assert called(folder, "checkpoint") == 1, "another tree of 300 entries"
    with hub.readers()() as session:
        assert all_shards(session)[0].state == "frozen"
        assert max(session.scalars(select(LogCheckpoint.size))) == BACKUP
    hub.engine.dispose()


def test_after_a_restore_the_same_statements_go_on(made: Filled, folder: Path, tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_text(made.notes[LAST])
    (folder / SEEN_FILE).unlink()
    hub = opened(folder)
    with hub.sessions().begin() as session:
        add(session, chained(made, made.bench.seq, made.bench.prev, 3))
    assert called(folder, "checkpoint", "--seen", str(note)) == 0
    assert doubted(hub, made.vkey, made.notes[LAST]) == ""
    with hub.readers()() as session:
        assert max(session.scalars(select(LogCheckpoint.size))) == LAST + 3
    hub.engine.dispose()


@pytest.mark.world
def test_an_export_is_the_whole_log_as_files(made: Filled, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert called(folder, "export", str(out)) == 0
    assert called(folder, "export", str(out)) == 1, "never into a folder that is there"
    note = (out / "2026" / "checkpoint").read_text()
    assert verify_note(note, NoteKey.from_vkey(made.vkey), (), 0).checkpoint.size == LAST
    assert sorted(str(one.relative_to(out / "2026")) for one in out.rglob("tile/**/*") if one.is_file()) == [
        *("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"),
    ]
    assert len((out / "2026" / "entries.csv").read_text().splitlines()) == LAST + 1
    assert json.loads((out / "2026" / "entries.json").read_text().splitlines()[-1])["index"] == LAST - 1
    with server_of(out, "127.0.0.1", 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with urlopen(f"http://127.0.0.1:{server.server_address[1]}/2026/tile/0/000", timeout=5) as answer:
            assert answer.read() == (out / "2026" / "tile" / "0" / "000").read_bytes()
        server.shutdown()


def test_a_round_signs_what_is_new_and_tells_who_listens(made: Filled, folder: Path) -> None:
    hub, told = opened(folder), list[int]()
    rounds = Rounds(hub)
    rounds.listen(lambda newest: told.append(newest.size))
    rounds.go_round()
    with hub.sessions().begin() as session:
        add(session, chained(made, made.bench.seq, made.bench.prev, 2))
    for _ in range(2):
        rounds.go_round()
    assert told == [LAST, LAST + 2]
    stop_signing(hub)
    assert rounds.go_round() is None
    hub.engine.dispose()


def stop_signing(hub: Hub) -> None:
    (hub.settings.data_dir / SEEN_FILE).unlink()


def test_two_signers_sign_one_tree(made: Filled, folder: Path) -> None:
    one, other = opened(folder), opened(folder)
    with one.sessions().begin() as session:
        add(session, chained(made, made.bench.seq, made.bench.prev, 50))
    threads = [Thread(target=Log(hub).bring_up) for hub in (one, other) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = searched(one)
    assert (report.entries, report.findings) == (LAST + 50, [])
    with one.readers()() as session:
        assert session.scalars(select(LogCheckpoint.size).where(LogCheckpoint.size > LAST)).all() == [LAST + 50]
    for hub in (one, other):
        hub.engine.dispose()


def test_a_file_without_end_is_no_checkpoint(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(folder, "fsck", "--seen", "/dev/zero") == 1
    assert "/dev/zero" in capsys.readouterr().err
