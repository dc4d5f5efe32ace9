"""A key that is lost, a database that is older than what was signed: the log stops until a person acts."""

import pytest
from sqlalchemy import delete, update

from hub.context import Hub
from hub.log.errors import LogBehind, LogStopped
from hub.log.freezing import freeze_and_open
from hub.log.fsck import Report
from hub.log.key import LOG_KEY_FILE
from hub.log.seen import SEEN_FILE
from hub.log.sequencer import Log
from hub.log.shards import all_shards
from hub.logged import LogCheckpoint, LogShard, LogTile
from tests.hub.conftest import Clock, World
from tests.hub.log.test_signing import sent


def test_a_lost_key_of_the_log_ends_with_a_freeze_and_a_new_key(hub: Hub, world: World) -> None:
    bench = world.bench()
    sent(bench, 2)
    Log(hub).bring_up()
    (hub.settings.data_dir / LOG_KEY_FILE).unlink()
    ids = sent(bench, 2)
    with pytest.raises(LogStopped, match="cannot be read"):
        Log(hub).bring_up()
    assert not (hub.settings.data_dir / LOG_KEY_FILE).exists(), "no key is made under a shard that has one"
    opened = freeze_and_open(hub, Report(), "the key is lost")
    newest = Log(hub).bring_up()
    assert (opened.old, opened.new, newest.shard) == ("2026", "2026-2", "2026-2")
    with hub.readers()() as session:
        old, new = all_shards(session)
        assert old.vkey.split("+")[2] != new.vkey.split("+")[2]
    assert world.client.get(f"/api/v1/log/inclusion/{ids[-1]}").status_code == 200
    assert world.client.get("/api/v1/trust/2").status_code == 200


def test_an_older_checkpoint_that_is_shown_frees_nobody_from_a_later_shard(
    hub: Hub, world: World, clock: Clock
) -> None:
    bench = world.bench()
    sent(bench, 2)
    older = Log(hub).bring_up().note
    clock.forward(days=60)
    sent(bench, 1)
    Log(hub).bring_up()
    newest = (hub.settings.data_dir / SEEN_FILE).read_text(encoding="utf-8")
    assert newest.startswith("hub.test/erasure-log/2027\n")
    with hub.sessions().begin() as session:  # the backup of last year
        for table in (LogCheckpoint, LogTile):
            session.execute(delete(table).where(table.shard == "2027"))
        session.execute(delete(LogShard).where(LogShard.name == "2027"))
        session.execute(update(LogShard).values(state="open"))
    with pytest.raises(LogBehind):
        Log(hub).bring_up()
    with pytest.raises(LogBehind):
        Log(hub).show(older)
    assert (hub.settings.data_dir / SEEN_FILE).read_text(encoding="utf-8") == newest
