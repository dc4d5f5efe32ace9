"""Other keys for the hub and its log, as planned and after a theft: somebody only follows the printed steps."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from certificates import canonical
from certificates.envelope import parse_envelope
from certificates.keys import SigningKey
from certificates.note import LOG_SIGNATURE, NoteKey
from certificates.trust import Trust
from certificates.verdicts import Verdict, judge
from hub.commands.root import main
from hub.context import Hub
from hub.derive.reading import rebuild
from hub.errors import BadInput, Conflict
from hub.identity import KEY_FILE
from hub.issued import proving
from hub.issued.service import certificates_of_lot, file_name, out_of_force
from hub.keys.online import make_next_hub_key, next_hub_key, put_in_use
from hub.keys.sheets import Step
from hub.log.key import LOG_KEY_FILE, NoteSigner
from hub.log.sequencer import Log
from hub.lots.overview import erased_in_scope
from hub.models import Certificate, Lot, Person, Role
from hub.pages.letter_words import written
from hub.pages.recall_words import badges_of
from hub.post.asked import tell_disputes
from hub.posted import Letter
from hub.running import at_work
from hub.validation.recalling import doubts_of
from hub.validation.service import approve, queue
from tests.hub.keys.shop import Shop, log_changed, rotated, stolen, vkeys, witness_knows
from tests.hub.keys.table import steps, version
from tests.hub.post_work import RELAY
from tests.hub.sent import rows


def forged(bundle: bytes, key: SigningKey, seq: int) -> bytes:
    """The bundle with a certificate that somebody else signed with the key of the hub, under this number."""
    document = json.loads(bundle)
    envelopes = [canonical.encode(one, max_bytes=100_000) for one in document["envelopes"]]
    place, body = next(
        (place, body)
        for place, body in enumerate(json.loads(parse_envelope(data).body) for data in envelopes)
        if body["kind"] == "certificate"
    )
    made = key.sign_statement({**body, "seq": seq, "number": "ETB-2026-999999"})
    document["envelopes"][place] = json.loads(made.text)
    return canonical.encode({"envelopes": document["envelopes"], "schema": "etabli.bundle/1"}, max_bytes=1_000_000)


@pytest.mark.parametrize("ceremony", ["log-rotation", "log-compromise"])
def test_the_log_goes_on_under_another_key(shop: Shop, ceremony: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = shop.certificate()
    Log(shop.world.hub).bring_up()
    old, was = (shop.world.hub.settings.data_dir / LOG_KEY_FILE).read_bytes(), version(shop.table)
    assert main(["witness", "init", "temoin.example.org/w1"]) == 0
    vkey, trust = log_changed(shop, ceremony, lambda: capsys.readouterr().out)
    assert version(shop.table) == was + 1
    assert vkeys(shop)[1:] == [vkey]
    assert witness_knows(shop) == [NoteKey.from_vkey(vkey).name]
    logs = Trust.from_json(Path(trust).read_bytes()).logs
    assert [(log.name, log.state) for log in logs] == [
        ("2026", "closed" if ceremony == "log-rotation" else "frozen"),
        ("2026-2", "open"),
    ]
    assert logs[0].end is not None, "nothing counts that the old key signs afterwards"
    assert [shop.verdict(bundle, trust) for bundle in (before, shop.certificate())] == [Verdict.VALID, Verdict.VALID]
    aside = next(shop.world.hub.settings.data_dir.glob(f"{LOG_KEY_FILE}.*.old"))
    assert aside.read_bytes() == old
    assert NoteSigner.load(aside, LOG_SIGNATURE).public.kid.startswith(aside.name.split(".")[2])


def test_no_key_of_the_log_is_used_that_no_root_file_names(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    todo, before = steps("log-rotation"), vkeys(shop)
    shop.table.follow(next(todo))
    assert main(["key", "log", "change"]) == 1
    assert "does not name the next key" in capsys.readouterr().err
    assert vkeys(shop) == before


def test_the_hub_signs_with_another_key_and_what_it_signed_before_stays_valid(shop: Shop) -> None:
    before, old, was = shop.certificate(), shop.world.hub.identity.key, shop.world.hub
    trust = rotated(shop)
    new = shop.world.hub.identity.key
    assert new.kid != old.kid
    after = shop.certificate()
    assert [shop.verdict(bundle, trust) for bundle in (before, after)] == [Verdict.VALID, Verdict.VALID]
    found = Trust.from_json(Path(trust).read_bytes())
    assert found.root is not None
    assert [key.kid for key in found.root.hub_keys] == [new.kid]
    assert (found.keys[old.kid].role, found.keys[old.kid].status) == ("hub", "retired")
    until = found.keys[old.kid].until
    assert until is not None
    assert judge(forged(before, old, until.seq + 1), found).verdict is Verdict.DISPUTED
    first = Trust.from_json(shop.world.client.get("/api/v1/trust").content)
    assert {kid: first.keys[kid].status for kid in (old.kid, new.kid)} == {old.kid: "retired", new.kid: "active"}
    with was.sessions()() as session, pytest.raises(Conflict, match="another key now"):
        approve(session, shop.lead, queued(shop), "", was.clock())
    was.engine.dispose()


def queued(shop: Shop) -> str:
    """A run that waits for a decision."""
    envelope = shop.bench.erasure(lot="LOT-1", asset="A-9", serial="S-9")
    assert shop.bench.put(envelope).status_code == 201
    found: str = envelope.id
    return found


def test_after_a_theft_of_the_key_of_the_hub_what_lies_above_the_bounds_is_disputed(shop: Shop) -> None:
    good, bad, old = shop.certificate(), shop.certificate(), shop.world.hub.identity.key
    trust = stolen(shop, old)
    after = shop.certificate()
    told = [shop.verdict(bundle, trust) for bundle in (good, bad, after)]
    assert told == [Verdict.VALID, Verdict.DISPUTED, Verdict.VALID]
    found = Trust.from_json(Path(trust).read_bytes())
    assert (found.keys[old.kid].role, found.keys[old.kid].status) == ("hub", "compromised")
    assert judge(forged(good, old, 1), found).verdict is Verdict.DISPUTED, "a number below the bound without a place"
    with shop.world.hub.readers()() as session:
        assert [key["status"] for key in plain_keys(shop) if key["kid"] == old.kid] == ["compromised"]
        assert proving.bundle_of(session, shop.lead, certificate_id(good))


def test_after_a_theft_leads_decide_again_about_what_the_thief_may_have_signed(shop: Shop) -> None:
    good, bad, world = shop.certificate(), shop.certificate(), shop.world
    with world.hub.readers()() as session:
        row = session.get_one(Certificate, certificate_id(bad))
        run_id, first, statement = row.erasure_id, row.number, row.statement_id
    stolen(shop, world.hub.identity.key)
    with world.hub.readers()() as session:
        lot = session.scalars(select(Lot)).one()
        assert [run.statement_id for run in queue(session, shop.lead)] == [run_id]
        assert [one.id for one in certificates_of_lot(session, shop.lead, lot)] == [certificate_id(good)]
        assert [(number, why) for number, why, _at in out_of_force(session, shop.lead, lot)] == [(first, "disputed")]
        assert erased_in_scope(session, shop.lead) == 1
        assert badges_of(session, [statement], "fr")[statement].word == "contestée"
        assert file_name(session, shop.lead, certificate_id(bad)) == f"DISPUTED-{first}"
        assert not file_name(session, shop.lead, certificate_id(good)).startswith("DISPUTED")
    with world.hub.sessions().begin() as session, pytest.raises(BadInput, match="last decision"):
        approve(session, shop.lead, run_id, "", world.hub.clock())
    with world.hub.sessions().begin() as session:
        new = approve(session, shop.lead, run_id, "vu au banc", world.hub.clock())
        assert doubts_of(session, new) == ()
    with world.hub.sessions().begin() as session:
        before = rows(session)
        rebuild(session)
        assert rows(session) == before
        assert erased_in_scope(session, shop.lead) == 2


@pytest.mark.parametrize("shop", ["atelier"], indirect=True)
def test_donors_are_told_once_which_certificates_are_in_dispute(shop: Shop) -> None:
    world = shop.world
    shop.certificate()
    bad = shop.certificate()
    donor, stranger = world.person(Role.DONOR, "CAF"), world.person(Role.DONOR, "CHU")
    stolen(shop, world.hub.identity.key)
    posting = Hub(replace(world.hub.settings, mail=RELAY), world.hub.identity, world.hub.engine, world.hub.clock)
    for _ in range(2):
        with posting.sessions().begin() as session:
            tell_disputes(session)
    with posting.readers()() as session:
        (letter,) = session.scalars(select(Letter)).all()
        number = session.get_one(Certificate, certificate_id(bad)).number
        told = written(session, session.get_one(Person, donor.id), letter)
        assert told is not None
        assert "LOT-1" in told.subject
        assert [line for line in told.lines if line.startswith("- ")] == [f"- {number}"]
        assert written(session, session.get_one(Person, stranger.id), letter) is None


def plain_keys(shop: Shop) -> list[dict[str, str]]:
    found: list[dict[str, str]] = shop.world.client.get("/api/v1/trust").json()["keys"]
    return found


def certificate_id(bundle: bytes) -> str:
    bodies = [json.loads(base64.b64decode(one["payload"])) for one in json.loads(bundle)["envelopes"]]
    return next(str(body["certificate"]) for body in bodies if body["kind"] == "certificate")


def test_a_change_that_was_cut_off_signs_nothing_and_the_same_step_ends_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    todo, root = steps("hub-rotation"), str(shop.table.stick / "root-next.json")
    shop.table.follow(next(todo))
    shop.table.follow(next(todo), root=root)
    shop.sign(next(todo), root)
    shop.table.follow(next(todo))
    change = next(todo)
    with monkeypatch.context() as cut:
        cut.setattr("hub.keys.online.put_in_use", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert main(["key", "hub", "change", root]) == 130
    assert shop.world.client.get("/api/v1/trust/2").status_code == 409
    shop.table.follow(change, root=root)
    shop.started()
    assert shop.world.client.get("/api/v1/trust/2").status_code == 200
    assert not (shop.world.hub.settings.data_dir / f"{KEY_FILE}.next").exists()


def test_the_next_key_is_made_once_and_half_of_a_bound_is_refused(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    first = make_next_hub_key(shop.world.hub)
    assert make_next_hub_key(shop.world.hub) == first == next_hub_key(shop.world.hub).public
    root = str(shop.table.stick / "root-next.json")
    assert main(["key", "root", "replace", root, "--new-hub-key"]) == 0
    for half in (["--compromised"], ["--last-good-seq", "1"], ["--compromised", "--last-good-seq", "1"]):
        assert main(["key", "hub", "change", root, *half]) == 1
        assert "say all of it" in capsys.readouterr().err
    assert main(["key", "hub", "change", root]) == 1, "nobody signed this root file"
    assert version(shop.table) == (1 if shop.profile == "atelier" else 2)


def test_files_change_places_once(tmp_path: Path) -> None:
    for name, text in (("log.key", "old"), ("log.key.next", "new")):
        (tmp_path / name).write_text(text)
    put_in_use(tmp_path, "log.key", "a" * 64)
    assert (tmp_path / "log.key").read_text() == "new"
    assert (tmp_path / f"log.key.{'a' * 16}.old").read_text() == "old"
    assert not (tmp_path / "log.key.next").exists()


def test_a_request_of_one_person_and_a_hub_that_runs_change_nothing(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    root, request = str(shop.table.stick / "root-next.json"), str(shop.table.stick / "request")
    assert main(["key", "hub", "new"]) == 0
    assert main(["key", "root", "replace", root, "--new-hub-key"]) == 0
    shop.sign(Step("offline", "", "", "etabli-hub key root sign {root}"), root)
    with at_work(shop.world.hub.settings.data_dir):
        assert main(["key", "hub", "change", root]) == 1
    assert "stop it first" in capsys.readouterr().err
    if shop.profile == "reseau":
        old = shop.world.hub.identity.key.kid
        bounds = ["--last-good-seq", "1", "--last-good-index", "0", "--shard", "2026"]
        assert main(["key", "registry", "compromise", "--key", old, *bounds, "--request", request]) == 0
        signed = ["key", "registry", "sign", request, "--key", shop.table.secret("Didier"), "--by", "p-Di"]
        assert main(signed) == 0
        assert main(["key", "hub", "change", root, "--request", request]) == 1
        assert "another person approves" in capsys.readouterr().err
    assert version(shop.table) == (1 if shop.profile == "atelier" else 2)
    assert shop.world.client.get("/api/v1/trust/2").status_code == 200
