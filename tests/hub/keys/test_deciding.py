"""Who still decides about keys, and what a root file and a backup must not break."""

import io
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from certificates.errors import RootRefused
from certificates.position import Place
from certificates.trust import Trust
from hub.backups import back_up, restore
from hub.clock import utc_now
from hub.commands.root import main
from hub.context import open_hub
from hub.errors import BadInput, Conflict, NotFound
from hub.identity import Issuer, create_identity
from hub.keys import asking
from hub.keys.changing import bring, say, spoken
from hub.keys.line import current_root
from hub.keys.root_files import install
from hub.keys.saying import Change, Request, SpokenKey
from hub.log.key import NoteSigner
from hub.log.sequencer import Log
from hub.log.shards import freeze, newest_shard
from hub.migrations import upgrade
from hub.models import LedgerEntry, Station, StationState
from hub.settings import Settings
from tests.hub.keys.network import PEOPLE, SHARES, atelier, by, grown, named, reseau

WALL = "2026-11-21T10:00:00Z"


def asked(hub: Any, change: Change, *people: int) -> Request:
    """A change as these people sign it."""
    with hub.sessions()() as session:
        found = asking.write(session, change)
    for one in people:
        found = found.signed_by(PEOPLE[one], f"p-{one}", "ab" * 16, WALL)
    return found


def lose(hub: Any, person: int, *others: int) -> None:
    """Two others say that the key of a person is in other hands."""
    Log(hub).bring_up()
    key = SpokenKey(PEOPLE[person].public, "registry", named(PEOPLE[person])[0].name)
    change = Change("compromise", key, "", 0, 0, "2026")
    with hub.sessions().begin() as session:
        bring(session, asked(hub, change, *others))


def test_a_registry_key_in_other_hands_decides_nothing_more(world: Any) -> None:
    grown(world.hub)
    bench = world.bench(accepted=False)
    first = asked(world.hub, Change("enrol", spoken(world.station(bench))), 0)
    with world.hub.sessions().begin() as session:
        bring(session, first)
    lose(world.hub, 0, 1, 2)
    signed_late = asked(world.hub, Change("enrol", spoken(world.station(bench))), 0)
    with world.hub.sessions()() as session, pytest.raises(BadInput, match="decides about nothing"):
        bring(session, signed_late)
    fresh = asked(world.hub, first.change).heads[PEOPLE[1].kid]
    second = replace(first, heads={**first.heads, PEOPLE[1].kid: fresh}).signed_by(PEOPLE[1], "p-1", "cd" * 16, WALL)
    with world.hub.sessions()() as session, pytest.raises(Conflict, match="any more"):
        bring(session, second)
    assert world.station(bench).state == "pending"


def test_the_key_that_signs_the_trust_file_is_not_ended_by_the_registry(world: Any) -> None:
    hub = world.hub
    with hub.sessions().begin() as session:
        install(session, by(atelier(hub), SHARES[0]))
    Log(hub).bring_up()
    own = SpokenKey(hub.identity.key.public, "registry", hub.identity.name)
    for change in (Change("retire", own), Change("compromise", own, "", 0, 0, "2026")):
        with hub.sessions()() as session, pytest.raises(NotFound):
            say(session, change, "p-1")
    assert world.client.get("/api/v1/trust/2").status_code == 200


def test_a_root_file_that_does_not_know_the_log_is_not_put_in_force(world: Any) -> None:
    hub = world.hub
    first = by(atelier(hub), SHARES[0])
    Log(hub).bring_up()
    other = NoteSigner.generate(1).public
    with hub.sessions()() as session, pytest.raises(RootRefused, match="does not know the log"):
        install(session, by(atelier(hub, log_keys=(other,)), SHARES[0]))
    with hub.sessions().begin() as session:
        install(session, first)
    with hub.sessions()() as session, pytest.raises(RootRefused, match="does not know the log"):
        install(session, by(reseau(hub, log_keys=(other,)), *SHARES[:3]))
    assert world.client.get("/api/v1/trust/2").status_code == 200


def test_the_backup_of_a_network_is_put_back(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'hub.db'}")
    create_identity(folder, "Atelier", Issuer("Atelier"), demo=False)
    hub = open_hub(settings)
    with closing(_Ended(hub)):
        upgrade(hub.engine)
        grown(hub)
        station = Station(name="banc", kid=SHARES[4].kid, public=SHARES[4].public.base64, state=StationState.PENDING)
        station.created = utc_now()
        with hub.sessions().begin() as session:
            session.add(station)
        with hub.sessions().begin() as session:
            bring(session, asked(hub, Change("enrol", spoken(station)), 0, 1))
        with hub.sessions()() as session:
            assert set(session.scalars(select(LedgerEntry.kid))) == {PEOPLE[0].kid, PEOPLE[1].kid}
    restore(settings, back_up(settings, tmp_path / "copy.db"))
    hub = open_hub(settings)
    with closing(_Ended(hub)), hub.sessions()() as session:
        assert current_root(session) is not None


class _Ended:
    def __init__(self, hub: Any) -> None:
        self._hub = hub

    def close(self) -> None:
        self._hub.engine.dispose()


def test_nothing_waits_for_somebody_who_thinks_about_a_key(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = world.bench(accepted=False)
    settings, asked_of = world.hub.settings, list[str]()

    def answer(question: str) -> str:
        with world.hub.sessions().begin() as session:  # a bench that sends something meanwhile
            session.execute(update(Station).values(name="banc 7"))
        asked_of.append(question)
        return "y"

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setenv("ETABLI_HUB_DATA", str(settings.data_dir))
    monkeypatch.setenv("ETABLI_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("ETABLI_PUBLIC_URL", settings.public_url)
    assert main(["key", "registry", "enrol", "--key", bench.key.kid]) == 0
    assert len(asked_of) == 1
    assert world.station(bench).state == "accepted"


def test_where_nobody_answers_no_key_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.setenv("ETABLI_LANG", "en")
    assert main(["key", "root", "new", "--name", "Ana", "--out", str(tmp_path)]) == 1
    assert "nothing was done" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_retired_while_the_log_stands_still_has_its_bound(world: Any) -> None:
    bench = world.bench(registered=True)
    assert bench.put(bench.erasure()).status_code == 201
    Log(world.hub).bring_up()
    key = spoken(world.station(bench))
    with world.hub.sessions().begin() as session:
        shard = newest_shard(session)
        assert shard is not None
        freeze(session, shard, "a tile is wrong", world.hub.clock())
        say(session, Change("retire", key), "p-1")
    found = Trust.from_json(world.client.get("/api/v1/trust/2").content).keys[bench.key.kid]
    assert found.until is not None
    assert (found.status, found.until.place, found.until.seq) == ("retired", Place("2026", 2), 1)
