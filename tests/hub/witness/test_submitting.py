"""The hub asks its witnesses: what they sign is verified and kept, what is silent is asked later, nothing waits."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from certificates.note import COSIGNATURE, NoteKey, verify_note
from hub.context import Hub
from hub.errors import BadInput, Conflict
from hub.log.key import NoteSigner
from hub.log.proofs import note_of
from hub.log.sequencer import Log
from hub.log.shards import newest_checkpoint, newest_shard
from hub.logged import LogCosignature
from hub.models import Alarm
from hub.witness.cosigning import Answer, Witness, make_witness, open_witness
from hub.witnessed import LogWitness
from hub.witnesses.registry import add_witness, asked, distinct, end_witness, standing
from hub.witnesses.submitting import Submitter
from hub.witnesses.wire import MOST_ANSWER, Post, Told, Unreachable, allowed, sender
from tests.hub.conftest import Clock, World
from tests.hub.log.test_signing import note_key, sent

URL = "https://temoin.example/w1"


@pytest.fixture
def witness(tmp_path: Path, clock: Clock) -> Witness:
    make_witness(tmp_path / "w", "temoin.example/w1")
    return open_witness(tmp_path / "w", lambda: clock().timestamp())


def way_to(*witnesses: Witness) -> Post:
    """Give the way to witnesses in this process, by their names."""
    by_url = {f"https://{one.key.name}": one for one in witnesses}

    def post(url: str, body: bytes, _private: bool) -> Told:  # noqa: FBT001
        answer = by_url[url].add_checkpoint(body) if url in by_url else Answer(500, "")
        return Told(answer.status, answer.content_type, answer.body)

    return post


def known_to(hub: Hub, witness: Witness) -> None:
    """Let hub and witness know one another."""
    Log(hub).bring_up()
    witness.book.add(note_key(hub), "Atelier", 1)
    with hub.sessions().begin() as session:
        add_witness(session, None, name="Recyclerie du Port", url=f"https://{witness.key.name}", vkey=witness.key.vkey)


def row_of(hub: Hub) -> LogWitness:
    with hub.readers()() as session:
        return asked(session)[0]


def newest_note(hub: Hub) -> str:
    with hub.readers()() as session:
        shard = newest_shard(session)
        assert shard is not None
        newest = newest_checkpoint(session, shard.name)
        assert newest is not None
        return note_of(session, newest)


def test_each_new_checkpoint_gets_the_line_of_the_witness_and_the_note_verifies(
    hub: Hub, world: World, witness: Witness
) -> None:
    known_to(hub, witness)
    bench, submitter = world.bench(), Submitter(hub, way_to(witness))
    for count in (3, 1, 7):
        sent(bench, count)
        Log(hub).bring_up()
        assert (submitter.submit(), submitter.submit()) == (1, 0)
        found = verify_note(newest_note(hub), note_key(hub), (witness.key,), 1)
        assert found.checkpoint.size == witness.book.log(found.checkpoint.origin).size  # type: ignore[union-attr]
    with hub.readers()() as session:
        assert standing(session) == type(standing(session))(11, 1, 1, ())


def test_a_witness_that_knows_another_size_says_it_and_is_asked_once_more_from_there(
    hub: Hub, world: World, witness: Witness
) -> None:
    known_to(hub, witness)
    bench, submitter = world.bench(), Submitter(hub, way_to(witness))
    sent(bench, 3)
    Log(hub).bring_up()
    submitter.submit()
    with hub.sessions().begin() as session:
        session.delete(session.scalars(select(LogCosignature)).one())  # the hub was put back from a backup
    sent(bench, 2)
    Log(hub).bring_up()
    assert submitter.submit() == 1
    assert row_of(hub).problem == ""


def test_a_silent_witness_is_asked_later_and_later_and_told_since_when(
    hub: Hub, world: World, witness: Witness, clock: Clock
) -> None:
    known_to(hub, witness)
    sent(world.bench(), 1)
    Log(hub).bring_up()
    calls = []

    def silent(url: str, _body: bytes, _private: bool) -> Told:  # noqa: FBT001
        calls.append(url)
        raise Unreachable("no answer (ConnectError)")

    submitter, since = Submitter(hub, silent), clock.now
    for _ in range(200):
        submitter.submit()
        clock.forward(seconds=30)
    assert 7 <= len(calls) <= 9, "30 s, 1, 2, 4 ... minutes in a hundred minutes"
    with hub.readers()() as session:
        assert standing(session).silent == (("Recyclerie du Port", since, "no answer (ConnectError)"),)
    clock.forward(hours=1)
    assert Submitter(hub, way_to(witness)).submit() == 1
    assert (row_of(hub).silent_since, row_of(hub).tries) == (None, 0)


@pytest.mark.parametrize(
    "told",
    [
        Told(200, "", ""),
        Told(200, "", "— someone else AAAA\n"),
        Told(200, "", "\x00" * 50),
        Told(200, "", "— x y z\n" * 5000),
        Told(302, "", ""),
        Told(404, "", "unknown log\n"),
        Told(409, "text/plain", "5\n"),
        Told(409, "text/x.tlog.size", "five\n"),
        Told(409, "text/x.tlog.size", "9" * 400 + "\n"),
        Told(500, "", ""),
    ],
)
def test_an_answer_that_is_no_cosignature_keeps_nothing_and_raises_no_alarm(
    hub: Hub, world: World, witness: Witness, told: Told
) -> None:
    known_to(hub, witness)
    sent(world.bench(), 1)
    Log(hub).bring_up()
    assert Submitter(hub, lambda *_: told).submit() == 0
    with hub.readers()() as session:
        assert session.scalars(select(LogCosignature)).all() == []
        assert session.scalars(select(Alarm)).all() == []
    assert row_of(hub).problem


def test_a_signature_by_another_key_under_the_name_of_the_witness_is_not_kept(
    hub: Hub, world: World, witness: Witness, tmp_path: Path, clock: Clock
) -> None:
    known_to(hub, witness)
    make_witness(tmp_path / "thief", witness.key.name)
    thief = open_witness(tmp_path / "thief", lambda: clock().timestamp())
    thief.book.add(note_key(hub), "", 1)
    sent(world.bench(), 1)
    Log(hub).bring_up()
    assert Submitter(hub, way_to(thief)).submit() == 0
    assert "no signature by its key" in row_of(hub).problem


@pytest.mark.parametrize("fault", ["larger", "another"])
def test_a_witness_that_has_seen_another_history_of_this_hub_is_an_alarm(
    hub: Hub, world: World, witness: Witness, fault: str
) -> None:
    """One half of a split view, or a hub that was put back from a backup: found at the first cross-check."""
    known_to(hub, witness)
    bench = world.bench()
    sent(bench, 2)
    Log(hub).bring_up()
    if fault == "another":
        assert Submitter(hub, way_to(witness)).submit() == 1
        sent(bench, 2)
        Log(hub).bring_up()
    told = {
        "larger": lambda *_: Told(409, "text/x.tlog.size", "9\n"),
        "another": lambda *_: Told(422, "text/plain", "the new tree does not continue the old one\n"),
    }
    assert Submitter(hub, told[fault]).submit() == 0
    with hub.readers()() as session:
        (alarm,) = session.scalars(select(Alarm)).all()
    assert "Recyclerie du Port" in alarm.detail


def test_one_key_under_two_names_is_one_witness(hub: Hub, witness: Witness) -> None:
    known_to(hub, witness)
    renamed = NoteKey("other.example/w2", COSIGNATURE, witness.key.public)
    with hub.sessions()() as session, pytest.raises(Conflict, match="one key is one witness"):
        add_witness(session, None, name="Another", url="https://other.example", vkey=renamed.vkey)
    assert len(distinct([witness.key, renamed, witness.key])) == 1
    with hub.readers()() as session:
        assert standing(session).asked == 1


@pytest.mark.parametrize(
    ("url", "vkey"),
    [
        ("http://temoin.example", None),
        ("ftp://temoin.example", None),
        ("https://", None),
        ("https://a b", None),
        (URL, "no key"),
        (URL, NoteSigner.generate(1).named("log").vkey),
    ],
    ids=["http", "ftp", "no host", "blank", "no key", "key of a log"],
)
def test_what_cannot_be_a_witness_is_refused(hub: Hub, url: str, vkey: str | None) -> None:
    good = NoteSigner.generate(COSIGNATURE).named("w").vkey
    with hub.sessions()() as session, pytest.raises(BadInput):
        add_witness(session, None, name="x", url=url, vkey=vkey or good)


def test_a_witness_that_is_taken_off_is_asked_no_more_and_what_it_signed_stays(
    hub: Hub, world: World, witness: Witness
) -> None:
    known_to(hub, witness)
    bench = world.bench()
    sent(bench, 1)
    Log(hub).bring_up()
    submitter = Submitter(hub, way_to(witness))
    submitter.submit()
    with hub.sessions().begin() as session:
        end_witness(session, None, witness.key.public.kid)
    sent(bench, 1)
    Log(hub).bring_up()
    assert submitter.submit() == 0
    with hub.readers()() as session:
        assert len(session.scalars(select(LogCosignature)).all()) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "0.0.0.0",
        "224.0.0.1",
    ],
)
def test_a_private_address_is_asked_only_by_leave(address: str) -> None:
    with pytest.raises(Unreachable, match="private"):
        allowed("name", 443, lambda *_: ["93.184.216.34", address], private=False)
    assert allowed("name", 443, lambda *_: [address], private=True)


def test_the_wire_goes_to_the_address_that_was_judged_follows_nothing_and_reads_little() -> None:
    asked_for: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked_for.append(request)
        if request.headers["Host"] == "loud.example":
            return httpx.Response(200, stream=httpx.ByteStream(b"x" * (MOST_ANSWER + 1)))
        return httpx.Response(302, headers={"Location": "http://127.0.0.1/"}, stream=httpx.ByteStream(b""))

    post = sender(httpx.MockTransport(answer), lambda *_: ["93.184.216.34"])
    assert post(URL, b"old 0\n", False).status == 302
    assert len(asked_for) == 1
    assert str(asked_for[0].url) == "https://93.184.216.34/w1/add-checkpoint"
    assert (asked_for[0].headers["Host"], asked_for[0].extensions["sni_hostname"]) == ("temoin.example",) * 2
    with pytest.raises(Unreachable, match="too many bytes"):
        post("https://loud.example", b"", False)


def test_another_process_that_asks_at_this_moment_is_left_to_it(hub: Hub, world: World, witness: Witness) -> None:
    known_to(hub, witness)
    sent(world.bench(), 1)
    Log(hub).bring_up()
    with hub.sessions().begin() as session:
        session.get_one(LogWitness, witness.key.public.kid).held_until = hub.clock() + timedelta(minutes=1)
    assert Submitter(hub, way_to(witness)).submit() == 0


def test_who_cosigned_nothing_yet_contradicts_nothing(hub: Hub, world: World, witness: Witness) -> None:
    known_to(hub, witness)
    sent(world.bench(), 2)
    Log(hub).bring_up()
    assert Submitter(hub, lambda *_: Told(422, "text/html", "<h1>Unprocessable</h1>")).submit() == 0
    with hub.readers()() as session:
        assert session.scalars(select(Alarm)).all() == []
    assert row_of(hub).problem == "HTTP 422"
