"""The log over HTTP: what anybody reads without an account is enough to check all of it."""

import base64
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from certificates import tree
from certificates.note import NoteKey, verify_note
from hub.context import Hub
from hub.log.sequencer import Log
from hub.logged import LogTile
from hub.models import LedgerEntry
from tests.hub.conftest import Client, Clock, World
from tests.hub.log.test_signing import ids_of, sent

FOR_EVER = "public, max-age=31536000, immutable"


def entries_in(data: bytes) -> Iterator[bytes]:
    while data:
        (length,) = struct.unpack(">H", data[:2])
        yield data[2 : 2 + length]
        data = data[2 + length :]


def shard_of(client: Client) -> dict[str, Any]:
    (shard,) = client.get("/api/v1/log").json()["shards"]
    found: dict[str, Any] = shard
    return found


def test_checkpoint_tiles_and_entries_fit_together(hub: Hub, world: World, client: Client) -> None:
    sent(world.bench(), 5)
    Log(hub).bring_up()
    shard = shard_of(client)
    assert (shard["name"], shard["origin"], shard["first"], shard["size"], shard["state"]) == (
        *("2026", "hub.test/erasure-log/2026", 1, 5, "open"),
    )
    answer = client.get("/log/2026/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    checkpoint = verify_note(answer.text, NoteKey.from_vkey(shard["vkey"]), (), 0).checkpoint
    tile = client.get("/log/2026/tile/0/000.p/5")
    assert tile.headers["cache-control"] == "public, max-age=5"
    leaves = [tile.content[place : place + 32] for place in range(0, 160, 32)]
    bundle = client.get("/log/2026/tile/entries/000.p/5").content
    assert [tree.leaf_hash(entry) for entry in entries_in(bundle)] == leaves
    assert tree.root_hash(leaves) == checkpoint.root
    assert client.get("/log/2026/tile/0/000.p/3").content == tile.content[:96]


def test_a_full_tile_is_kept_for_ever_and_the_next_level_begins(hub: Hub, world: World, client: Client) -> None:
    bench = world.bench()
    envelopes = [bench.erasure().data for _ in range(257)]
    for begin in range(0, 257, 50):
        assert bench.post(envelopes[begin : begin + 50]).status_code == 200
    Log(hub).bring_up()
    full = client.get("/log/2026/tile/0/000")
    assert (len(full.content), full.headers["cache-control"]) == (8192, FOR_EVER)
    above = client.get("/log/2026/tile/1/000.p/1").content
    assert above == tree.root_hash([full.content[place : place + 32] for place in range(0, 8192, 32)])
    assert client.get("/log/2026/tile/entries/000").headers["cache-control"] == FOR_EVER
    assert client.get("/log/2026/tile/0/001.p/1").status_code == 200
    assert client.get("/log/2026/tile/0/001.p/2").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        *("tile/0/000", "tile/0/000.p/3", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/02", "tile/0/0"),
        *("tile/00/000.p/1", "tile/-1/000.p/1", "tile/64/000.p/1", "tile/entries/001.p/1", "tile/0/x000/000.p/1"),
        *("tile/0/..%2F000.p/1", "tile/0/000.p/1/", "tile/0/%00", "tile/0/000.p/\u0661", "tile/0/x999/x999/x999/999"),
    ],
)
def test_what_is_no_signed_tile_is_not_there(hub: Hub, world: World, client: Client, address: str) -> None:
    bench = world.bench()
    sent(bench, 2)
    Log(hub).bring_up()
    sent(bench, 1)
    assert client.get(f"/log/2026/{address}").status_code == 404


@pytest.mark.parametrize("name", ["2025", "2026-1", "%00", "2026%00", "..", "a" * 500, "2026 "])
def test_a_shard_that_is_not_there(hub: Hub, client: Client, name: str) -> None:
    Log(hub).bring_up()
    assert client.get(f"/log/{name}/checkpoint").status_code == 404
    assert client.get(f"/api/v1/log/{name}/consistency?old=0").status_code in {404, 422}


def test_consistency_is_proven_from_every_size(hub: Hub, world: World, client: Client) -> None:
    bench, held = world.bench(), {}
    for count in (1, 1, 3, 4):
        sent(bench, count)
        newest = Log(hub).bring_up()
        held[newest.size] = bytes.fromhex(newest.root)
    key = NoteKey.from_vkey(shard_of(client)["vkey"])
    for old, root in held.items():
        answer = client.get(f"/api/v1/log/2026/consistency?old={old}").json()
        checkpoint = verify_note(answer["checkpoint"], key, (), 0).checkpoint
        proof = [bytes.fromhex(one) for one in answer["proof"]]
        tree.check_consistency(old, checkpoint.size, proof, root, checkpoint.root)
    assert client.get("/api/v1/log/2026/consistency?old=0").json()["proof"] == []
    refused = client.get("/api/v1/log/2026/consistency?old=10")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "log.smaller")


def test_inclusion_is_signed_on_demand(hub: Hub, world: World, client: Client) -> None:
    (statement_id,) = sent(world.bench(), 1)
    said = client.get(f"/api/v1/log/inclusion/{statement_id}").json()
    moment = int(datetime(2026, 11, 21, 10, tzinfo=UTC).timestamp())
    assert {name: said[name] for name in ("id", "index", "received", "path")} == {
        "id": statement_id, "index": 0, "received": moment, "path": [],
    }  # fmt: skip
    verify_note(said["checkpoint"], NoteKey.from_vkey(shard_of(client)["vkey"]), (), 0)
    for other in ("0" * 64, statement_id.upper(), "%00", "x"):
        answer = client.get(f"/api/v1/log/inclusion/{other}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "log.not-logged")


def test_a_hub_without_statements_has_a_checkpoint_too(client: Client) -> None:
    shard = shard_of(client)
    assert shard["size"] == 0
    note = client.get("/api/v1/log/2026/consistency?old=0").json()["checkpoint"]
    assert verify_note(note, NoteKey.from_vkey(shard["vkey"]), (), 0).checkpoint.root == tree.EMPTY_ROOT


def test_a_frozen_shard_says_so(hub: Hub, world: World, client: Client) -> None:
    sent(world.bench(), 1)
    with hub.sessions().begin() as session:
        session.execute(update(LedgerEntry).values(prev="1" * 64))
    assert client.get(f"/api/v1/log/inclusion/{ids_of(hub)[0]}").status_code == 423
    assert shard_of(client)["state"] == "frozen"
    answer = client.get("/api/v1/log/2026/consistency?old=0")
    assert (answer.status_code, answer.json()["error"]["code"]) == (423, "log.frozen"), "nothing was signed in it"


def test_a_frozen_shard_proves_what_was_signed_in_it_while_its_bytes_do(hub: Hub, world: World, client: Client) -> None:
    bench = world.bench()
    ids, roots = sent(bench, 3), dict[int, bytes]()
    for _ in range(2):
        newest = Log(hub).bring_up()
        roots[newest.size] = bytes.fromhex(newest.root)
        ids += sent(bench, 3)
    (old, _), (size, root) = sorted(roots.items())
    with hub.sessions().begin() as session:
        session.execute(update(LedgerEntry).where(LedgerEntry.id == ids[-1]).values(prev="1" * 64))
    assert client.get(f"/api/v1/log/inclusion/{ids[-1]}").status_code == 423
    said = client.get(f"/api/v1/log/2026/consistency?old={old}").json()
    tree.check_consistency(old, size, [bytes.fromhex(one) for one in said["proof"]], roots[old], root)
    with hub.sessions().begin() as session:
        tile = session.scalars(select(LogTile.hashes)).one()
        session.execute(update(LogTile).values(hashes=tile[:33] + bytes([tile[33] ^ 1]) + tile[34:]))
    answer = client.get(f"/api/v1/log/2026/consistency?old={old}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (423, "log.frozen")
    assert client.get(f"/api/v1/log/2026/consistency?old={size}").json()["proof"] == [], "who saw its end needs none"


def test_who_reads_too_much_is_slowed_down(client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.boundary.pace import Pace

    client.app.state.log_pace = Pace(lambda: 0.0, 3, 1)  # type: ignore[attr-defined]
    statuses = [client.get("/api/v1/log").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert client.get("/log/2026/checkpoint").status_code == 429


def test_keys_are_no_others(hub: Hub, client: Client) -> None:
    raw = base64.b64decode(shard_of(client)["vkey"].split("+", 2)[2])[1:]
    assert raw != hub.identity.key.public.raw
    assert (hub.settings.data_dir / "log.key").stat().st_mode & 0o777 == 0o600
