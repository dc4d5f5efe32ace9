"""Registry statements: what a person decides about a key is in the ledger, and holds where enough people signed."""

from typing import Any

import pytest
from sqlalchemy import select

from certificates.errors import RootOutOfLine, RootUnsigned
from certificates.keys import SigningKey
from certificates.statement import GENESIS
from hub.derive.interpret import payload_of
from hub.derive.reading import read_ledger, rebuild
from hub.errors import BadInput, Conflict, NotFound
from hub.keyring import KeyChange
from hub.keys import asking
from hub.keys.changing import bring, keep_up, retire_ended, say, spoken, waiting_changes
from hub.keys.line import current_root
from hub.keys.root_files import hub_decides, install
from hub.keys.saying import Change, Request
from hub.keys.standing import standings
from hub.log.sequencer import Log
from hub.models import Erasure, LedgerEntry, Role
from hub.stations import service
from tests.hub.keys.network import PEOPLE, SHARES, atelier, by, grown, reseau

WALL = "2026-11-21T10:00:00Z"


def statements(world: Any) -> list[dict[str, Any]]:
    with world.hub.sessions()() as session:
        query = select(LedgerEntry).where(LedgerEntry.kind == "registry").order_by(LedgerEntry.position)
        return [payload_of(row) for row in session.scalars(query)]


def status(world: Any, kid: str) -> str:
    with world.hub.sessions()() as session:
        found = standings(session).get(kid)
        return found.status if found else ""


def test_accepting_and_ending_a_station_are_statements_of_the_hub(world: Any) -> None:
    bench = world.bench(registered=True)
    (enrol,) = statements(world)
    assert (enrol["change"], enrol["key"]["kid"], enrol["kid"]) == ("enrol", bench.key.kid, world.hub.identity.key.kid)
    assert enrol["by"].startswith("p-")
    assert status(world, bench.key.kid) == "active"
    station = world.station(bench).id
    with world.hub.sessions().begin() as session:
        service.refuse(session, world._gatekeeper(session), station)
    assert [said["change"] for said in statements(world)] == ["enrol", "retire"]
    assert status(world, bench.key.kid) == "retired"


def test_a_fork_retires_the_key_in_the_log_too(world: Any) -> None:
    bench = world.bench(registered=True)
    bench.put(bench.erasure())
    bench.seq, bench.prev = 0, GENESIS
    assert bench.put(bench.erasure(serial="OTHER")).status_code == 409
    assert world.station(bench).state == "locked"
    assert status(world, bench.key.kid) == "retired"


def test_stations_from_before_are_enrolled_once_when_the_hub_starts(world: Any) -> None:
    old, ended = world.bench("ancien"), world.bench("parti")
    station = world.station(ended).id
    with world.hub.sessions().begin() as session:
        service.refuse(session, world._gatekeeper(session), station)
    assert statements(world) == []
    for expected in (1, 0):
        with world.hub.sessions().begin() as session:
            assert keep_up(session) == expected
    assert [said["key"]["kid"] for said in statements(world)] == [old.key.kid]
    with world.hub.sessions().begin() as session:
        assert retire_ended(session) == 0


def test_a_key_that_was_ended_never_comes_back(world: Any) -> None:
    bench = world.bench(registered=True)
    key = spoken(world.station(bench))
    with world.hub.sessions().begin() as session:
        say(session, Change("retire", key), "p-1")
    for change in ("enrol", "retire"):
        with pytest.raises((Conflict, NotFound)), world.hub.sessions().begin() as session:
            say(session, Change(change, key), "p-1")
    assert status(world, bench.key.kid) == "retired"
    assert len(statements(world)) == 2


def test_a_new_key_of_a_station_replaces_its_old_one(world: Any) -> None:
    old, new = world.bench(registered=True), world.bench("banc 1 bis", accepted=False)
    change = Change("rotate", spoken(world.station(new)), old.key.kid)
    with world.hub.sessions().begin() as session:
        say(session, change, "p-1")
    assert (status(world, old.key.kid), status(world, new.key.kid)) == ("retired", "active")
    assert (world.station(old).state, world.station(new).state) == ("refused", "accepted")
    stranger = world.bench("x", accepted=False)
    again = Change("rotate", spoken(world.station(stranger)), old.key.kid)
    with pytest.raises(Conflict, match="not in use"), world.hub.sessions().begin() as session:
        say(session, again, "p-1")


def compromise(world: Any, bench: Any, seq: int, index: int) -> Change:
    Log(world.hub).bring_up()
    return Change("compromise", spoken(world.station(bench)), "", seq, index, "2026")


@pytest.mark.parametrize(("seq", "index", "disputed"), [(2, 9, ["3"]), (9, 2, ["3"]), (1, 3, ["2", "3"]), (9, 9, [])])
def test_what_lies_above_either_bound_is_disputed_also_after_a_rebuild(
    world: Any, seq: int, index: int, disputed: list[str]
) -> None:
    bench = world.bench(registered=True)
    for serial in ("1", "2", "3"):
        bench.put(bench.erasure(serial=serial))
    other = world.bench("autre")
    for serial in "abcdefgh":
        other.put(other.erasure(serial=serial))
    with world.hub.sessions().begin() as session:
        read_ledger(session)
    change = compromise(world, bench, seq, index)
    with world.hub.sessions().begin() as session:
        say(session, change, "p-1")
    for again in (False, True):
        with world.hub.sessions().begin() as session:
            if again:
                rebuild(session)
            runs = session.scalars(select(Erasure).where(Erasure.disputed).order_by(Erasure.position)).all()
            assert [run.payload["subject"]["drive"]["serial"] for run in runs] == disputed
    assert world.station(bench).state == "locked"
    assert bench.put(bench.erasure(serial="late")).status_code == 409


def test_a_bound_names_an_entry_that_is_there(world: Any) -> None:
    bench = world.bench(registered=True)
    for index, shard in ((99, "2026"), (0, "2031")):
        Log(world.hub).bring_up()
        change = Change("compromise", spoken(world.station(bench)), "", 0, index, shard)
        with pytest.raises(BadInput, match="no entry"), world.hub.sessions().begin() as session:
            say(session, change, "p-1")


def request(world: Any, change: Change) -> Request:
    with world.hub.sessions()() as session:
        return Request.from_json(asking.write(session, change).to_json())


def signed(found: Request, *keys: SigningKey) -> Request:
    for key in keys:
        found = Request.from_json(found.signed_by(key, f"p-{key.kid[:4]}", "ab" * 16, WALL).to_json())
    return found


def test_in_a_network_two_people_take_a_bench_in(world: Any) -> None:
    grown(world.hub)
    bench = world.bench(accepted=False)
    station = world.station(bench)
    with pytest.raises(Conflict, match="two people"), world.hub.sessions().begin() as session:
        service.accept(session, world._gatekeeper(session), station.id)
    asked = request(world, Change("enrol", spoken(station)))
    with world.hub.sessions().begin() as session:
        bring(session, signed(asked, PEOPLE[0]))
        assert [row.kid for row in waiting_changes(session)] == [bench.key.kid]
    assert (status(world, bench.key.kid), world.station(bench).state) == ("", "pending")
    with world.hub.sessions().begin() as session:
        first, second = bring(session, signed(asked, *PEOPLE[:2]))
        assert (first.effective, second.position) == (second.position, first.position + 1)
        assert waiting_changes(session) == ()
    assert (status(world, bench.key.kid), world.station(bench).state) == ("active", "accepted")
    assert bench.put(bench.erasure()).status_code == 201


def test_one_person_never_decides_alone(world: Any) -> None:
    grown(world.hub)
    asked = request(world, Change("enrol", spoken(world.station(world.bench(accepted=False)))))
    with pytest.raises(BadInput, match="another person"):
        signed(asked, PEOPLE[0], PEOPLE[0])
    stranger = SigningKey.from_seed(b"\x09" * 32, demo=False)
    with pytest.raises(BadInput, match="none of those"):
        signed(asked, stranger)
    with pytest.raises(BadInput, match="demo key"):
        signed(asked, SigningKey.from_seed(b"\x09" * 32, demo=True))
    with world.hub.sessions().begin() as session, pytest.raises(BadInput, match="nobody has signed"):
        bring(session, asked)


def test_the_hub_refuses_a_second_signature_of_the_same_person(world: Any) -> None:
    """Also where somebody wrote the approval with another program."""
    grown(world.hub)
    asked = signed(request(world, Change("enrol", spoken(world.station(world.bench(accepted=False))))), PEOPLE[0])
    first = asked.statements[0]
    with world.hub.sessions().begin() as session:
        bring(session, asked)
    from hub.keys.changing import take
    from hub.keys.saying import approval

    link = {"kid": PEOPLE[0].kid, "seq": 2, "prev": first.id, "nonce": "ab" * 16, "wall": WALL, "wall_src": "system"}
    payload = {**link, "v": 1, "kind": "registry", "simulated": False, **approval(first.id, "p-1")}
    with pytest.raises(Conflict, match="another person"), world.hub.sessions().begin() as session:
        take(session, PEOPLE[0].sign_statement(payload).data)
    with world.hub.sessions()() as session:
        assert session.scalars(select(KeyChange.effective)).all() == [None]


def test_a_request_that_was_altered_on_the_stick_is_refused(world: Any) -> None:
    grown(world.hub)
    one, two = world.bench(accepted=False), world.bench("banc 2", accepted=False)
    asked = signed(request(world, Change("enrol", spoken(world.station(one)))), PEOPLE[0])
    from dataclasses import replace

    swapped = replace(asked, change=Change("enrol", spoken(world.station(two))))
    with pytest.raises(BadInput, match="not the change"):
        signed(swapped, PEOPLE[1])
    with pytest.raises(BadInput, match="no request"):
        Request.from_json(asked.to_json().replace(b"enrol", b"enroll"))


def test_a_root_file_is_taken_in_in_line_and_of_this_hub_only(world: Any) -> None:
    hub = world.hub
    first = by(atelier(hub), SHARES[0])
    with world.hub.sessions().begin() as session:
        assert hub_decides(session)
        with pytest.raises(RootOutOfLine):
            install(session, by(reseau(hub), *SHARES[:3]))
        with pytest.raises(RootUnsigned):
            install(session, atelier(hub))
        other = SigningKey.from_seed(b"\x77" * 32, demo=False).public
        with pytest.raises(Conflict, match="another hub"):
            install(session, by(atelier(hub, hub_keys=(other,)), SHARES[0]))
        install(session, first)
        assert hub_decides(session)
        with pytest.raises(RootUnsigned):
            install(session, by(reseau(hub), *SHARES[1:4]))
        with pytest.raises(RootOutOfLine):
            install(session, first)
        install(session, by(reseau(hub), *SHARES[:3]))
        assert not hub_decides(session)
        assert current_root(session).version == 2


def test_a_person_of_the_workshop_is_no_registry_key(world: Any) -> None:
    world.person(Role.ADMIN)
    bench = world.bench(registered=True)
    payload = {"kid": bench.key.kid, "seq": 1, "prev": GENESIS, "nonce": "ab" * 16, "wall": WALL, "wall_src": "system"}
    said = Change("retire", spoken(world.station(bench))).said("p-1")
    envelope = bench.key.sign_statement({**payload, "v": 1, "kind": "registry", "simulated": False, **said})
    assert bench.put(envelope).status_code == 422
    from hub.keys.changing import take

    with pytest.raises(BadInput, match="decides about nothing"), world.hub.sessions().begin() as session:
        take(session, envelope.data)
