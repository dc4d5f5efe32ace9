"""The trust file: what a verifier says with it of certificates from before, above a bound, and after growing."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from certificates import canonical
from certificates.envelope import parse_envelope
from certificates.note import cosign, read_checkpoint
from certificates.proof import parse_proof, proof_from
from certificates.trust import Trust
from certificates.verdicts import Verdict, judge
from hub.commands.root import main
from hub.issued import proving
from hub.issued import service as issued
from hub.issued.contradictions import contradictions
from hub.keys.changing import say, spoken
from hub.keys.line import current_root
from hub.keys.root_files import install
from hub.keys.saying import Change
from hub.log.freezing import freeze_and_open
from hub.log.fsck import Report
from hub.log.key import LOG_KEY_FILE
from hub.log.proofs import place_of, proof_for
from hub.log.sequencer import Log
from hub.lots.drive_account import account_of
from hub.validation.service import approve
from hub.waiting import waiting
from tests.hub.keys.network import SHARES, WITNESSES, by, grown, log_key, witnesses


def trust(world: Any) -> Trust:
    answer = world.client.get("/api/v1/trust/2")
    assert answer.status_code == 200, answer.text
    return Trust.from_json(answer.content)


def test_the_trust_file_is_signed_and_names_the_log_and_every_key(world: Any) -> None:
    bench = world.bench(registered=True)
    found = trust(world)
    assert (found.profile, found.quorum, found.root) == ("atelier", 0, None)
    assert {kid: key.status for kid, key in found.keys.items()} == {
        world.hub.identity.key.kid: "active",
        bench.key.kid: "active",
    }
    assert [log.name for log in found.logs] == ["2026"]
    assert found.position is not None
    assert found.position.size == 1
    document = json.loads(world.client.get("/api/v1/trust/2").content)
    assert document["signature"]["kid"] == world.hub.identity.key.kid


def test_a_retired_key_counts_up_to_its_place_and_a_compromised_one_up_to_its_bounds(world: Any) -> None:
    one, two = world.bench(registered=True), world.bench("banc 2", registered=True)
    for bench in (one, two):
        bench.put(bench.erasure())
    trust(world)
    stations = [spoken(world.station(bench)) for bench in (one, two)]
    with world.hub.sessions().begin() as session:
        say(session, Change("retire", stations[0]), "p-1")
        say(session, Change("compromise", stations[1], "", 0, 3, "2026"), "p-1")
    found = trust(world)
    retired, stolen = found.keys[one.key.kid], found.keys[two.key.kid]
    assert (retired.status, stolen.status) == ("retired", "compromised")
    assert retired.until is not None
    assert stolen.until is not None
    assert (retired.until.place.shard, retired.until.place.index, retired.until.seq) == ("2026", 4, 1)
    assert (stolen.until.place.index, stolen.until.seq) == (3, 0)
    old = json.loads(world.client.get("/api/v1/trust").content)
    assert {key["kid"]: key["status"] for key in old["keys"]}[two.key.kid] == "compromised"


def test_the_trust_file_tells_where_a_shard_ended(world: Any) -> None:
    bench = world.bench(registered=True)
    bench.put(bench.erasure())
    size = Log(world.hub).bring_up().size
    bench.put(bench.erasure())
    freeze_and_open(world.hub, Report(), "for the test")
    assert [(log.name, log.state, log.end) for log in trust(world).logs] == [
        ("2026", "frozen", size),
        ("2026-2", "open", None),
    ]


def test_a_new_key_of_the_log_waits_for_the_next_root_file_and_says_so(
    world: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = world.hub
    grown(hub)
    Log(hub).bring_up()
    (hub.settings.data_dir / LOG_KEY_FILE).unlink()
    for name, value in (("DATA", str(hub.settings.data_dir)), ("LANG", "fr")):
        monkeypatch.setenv(f"ETABLI_HUB_{name}" if name == "DATA" else f"ETABLI_{name}", value)
    monkeypatch.setenv("ETABLI_DATABASE_URL", hub.settings.database_url)
    monkeypatch.setenv("ETABLI_PUBLIC_URL", hub.settings.public_url)
    assert main(["log", "freeze", "--yes"]) == 0
    assert "2026-2 a une nouvelle clé que le fichier racine ne nomme pas encore" in " ".join(
        capsys.readouterr().out.split()
    )
    answer = world.client.get("/api/v1/trust/2", headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "trust.root-behind")
    assert "etabli-hub key root draft" in answer.json()["error"]["message"]
    assert answer.json()["error"]["message"].startswith("le journal 2026-2 a une nouvelle clé")
    assert world.client.get("/api/v1/trust/2").json()["error"]["message"].startswith("the log 2026-2 has a new key")
    page = world.client.get("/log", headers={"Accept-Language": "fr"}).text
    assert "etabli-hub key root install" in page
    with hub.sessions().begin() as session:
        before = current_root(session)
        assert before is not None
        keys = (*before.log_keys, log_key(hub).public)
        install(session, by(replace(before, version=3, log_keys=keys, signatures={}), *SHARES[1:3]))
    assert [log.name for log in trust(world).logs] == ["2026", "2026-2"]
    assert "key root install" not in world.client.get("/log").text


def cosigned(notes: Any) -> list[str]:
    """The notes with the lines of two witnesses."""
    pairs = [*zip(WITNESSES[:2], witnesses(*WITNESSES[:2]), strict=True)]
    return [
        note + "".join(cosign(read_checkpoint(note), one.key, 1_800_000_000, key._private.sign) for key, one in pairs)
        for note in notes
    ]


def proof_of(world: Any, bundle: bytes) -> bytes:
    """The proof of a bundle, cosigned by two witnesses."""
    envelopes = [canonical.encode(one, max_bytes=100_000) for one in json.loads(bundle)["envelopes"]]
    with world.hub.readers()() as session:
        parts = proof_for(session, [hashlib.sha256(data).hexdigest() for data in envelopes])
    document = {"schema": "etabli.proof/1", "checkpoints": cosigned(parts.checkpoints), "registry": []}
    return proof_from({**document, "entries": list(parts.entries)}).to_json()


def test_a_certificate_of_a_workshop_is_valid_in_the_network_that_it_grew_into(world: Any) -> None:
    world.lot()
    world.client.get("/api/v1/trust/2")
    lead, bench = world.person(), world.bench(registered=True)
    envelope = bench.erasure(lot="LOT-1", asset="A-1")
    assert bench.put(envelope).status_code == 201
    with world.hub.sessions().begin() as session:
        certificate = approve(session, lead, envelope.id, "", world.hub.clock())
    with world.hub.sessions()() as session:
        bundle = issued.bundle_of(session, lead, certificate.id)
    before = trust(world)
    assert judge(bundle, before).verdict is Verdict.VALID
    grown(world.hub)
    after = trust(world)
    assert (before.profile, after.profile, after.quorum) == ("atelier", "reseau", 2)
    assert after.root is not None
    assert [root.version for root in (*after.older_roots, after.root)] == [1, 2]
    assert sorted(key.role for key in after.keys.values()) == ["hub", "registry", "registry", "registry", "station"]
    assert judge(bundle, after).verdict is Verdict.VALID_UNWITNESSED
    assert judge(bundle, after, proof_of(world, bundle)).verdict is Verdict.VALID


def test_statements_above_a_bound_are_disputed_with_the_trust_file(world: Any) -> None:
    world.lot()
    world.client.get("/api/v1/trust/2")
    lead, bench = world.person(), world.bench(registered=True)
    bundles = []
    for serial in ("good", "stolen"):
        envelope = bench.erasure(lot="LOT-1", asset=f"A-{serial}", serial=serial)
        assert bench.put(envelope).status_code == 201
        with world.hub.sessions().begin() as session:
            certificate = approve(session, lead, envelope.id, "", world.hub.clock())
        with world.hub.sessions()() as session:
            bundles.append((certificate.id, envelope.id, issued.bundle_of(session, lead, certificate.id)))
    key = spoken(world.station(bench))
    with world.hub.sessions().begin() as session:
        say(session, Change("compromise", key, "", 1, 6, "2026"), "p-1")
    found = trust(world)
    with world.hub.readers()() as session:
        told = contradictions(session, [run for _, run, _ in bundles])
    assert {run: [one.what for one in every] for run, every in told.items()} == {bundles[1][1]: ["compromised"]}
    assert judge(bundles[1][2], found).verdict is Verdict.DISPUTED
    proof = proof_of(world, bundles[0][2])
    assert judge(bundles[0][2], found, proof).verdict is Verdict.VALID
    page = world.client.get(f"/verify/{bundles[1][0]}").text
    assert "DISPUTED" in page or "CONTESTÉ" in page


def test_a_disputed_run_opens_its_drive_again_and_the_lead_is_told(world: Any) -> None:
    lot = world.lot()
    lead, bench = world.person(), world.bench(registered=True)
    Log(world.hub).bring_up()
    envelope = bench.erasure(lot="LOT-1", asset="A-1")
    assert bench.put(envelope).status_code == 201
    with world.hub.sessions().begin() as session:
        approve(session, lead, envelope.id, "", world.hub.clock())
    key = spoken(world.station(bench))

    def seen() -> tuple[str, str, int]:
        with world.hub.readers()() as session:
            (line,) = account_of(session, lead, lot)
            waits = {one.kind: one.count for one in waiting(session, lead)}
            return line.standing.explained.value, line.standing.why.value, waits["disputed"]

    assert seen() == ("erased-clear", "", 0)
    with world.hub.sessions().begin() as session:
        say(session, Change("compromise", key, "", 0, 0, "2026"), "p-1")
    assert seen() == ("open", "disputed", 1)
    other = world.bench("banc 2", registered=True)
    again = other.erasure(lot="LOT-1", asset="A-1", started="2026-11-21T09:30:00Z")
    assert other.put(again).status_code == 201
    with world.hub.sessions().begin() as session:
        approve(session, lead, again.id, "", world.hub.clock())
    assert seen() == ("erased-clear", "", 0)


def test_a_document_carries_the_key_statements_and_the_hub_checks_its_own_by_them(world: Any) -> None:
    """A station of which only the later statements are in dispute: the hub says so of each by its place in the log."""
    world.lot()
    world.client.get("/api/v1/trust/2")
    lead, bench = world.person(), world.bench(registered=True)
    ids = []
    for serial in ("good", "stolen"):
        envelope = bench.erasure(serial=serial, lot="LOT-1", asset=f"A-{serial}")
        assert bench.put(envelope).status_code == 201
        with world.hub.sessions().begin() as session:
            ids.append(approve(session, lead, envelope.id, "", world.hub.clock()).id)
    with world.hub.readers()() as session:
        proof = parse_proof(proving.proof_of(session, lead, ids[0]))
        both = [proving.bundle_of(session, lead, one) for one in ids]
        assert [issued.verify_upload(session, data).verdict for data in both] == [Verdict.VALID] * 2
    (said,) = [json.loads(parse_envelope(data).body) for data in proof.registry]
    assert (said["change"], said["key"]["kid"]) == ("enrol", bench.key.kid)
    key = spoken(world.station(bench))
    with world.hub.sessions().begin() as session:
        good = place_of(session, proof.entries[2].id)
        assert good is not None
        say(session, Change("compromise", key, "", 1, good.index, good.shard), "p-1")
    with world.hub.readers()() as session:
        seen = [issued.verify_upload(session, data).verdict for data in both]
        told = [found.judgement for one in ids if (found := issued.lookup_public(session, one)) is not None]
        after = parse_proof(proving.proof_of(session, lead, ids[1]))
    assert seen == told == [Verdict.VALID, Verdict.DISPUTED]
    assert judge(both[1], trust(world)).verdict is Verdict.DISPUTED
    assert [json.loads(parse_envelope(data).body)["change"] for data in after.registry] == ["enrol", "compromise"]
