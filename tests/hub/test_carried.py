"""Statements on a stick and copied sticks, end to end: a real bench, a real hub, files between them."""

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certificates.envelope import SignedEnvelope
from certificates.keys import SigningKey
from certificates.receipts import HEADER, Result, sign_receipts, written
from certificates.statement_file import Line, read_lines
from certificates.statement_file import written as carried
from hub.commands.carrying import import_file, open_regular, write_receipts
from hub.commands.opening import Call
from hub.errors import BadInput
from hub.ledger.carried import Import, take_file
from hub.models import Alarm, LedgerEntry, QuarantinedStatement
from hub.models import Station as StationRow
from hub.stations.service import accept
from station_agent.carry import export_statements, take_receipts
from station_agent.commands.enrol import introduce_anew
from station_agent.enrol import enrol
from station_agent.errors import CarriedFileError, ChainLocked
from station_agent.outbox import OutboxState
from station_agent.policies import trust_of
from station_agent.station import Station, open_station
from station_agent.sync import SyncState, drain
from tests.hub.conftest import URL

Make = Callable[..., Any]


@pytest.fixture
def demo() -> bool:
    return True


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: bytes) -> str:
    (tmp_path / "hub.db").write_bytes(sqlite_template)
    return f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.fixture
def open_bench(client: Any) -> Iterator[Callable[[Path], Station]]:
    opened: list[Station] = []

    def make(folder: Path) -> Station:
        opened.append(open_station(folder, demo=True, transport=client._transport))
        return opened[-1]

    yield make
    for station in opened:
        station.close()


@pytest.fixture
def station(tmp_path: Path, open_bench: Callable[[Path], Station], world: Any) -> Station:
    """A bench that the hub has accepted."""
    made = open_bench(tmp_path / "state")
    enrol(made.store, made.link_to(URL), made.key, url=URL, token=world.token(), name="banc 1")
    let_in(world, made.key.kid)
    return made


def let_in(world: Any, kid: str) -> None:
    with world.hub.sessions().begin() as session:
        found = next(one for one in session.query(StationRow).all() if one.kid == kid)
        accept(session, world._gatekeeper(session), found.id)


def state(station: Station, world: Any, n: int) -> list[str]:
    """Let the bench sign n erasures of its own."""
    model = world.bench("model", accepted=False)
    made = []
    for _ in range(n):
        with station.store.transaction() as connection:
            facts = model.erasure_payload()
            made.append(station.chain.append(connection, "erasure", facts, run_id=None).id)
    return made


def ledger(world: Any) -> list[str]:
    with world.hub.sessions()() as session:
        query = session.query(LedgerEntry).where(LedgerEntry.kind != "registry")  # what the hub says of the keys itself
        return [row.id for row in query.order_by(LedgerEntry.position)]


def alarms(world: Any) -> list[str]:
    with world.hub.sessions()() as session:
        return [row.kind for row in session.query(Alarm).order_by(Alarm.id)]


def taken(world: Any, data: bytes) -> Import:
    return take_file(world.hub, io.BytesIO(data))


def read_back(station: Station, tmp_path: Path, data: bytes) -> Any:
    (tmp_path / "back").write_bytes(data)
    return take_receipts(station.outbox, station.chain, tmp_path / "back", trust_of(station.store.folder))


def test_a_stick_carries_statements_there_and_signed_receipts_back(
    station: Station, world: Any, tmp_path: Path
) -> None:
    made = state(station, world, 120)
    assert export_statements(station.store, tmp_path / "stick", everything=False) == 120
    done = taken(world, (tmp_path / "stick").read_bytes())
    assert (done.count(201), done.damage, ledger(world)) == (120, [], made)
    assert station.outbox.counts()[OutboxState.QUEUED] == 120, "no receipt, no confirmation"
    heard = read_back(station, tmp_path, written(world.hub.identity.key, done.results()))
    assert (heard.confirmed, heard.bad) == (120, 0)
    assert station.outbox.counts()[OutboxState.CONFIRMED] == 120
    assert export_statements(station.store, tmp_path / "later", everything=False) == 0
    assert export_statements(station.store, tmp_path / "all", everything=True) == 120


def test_the_same_file_twice_and_a_cable_afterwards_store_nothing_twice(
    station: Station, world: Any, tmp_path: Path
) -> None:
    made = state(station, world, 3)
    export_statements(station.store, tmp_path / "stick", everything=False)
    data = (tmp_path / "stick").read_bytes()
    assert taken(world, data).count(201) == 3
    assert taken(world, data).count(200) == 3
    assert drain(station.sync()).confirmed == 3
    assert ledger(world) == made


@pytest.mark.parametrize("forge", ["other key", "bench key", "changed", "no header", "bare"])
def test_only_a_receipt_that_the_hub_signed_confirms(
    *, station: Station, world: Any, tmp_path: Path, forge: str
) -> None:
    (made,) = state(station, world, 1)
    results: list[Result] = [{"id": made, "status": 201, "receipt": {"id": made, "position": 1, "received": "x"}}]
    key = {"other key": SigningKey.generate(demo=True), "bench key": station.key}.get(forge, world.hub.identity.key)
    data = written(key, results)
    if forge == "changed":
        data = data.replace(b'"payload":"ey', b'"payload":"ex')
    data = data.removeprefix(HEADER) if forge == "no header" else HEADER + b"{}\n" if forge == "bare" else data
    if forge == "no header":
        with pytest.raises(CarriedFileError):
            read_back(station, tmp_path, data)
    else:
        assert (read_back(station, tmp_path, data).bad, station.outbox.counts()[OutboxState.CONFIRMED]) == (1, 0)
    assert station.outbox.counts()[OutboxState.QUEUED] == 1


def test_a_receipt_of_another_statement_confirms_nothing(station: Station, world: Any, tmp_path: Path) -> None:
    (made,) = state(station, world, 1)
    results: list[Result] = [
        {"id": made, "status": 201, "receipt": {"id": "0" * 64}},
        {"id": "0" * 64, "status": 201, "receipt": {"id": "0" * 64}},
        {"id": made, "status": "201"},
        {},
    ]
    line = sign_receipts(world.hub.identity.key, results).data
    assert read_back(station, tmp_path, HEADER + line + b"\n").strange == 4
    assert station.outbox.counts()[OutboxState.QUEUED] == 1


def test_each_statement_is_judged_by_itself(station: Station, world: Any, tmp_path: Path) -> None:
    state(station, world, 3)
    export_statements(station.store, tmp_path / "stick", everything=False)
    with (tmp_path / "stick").open("rb") as file:
        first, second, third = (one.envelope for one in read_lines(file) if isinstance(one, Line))
    stranger = world.bench("inconnu", accepted=False)
    foreign = stranger.erasure().data
    spoiled = second.replace(b'"sig":"', b'"sig":"AAAA', 1)
    data = carried((first, foreign, spoiled, b"{}", third))
    done = taken(world, data)
    assert [answer.status for answer in done.answers] == [201, 401, 422, 422, 201]
    assert [answer.code for answer in done.answers[1:4]] == ["station", "envelope", "envelope"]
    assert "pending" in done.answers[1].message
    assert [result["status"] for result in done.results()] == [201, 422, 422, 201]
    assert alarms(world) == ["gap"]


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 9000, b"%PDF-1.7\n%", b'{"envelopes": []}', HEADER, os.urandom(5000), b"\n" * 5000]
)
def test_a_file_of_another_kind_brings_nothing(world: Any, data: bytes) -> None:
    if data:
        with pytest.raises(BadInput, match="no file of statements"):
            taken(world, data)
    assert taken(world, b"").answers == []
    assert ledger(world) == []


def test_a_torn_file_gives_its_whole_lines_and_a_huge_line_costs_only_itself(
    station: Station, world: Any, tmp_path: Path
) -> None:
    made = state(station, world, 3)
    export_statements(station.store, tmp_path / "stick", everything=False)
    data = (tmp_path / "stick").read_bytes()
    head, first, second, third = data.splitlines(keepends=True)
    done = taken(world, head + first + b"x" * 5_000_000 + b"\n" + second + third[:-200])
    assert (ledger(world), [str(one.kind) for one in done.damage]) == (made[:2], ["too-long", "torn"])


def test_endless_damage_is_given_up(world: Any) -> None:
    with pytest.raises(BadInput, match="damaged places"):
        taken(world, carried(()) + b"x\n" * 5000)


def test_neither_side_follows_links_or_opens_what_is_no_file(station: Station, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    with pytest.raises(CarriedFileError, match="Nothing was exported"):
        export_statements(station.store, tmp_path / "link", everything=True)
    write_receipts(tmp_path / "link", b"receipts")
    assert (tmp_path / "precious").read_text("utf-8") == "precious"
    assert (tmp_path / "link").read_bytes() == b"receipts"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="no regular file"):
        open_regular(tmp_path / "pipe")
    with pytest.raises(CarriedFileError):
        take_receipts(station.outbox, station.chain, tmp_path / "pipe", trust_of(station.store.folder))


def test_the_command_reports_each_statement_and_writes_receipts_beside_the_file(
    *, station: Station, world: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = state(station, world, 2)
    export_statements(station.store, tmp_path / "stick", everything=False)
    import_file(Call(world.hub.settings, "en"), tmp_path / "stick")
    told = capsys.readouterr().out
    assert f"2 new, 0 known already, 0 in conflict, 0 refused; receipts: {tmp_path / 'stick.receipts'}" in told
    trust = trust_of(station.store.folder)
    assert take_receipts(station.outbox, station.chain, tmp_path / "stick.receipts", trust).confirmed == 2
    (tmp_path / "torn").write_bytes((tmp_path / "stick").read_bytes()[:-9])
    with pytest.raises(BadInput, match="not every statement"):
        import_file(Call(world.hub.settings, "en"), tmp_path / "torn", as_json=True)
    told = capsys.readouterr().out
    document = json.loads(told)
    assert [(one["id"], one["status"]) for one in document["statements"]] == [(made[0], 200)]
    assert [one["kind"] for one in document["damaged"]] == ["torn"]


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", ("refused: this station is pending", "refused: this is no envelope", "page Stations")),
        ("fr", ("refusée : ce banc attend encore", "refusée : ce n’est pas l’enveloppe", "page Bancs")),
    ],
)
def test_the_command_says_in_words_why_a_statement_was_not_taken(
    *, world: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, says: tuple[str, ...]
) -> None:
    stranger = world.bench("inconnu", accepted=False)
    (tmp_path / "stick").write_bytes(carried((stranger.erasure().data, b"{}")))
    with pytest.raises(BadInput, match="not every statement"):
        import_file(Call(world.hub.settings, lang), tmp_path / "stick")
    told = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    for words in says:
        assert words in told
    assert "401" not in told
    assert "422" not in told


def clone(station: Station, tmp_path: Path, open_bench: Callable[[Path], Station]) -> Station:
    """Copy the stick as it is now."""
    station.store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(station.store.folder, tmp_path / "clone")
    return open_bench(tmp_path / "clone")


@pytest.mark.parametrize("way", ["cable", "stick"])
def test_a_copied_stick_is_found_stops_signing_and_goes_on_with_a_new_key(
    *, station: Station, world: Any, tmp_path: Path, open_bench: Callable[[Path], Station], way: str
) -> None:
    state(station, world, 1)
    assert drain(station.sync()).state is SyncState.IDLE
    copy = clone(station, tmp_path, open_bench)
    state(station, world, 1)
    theirs = state(copy, world, 2)
    assert drain(station.sync()).confirmed == 1
    if way == "cable":
        assert drain(copy.sync()).kept == 2
    else:
        export_statements(copy.store, tmp_path / "stick", everything=False)
        done = taken(world, (tmp_path / "stick").read_bytes())
        assert [answer.status for answer in done.answers] == [409, 409]
        assert read_back(copy, tmp_path, written(world.hub.identity.key, done.results())).kept == 2
    assert alarms(world) == ["fork"]
    with pytest.raises(ChainLocked, match="enrol --new-key"):
        copy.require_fit(1)
    with pytest.raises(ChainLocked):
        state(copy, world, 1)
    assert set(theirs).isdisjoint(ledger(world))
    new = renewed(copy, world, open_bench)
    new.require_fit(1)
    (fresh,) = state(new, world, 1)
    drain(new.sync())
    assert fresh in ledger(world)
    assert new.chain.head().seq == 1
    drain(station.sync())
    with pytest.raises(ChainLocked):  # the one that was copied cannot be told from the copy
        station.require_fit(1)
    with world.hub.sessions()() as session:
        assert {row.id for row in session.query(QuarantinedStatement)} == set(theirs)


def renewed(station: Station, world: Any, open_bench: Callable[[Path], Station]) -> Station:
    """Give the bench a new key that the hub accepts, as `enrol --new-key` does."""
    introduce_anew(station, URL, world.token(), "banc 1 bis")
    station.close()
    again = open_bench(station.store.folder)
    assert again.key.kid != station.key.kid
    let_in(world, again.key.kid)
    return again


def test_a_new_key_still_delivers_what_the_old_one_signed(
    station: Station, world: Any, open_bench: Callable[[Path], Station]
) -> None:
    old = state(station, world, 25)
    new = renewed(station, world, open_bench)
    fresh = state(new, world, 2)
    step = drain(new.sync())
    assert (step.state, step.confirmed) == (SyncState.IDLE, 27)
    assert ledger(world) == fresh + old
    assert [row.seq for row in new.outbox.rows()] == [*range(1, 26), 1, 2]
    assert (new.store.folder / "retired-keys" / f"{station.key.kid}.key").stat().st_mode & 0o777 == 0o600


def test_an_old_key_that_the_hub_refuses_does_not_hold_the_new_one_up(
    *, world: Any, tmp_path: Path, open_bench: Callable[[Path], Station]
) -> None:
    bench = open_bench(tmp_path / "state")
    enrol(bench.store, bench.link_to(URL), bench.key, url=URL, token=world.token(), name="banc 1")
    old = state(bench, world, 2)
    new = renewed(bench, world, open_bench)
    fresh = state(new, world, 2)
    assert drain(new.sync()).state is SyncState.PENDING
    assert ledger(world) == fresh
    let_in(world, bench.key.kid)
    assert drain(new.sync()).confirmed == 2
    assert ledger(world) == fresh + old


def test_a_receipt_names_an_envelope_and_is_none_itself(world: Any) -> None:
    signed = sign_receipts(world.hub.identity.key, [])
    assert isinstance(signed, SignedEnvelope)
    assert [answer.status for answer in taken(world, carried((signed.data,))).answers] == [401]
