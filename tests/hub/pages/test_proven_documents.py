"""Certificates as people get them: with the proof that the log has them, the same bytes for the same proof."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from certificates.attachment import extract_proof
from certificates.note import NoteKey
from certificates.position import Position
from certificates.seal import open_seal
from certificates.trust import Trust, TrustedLog
from certificates.verdicts import Verdict, judge
from hub.context import hub_of
from hub.issued import proving
from hub.issued.service import issued_here
from hub.log.sequencer import Log
from hub.log.shards import newest_shard
from hub.logged import LogCheckpoint, LogCosignature, LogShard
from hub.models import Certificate, IssuedDocument
from hub.proven import ProvenDocument
from hub.stations.trust import trust_of
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]


@pytest.fixture
def certificate_id(worked: tuple[Workshop, dict[str, str]], signed_in: Enter, token_of: Token) -> str:
    workshop, ids = worked
    lead = signed_in("lead")
    lead.post(f"/queue/{ids['WD-0001']}/approve", data={"csrf": token_of(lead), "sure": "yes"})
    with workshop.session() as session:
        return session.query(Certificate).one().id


def trust_with_log(workshop: Workshop) -> Trust:
    with workshop.session() as session:
        shard = newest_shard(session)
        assert shard is not None
        logs = (TrustedLog(shard.name, NoteKey.from_vkey(shard.vkey)),)
        return replace(trust_of(session), logs=logs, profile="atelier", position=Position(shard.name, shard.size))


def kept(workshop: Workshop) -> int:
    with workshop.session() as session:
        return session.scalar(select(func.count()).select_from(ProvenDocument)) or 0


def test_every_form_of_a_certificate_carries_a_proof_that_holds(
    certificate_id: str, workshop: Workshop, signed_in: Enter
) -> None:
    donor = signed_in("donor")
    pdf = donor.get(f"/certificates/{certificate_id}.pdf").content
    both = donor.get(f"/certificates/{certificate_id}.json?proof=1").content
    plain = donor.get(f"/certificates/{certificate_id}.json").content
    alone = donor.get(f"/certificates/{certificate_id}.proof.json")
    trust = trust_with_log(workshop)
    for found in (judge(pdf, trust), judge(both, trust), judge(plain, trust, alone.content)):
        assert found.verdict is Verdict.VALID
        assert "logged" in found.checked
    assert json.loads(plain)["schema"] == "etabli.bundle/1"
    assert json.loads(both)["schema"] == "etabli.bundle/2"
    assert alone.headers["content-disposition"].endswith('.proof.json"')
    assert extract_proof(open_seal(pdf, trust)[0]) == alone.content


def test_the_digest_of_each_pdf_is_kept_and_the_same_proof_gives_the_same_bytes(
    certificate_id: str, workshop: Workshop, signed_in: Enter
) -> None:
    donor = signed_in("donor")
    path = f"/certificates/{certificate_id}.pdf"
    french, again = donor.get(path).content, donor.get(path).content
    english = donor.get(f"{path}?lang=en").content
    assert french == again != english
    assert kept(workshop) == 2
    with workshop.session() as session:
        for data in (french, english, *session.scalars(select(IssuedDocument.pdf))):
            assert issued_here(session, data)
        assert not issued_here(session, french + b"\n")
        assert session.get(ProvenDocument, hashlib.sha256(french).hexdigest()) is not None


def test_a_proof_with_more_cosignatures_takes_the_place_of_one_with_fewer(
    certificate_id: str, workshop: Workshop, signed_in: Enter
) -> None:
    donor = signed_in("donor")
    path = f"/certificates/{certificate_id}.pdf"
    first = donor.get(path).content
    with workshop.session() as session, session.begin():
        checkpoint = session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size.desc())).first()
        assert checkpoint is not None
        facts = {"checkpoint_id": checkpoint.id, "kid": "ab" * 32, "name": "w.example/w", "time": 1}
        line = "— w.example/w " + "A" * 96 + "\n"
        session.add(LogCosignature(**facts, line=line, received=checkpoint.signed))
    second = donor.get(path).content
    assert second != first
    assert kept(workshop) == 2
    assert judge(second, trust_with_log(workshop)).verdict is Verdict.VALID
    with workshop.session() as session:
        assert issued_here(session, first)


def test_a_frozen_log_stops_no_certificate(certificate_id: str, workshop: Workshop, signed_in: Enter) -> None:
    with workshop.session() as session:
        Log(hub_of(session)).bring_up()
    with workshop.session() as session, session.begin():
        for shard in session.scalars(select(LogShard)):
            shard.state = "frozen"
            session.query(LogCheckpoint).filter_by(shard=shard.name).delete()
    donor = signed_in("donor")
    answer = donor.get(f"/certificates/{certificate_id}.pdf")
    with workshop.session() as session:
        frozen = {one.lang: one.pdf for one in session.query(IssuedDocument)}
    assert answer.content == frozen["fr"]
    assert donor.get(f"/certificates/{certificate_id}.proof.json").status_code == 404
    assert kept(workshop) == 0


def test_nobody_else_gets_a_proof(certificate_id: str, signed_in: Enter, visitor: TestClient) -> None:
    for name in (f"{certificate_id}.proof.json", f"{certificate_id}.json?proof=1", f"{certificate_id}.pdf"):
        assert visitor.get(f"/certificates/{name}", follow_redirects=False).status_code in {303, 401, 403}
    assert signed_in("donor").get("/certificates/none.proof.json").status_code == 404


def test_what_another_key_sealed_is_given_as_it_is(
    certificate_id: str, workshop: Workshop, signed_in: Enter, monkeypatch: Any
) -> None:
    from certificates.errors import UnknownKey

    def other_key(*_given: Any) -> bytes:
        raise UnknownKey("ab" * 32)

    monkeypatch.setattr("certificates.proven_pdf.prove_pdf", other_key)
    data = signed_in("donor").get(f"/certificates/{certificate_id}.pdf").content
    with workshop.session() as session:
        assert data in list(session.scalars(select(IssuedDocument.pdf)))


def test_the_pack_of_a_lot_holds_each_proof_beside_its_certificate(
    certificate_id: str, workshop: Workshop, signed_in: Enter
) -> None:
    answer = signed_in("lead").get("/lots/MAIRIE-01/pack.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        names = [name for name in pack.namelist() if name.startswith("certificates/")]
        (proof,) = [name for name in names if name.endswith(".proof.json")]
        stem = proof.removesuffix(".proof.json")
        trust = trust_with_log(workshop)
        for suffix in (".pdf", ".json"):
            found = judge(pack.read(stem + suffix), trust, pack.read(proof))
            assert (found.verdict, "logged" in found.checked) == (Verdict.VALID, True)
    with workshop.session() as session:
        assert list(proving.proofs_of(session, {})) == []
    assert certificate_id
