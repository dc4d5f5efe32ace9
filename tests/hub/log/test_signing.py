"""What the hub signs of its log, when it refuses to sign, and what it proves."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from certificates import tree
from certificates.note import NoteKey, verify_note
from hub.context import Hub
from hub.log.entries import entries_between
from hub.log.errors import LogAhead, LogBehind, LogFrozen
from hub.log.freezing import freeze_and_open
from hub.log.fsck import Report
from hub.log.proofs import NotLogged, consistency, place_of, proof_for
from hub.log.seen import SEEN_FILE, keep_seen
from hub.log.sequencer import Log
from hub.log.shards import all_shards, newest_shard
from hub.logged import LogCheckpoint, LogCosignature, LogTile
from hub.models import Alarm, LedgerEntry
from hub.pages.sentences import in_words
from tests.hub.bench import Bench
from tests.hub.conftest import Clock, World

ORIGIN = "hub.test/erasure-log/2026"


def sent(bench: Bench, count: int) -> list[str]:
    """Ids of so many new statements."""
    found = []
    for _ in range(count):
        envelope = bench.erasure()
        assert bench.put(envelope).status_code == 201
        found.append(envelope.id)
    return found


def ids_of(hub: Hub) -> list[str]:
    with hub.readers()() as session:
        return list(session.scalars(select(LedgerEntry.id).order_by(LedgerEntry.position)))


def note_key(hub: Hub) -> NoteKey:
    with hub.readers()() as session:
        shard = newest_shard(session)
        assert shard is not None
        return NoteKey.from_vkey(shard.vkey)


def check_proofs(hub: Hub) -> None:
    """Every statement is proven under a checkpoint that verifies."""
    with hub.readers()() as session:
        ids = ids_of(hub)
        parts = proof_for(session, ids)
        (note,) = parts.checkpoints
        checkpoint = verify_note(note, note_key(hub), (), 0).checkpoint
        entries = list(entries_between(session, 1, len(ids)))
    assert [entry["id"] for entry in parts.entries] == ids
    for entry, logged in zip(parts.entries, entries, strict=True):
        path = [bytes.fromhex(one) for one in entry["path"]]
        tree.check_inclusion(tree.leaf_hash(logged), entry["index"], checkpoint.size, path, checkpoint.root)
        assert f'"h":"{entry["id"]}"'.encode() in logged
        assert f'"t":{entry["received"]},'.encode() in logged


def test_an_empty_log_is_signed_and_grows(hub: Hub, world: World) -> None:
    first = Log(hub).bring_up()
    assert (first.size, first.root) == (0, tree.EMPTY_ROOT.hex())
    sent(world.bench(), 3)
    second = Log(hub).bring_up()
    assert verify_note(second.note, note_key(hub), (), 0).checkpoint.origin == ORIGIN
    assert (second.number, second.size) == (2, 3)
    assert Log(hub).bring_up().id == second.id, "nothing new: nothing is signed again"
    check_proofs(hub)


def test_what_is_asked_is_signed_at_once_and_consistent(hub: Hub, world: World) -> None:
    bench = world.bench()
    roots = {}
    for count in (1, 2, 4):
        sent(bench, count)
        check_proofs(hub)
        newest = Log(hub).bring_up()
        roots[newest.size] = bytes.fromhex(newest.root)
    assert list(roots) == [1, 3, 7]
    with hub.readers()() as session:
        for old, root in roots.items():
            note, proof = consistency(session, "2026", old)
            assert verify_note(note, note_key(hub), (), 0).checkpoint.size == 7
            tree.check_consistency(old, 7, proof, root, roots[7])


def test_a_place_is_shard_index_and_time(hub: Hub, world: World) -> None:
    (statement_id,) = sent(world.bench(), 1)
    Log(hub).bring_up()
    with hub.readers()() as session:
        place = place_of(session, statement_id)
        assert place is not None
        received = int(datetime(2026, 11, 21, 10, tzinfo=UTC).timestamp())
        assert (place.shard, place.index, place.received, place.kind) == ("2026", 0, received, "erasure")
        assert place_of(session, "0" * 64) is None
        with pytest.raises(NotLogged):
            proof_for(session, ["0" * 64])


def test_an_edited_column_freezes_the_shard_and_ingest_goes_on(hub: Hub, world: World) -> None:
    bench = world.bench()
    sent(bench, 2)
    with hub.sessions().begin() as session:
        session.execute(update(LedgerEntry).where(LedgerEntry.position == 2).values(kind="diagnostics"))
    with pytest.raises(LogFrozen, match="position 2: column kind"):
        Log(hub).bring_up()
    with pytest.raises(LogFrozen):
        Log(hub).bring_up()
    sent(bench, 1)
    with hub.readers()() as session:
        assert session.scalar(select(LogCheckpoint)) is None
        (told,) = session.scalars(select(Alarm).where(Alarm.kind == "log"))
        assert "position 2" in told.detail


@pytest.mark.parametrize("tampering", ["tile", "row", "gone"])
def test_nothing_is_signed_over_bytes_that_do_not_fit_what_was_signed(hub: Hub, world: World, tampering: str) -> None:
    bench = world.bench()
    sent(bench, 2)
    Log(hub).bring_up()
    sent(bench, 1)
    with hub.sessions().begin() as session:
        if tampering == "tile":
            session.execute(update(LogTile).where(LogTile.level == 0).values(hashes=b"\0" * 64))
        elif tampering == "row":
            session.execute(update(LogCheckpoint).values(root="0" * 64))
        else:
            session.execute(delete(LedgerEntry).where(LedgerEntry.position == 3))
            session.execute(update(LedgerEntry).where(LedgerEntry.position == 2).values(position=4))
    with pytest.raises(LogFrozen):
        Log(hub).bring_up()
    with hub.readers()() as session:
        assert [one.size for one in session.scalars(select(LogCheckpoint))] == [2]


def test_a_year_that_is_over_closes_its_shard(hub: Hub, world: World, clock: Clock) -> None:
    bench = world.bench()
    before = sent(bench, 2)
    Log(hub).bring_up()
    clock.now = datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)
    after = sent(bench, 1)
    Log(hub).bring_up()
    after += sent(bench, 1)
    clock.now = datetime(2026, 5, 1, tzinfo=UTC)
    Log(hub).bring_up()
    with hub.readers()() as session:
        shards = all_shards(session)
        assert [(one.name, one.first, one.size, one.state) for one in shards] == [
            ("2026", 1, 3, "closed"), ("2027", 4, 2, "open"),
        ]  # fmt: skip
        opening = session.scalars(select(LedgerEntry).where(LedgerEntry.position == 4)).one()
        last = session.scalars(select(LogCheckpoint).where(LogCheckpoint.shard == "2026")).all()[-1]
        parts = proof_for(session, [*before, *after, opening.id])
    assert opening.kind == "registry"
    assert [entry["checkpoint"] for entry in parts.entries] == [0, 0, 0, 1, 1]
    assert [entry["index"] for entry in parts.entries] == [0, 1, 2, 1, 0]
    assert parts.checkpoints[0] == last.note


def opening_payload(entry: LedgerEntry) -> dict[str, Any]:
    from hub.derive.interpret import payload_of

    return payload_of(entry)


def test_the_opening_carries_the_last_checkpoint_and_the_keys(hub: Hub, world: World, clock: Clock) -> None:
    bench = world.bench()
    sent(bench, 1)
    Log(hub).bring_up()
    clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    Log(hub).bring_up()
    with hub.readers()() as session:
        note = session.scalars(select(LogCheckpoint).where(LogCheckpoint.shard == "2026")).one().note
        said = opening_payload(session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "registry")).one())
    assert (said["change"], said["shard"], said["note"]) == ("opening", "2027", note)
    assert said["keys"] == [
        {"kid": hub.identity.key.kid, "role": "hub", "status": "active"},
        {"kid": bench.key.kid, "role": "station", "status": "active"},
    ]


def test_a_lost_file_or_a_newer_checkpoint_stops_signing(hub: Hub, world: World) -> None:
    bench = world.bench()
    sent(bench, 2)
    Log(hub).bring_up()
    file = hub.settings.data_dir / SEEN_FILE
    note = file.read_text()
    file.unlink()
    sent(bench, 1)
    with pytest.raises(LogBehind, match="is missing"):
        Log(hub).bring_up()
    keep_seen(hub.settings.data_dir, note)
    newest = Log(hub).bring_up()
    with hub.sessions().begin() as session:  # what a restored backup looks like
        session.execute(delete(LedgerEntry).where(LedgerEntry.position == 3))
        session.execute(delete(LogCheckpoint).where(LogCheckpoint.id == newest.id))
    with pytest.raises(LogBehind, match="3 entries was signed, and this database has 2"):
        Log(hub).bring_up()


def test_a_refused_fork_is_logged(hub: Hub, world: World) -> None:
    bench = world.bench()
    sent(bench, 1)
    twin = bench.key.sign_statement(bench.erasure_payload(serial="OTHER") | {"seq": 1, "prev": "0" * 64})
    assert bench.put(twin).status_code == 409
    again = bench.key.sign_statement(bench.erasure_payload(serial="THIRD") | {"seq": 1, "prev": "0" * 64})
    assert bench.put(again).status_code == 409
    with hub.readers()() as session:
        (fork,) = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "fork"))
        said = opening_payload(fork)
    assert said["refused"] == {"id": twin.id, "kid": bench.key.kid, "seq": 1}
    assert fork.kid == hub.identity.key.kid
    check_proofs(hub)


def shards_now(hub: Hub) -> list[tuple[str, str]]:
    with hub.readers()() as session:
        return [(one.name, one.state) for one in all_shards(session)]


def test_a_clock_far_ahead_opens_no_shard_and_is_told_once(hub: Hub, world: World, clock: Clock) -> None:
    bench = world.bench()
    sent(bench, 2)
    Log(hub).bring_up()
    clock.now = datetime(2099, 5, 1, tzinfo=UTC)
    ids = sent(bench, 2)
    for _ in range(3):
        assert Log(hub).bring_up().size == 4, "entries go on into the shard that is open"
    assert shards_now(hub) == [("2026", "open")]
    with hub.readers()() as session:
        (alarm,) = session.scalars(select(Alarm)).all()
    assert "2099" in alarm.detail
    assert "2026" in alarm.detail
    french = in_words(alarm.detail, "fr")
    assert french.startswith("l’horloge de ce serveur est en 2099")
    with pytest.raises(LogAhead):
        freeze_and_open(hub, Report(), "for the test")
    assert shards_now(hub) == [("2026", "open")], "nor by a freeze"
    clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert place_of_all(hub, ids) == [2, 3]


def place_of_all(hub: Hub, ids: list[str]) -> list[int]:
    with hub.readers()() as session:
        return [place.index for one in ids if (place := place_of(session, one))]


def test_a_hub_that_was_off_for_years_goes_on_once_a_bench_or_a_witness_says_the_year(
    hub: Hub, world: World, clock: Clock
) -> None:
    bench = world.bench()
    sent(bench, 1)
    first = Log(hub).bring_up()
    clock.now = datetime(2030, 2, 1, tzinfo=UTC)
    Log(hub).bring_up()
    assert shards_now(hub) == [("2026", "open")]
    with hub.sessions().begin() as session:
        told = {"kid": "ab" * 32, "name": "w", "time": 1_896_134_400, "line": "x"}  # 2030-02-01
        session.add(LogCosignature(checkpoint_id=first.id, received=clock.now, **told))
    Log(hub).bring_up()
    assert shards_now(hub) == [("2026", "closed"), ("2030", "open")]


def test_the_first_shard_is_not_of_a_year_that_no_bench_knows(hub: Hub, world: World, clock: Clock) -> None:
    sent(world.bench(), 1)
    clock.now = datetime(2099, 5, 1, tzinfo=UTC)
    with pytest.raises(LogAhead):
        Log(hub).bring_up()
    assert shards_now(hub) == []
