"""What outsiders see: the log, the file as issued, the fingerprints of a lot, whom to tell of a weakness."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

import jwt
import pytest

from certificates.seal import BINDER_LINE
from hub.bound import Binder
from hub.contacts import contacts_of
from hub.errors import BadInput, Conflict, NotFound
from hub.issued import credentials, service
from hub.issued.contradictions import Contradiction
from hub.log.proofs import place_of
from hub.log.sequencer import Log
from hub.log.shards import newest_checkpoint, newest_shard
from hub.logged import LogCosignature
from hub.models import Certificate, IssuedDocument, Lot, Person, Role
from hub.pack import pack
from hub.pages.security_pages import GOOD_FOR, PATH
from hub.settings import Settings
from tests.asgi import TestClient
from tests.hub.pages.test_documents import Issued, check
from tests.hub.pages.test_documents import issued as issued  # noqa: PLC0414  (a fixture)
from tests.hub.pages.workshop import Workshop

EXACT = "This is, byte for byte, a file that this hub issued"
Enter = Callable[[str], TestClient]


def test_a_file_as_issued_is_told_from_one_with_the_same_words(
    issued: Issued, workshop: Workshop, visitor: TestClient
) -> None:
    assert EXACT in check(visitor, issued.pdfs["fr"])
    assert EXACT in check(visitor, issued.pdfs["en"])
    assert EXACT not in check(visitor, issued.pdfs["fr"] + b" ")
    assert EXACT not in check(visitor, issued.bundle)


def test_a_binder_that_was_made_here_is_known_by_its_bytes(workshop: Workshop, issued: Issued) -> None:
    data = b"%PDF-1.7\n" + BINDER_LINE
    with workshop.session() as session:
        assert not service.issued_here(session, data)
        binder = session.query(Binder).first()
        assert binder is None
        lot = session.query(Lot).first()
        assert lot is not None
        session.add(a_binder(lot, session.query(Person).first(), hashlib.sha256(data).hexdigest()))
        session.flush()
        assert service.issued_here(session, data)


def a_binder(lot: Lot, person: Person | None, digest: str) -> Binder:
    assert person is not None
    now = datetime.fromisoformat("2026-11-21T10:00:00Z")
    return Binder(
        id="b" * 36,
        lot_id=lot.id,
        by=person.id,
        by_name="Camille",
        total=0,
        lang="fr",
        contents=[],
        contents_sha256="0" * 64,
        state="ready",
        asked=now,
        sha256=digest,
    )


def test_the_pack_of_a_lot_tells_the_fingerprint_of_every_document(issued: Issued, workshop: Workshop) -> None:
    with workshop.hub.readers()() as session:
        lot = session.query(Certificate).one().lot_id
        row = session.get_one(Lot, lot)
        lead = session.query(Person).filter_by(role=Role.LEAD).first()
        assert lead is not None
        with pack(session, lead, row, "fr") as file, zipfile.ZipFile(io.BytesIO(file.read())) as made:
            told = json.loads(made.read("issued.json"))
            sums = dict(line.split("  ")[::-1] for line in made.read("SHA256SUMS").decode().splitlines())
            files = {name: made.read(name) for name in made.namelist()}
    found = {one["lang"]: one for one in told["documents"]}
    assert told["schema"] == "etabli.issued/1"
    assert {lang: one["pdf_sha256"] for lang, one in found.items()} == {
        lang: hashlib.sha256(pdf).hexdigest() for lang, pdf in issued.pdfs.items()
    }
    assert {one["number"] for one in found.values()} == {issued.number}
    assert {name for name in files if name.startswith(("certificates/", "papers/"))} == set(sums)
    assert all(hashlib.sha256(files[name]).hexdigest() == digest for name, digest in sums.items())


def test_the_fingerprints_of_a_lot_are_for_those_who_may_see_it(issued: Issued, workshop: Workshop) -> None:
    from hub.issued.manifest import manifest

    with workshop.session() as session:
        row = session.query(Lot).filter(Lot.code == "MAIRIE-01").one()
        stranger = Person(id="x" * 36, role=Role.DONOR, donor_id="nobody", name="X", email="x@x.example")
        assert manifest(session, stranger, row)["documents"] == []
        assert session.query(IssuedDocument).count() == 2


def test_the_page_of_the_log_shows_the_signed_checkpoint_and_its_witnesses(
    issued: Issued, workshop: Workshop, visitor: TestClient
) -> None:
    Log(workshop.hub).bring_up()
    with workshop.session() as session:
        shard = newest_shard(session)
        assert shard is not None
        newest = newest_checkpoint(session, shard.name)
        assert newest is not None
        line = LogCosignature(
            checkpoint_id=newest.id, kid="0" * 64, name="Recyclerie du Port", time=1_795_255_200,
            line="— w.example/w " + "A" * 96 + "\n", received=newest.signed,
        )  # fmt: skip
        session.add(line)
        session.commit()
        root, vkey, name, size = newest.root, shard.vkey, shard.name, newest.size
        place = place_of(session, issued.erasure)
    assert place is not None
    assert place.index < size
    page = visitor.get("/log").text
    for told in (root, f'href="/log/{name}/checkpoint"', "Recyclerie du Port", "Growing"):
        assert told in page
    assert vkey.split("+")[0] in page
    assert "WD-0001" not in page
    assert "MAIRIE" not in page
    assert f"log {name}, entry {place.index}" in visitor.get(f"/verify/{issued.erasure}").text


def test_without_a_log_the_page_says_so(visitor: TestClient) -> None:
    assert "there is none yet" in visitor.get("/log").text


def test_whom_to_tell_of_a_weakness(workshop: Workshop, visitor: TestClient) -> None:
    answer = visitor.get(PATH)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert list(fields) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert fields["Contact"] == "mailto:security@hub.example"
    assert fields["Canonical"] == f"{workshop.hub.settings.public_url}{PATH}"
    left = datetime.fromisoformat(fields["Expires"]) - workshop.hub.clock()
    assert timedelta(days=179) < left <= GOOD_FOR
    assert timedelta(days=365) > GOOD_FOR


def test_contacts_are_addresses_and_nothing_else(tmp_path: object) -> None:
    assert contacts_of(" a@b.example, https://b.example/tell ,") == ("mailto:a@b.example", "https://b.example/tell")
    for bad in ("a@b.example\nExpires: 2999", "javascript:alert(1)", "http://b.example", "somebody"):
        with pytest.raises(BadInput):
            contacts_of(bad)
    assert Settings.from_environment(None, {"ETABLI_SECURITY_CONTACT": "a@b.example"}).security_contacts == (
        "mailto:a@b.example",
    )


def test_the_page_of_what_is_proven_says_the_picture_in_words_too(visitor: TestClient) -> None:
    page = visitor.get("/help").text
    picture, words = page.split("<figcaption>")
    for who in ("The bench", "The hub", "A person", "The certificate", "You"):
        assert who in picture.split("<svg")[-1]
        assert f"<strong>{who}</strong>" in words
    assert 'href="/log"' in page


def test_a_certificate_goes_out_as_a_credential_to_those_who_may_see_it(
    issued: Issued, workshop: Workshop, signed_in: Enter, visitor: TestClient
) -> None:
    path = f"/certificates/{issued.id}.vc.jwt"
    donor = signed_in("donor")
    assert path in donor.get("/lots/MAIRIE-01").text
    answer = donor.get(path)
    assert answer.headers["content-type"] == "application/vc+jwt"
    assert answer.headers["content-disposition"] == f'attachment; filename="{issued.number}.vc.jwt"'
    document = visitor.get("/issuer").json()
    assert document["id"] == f"{workshop.hub.settings.public_url}/issuer"
    key = jwt.PyJWK.from_dict(document["verificationMethod"][0]["publicKeyJwk"])
    told = jwt.decode(answer.text, key, algorithms=["EdDSA"])
    assert told["id"] == f"urn:uuid:{issued.id}"
    assert told["issuer"]["id"] == document["id"]
    assert visitor.get(path, follow_redirects=False).status_code in {303, 401, 403, 404}
    with workshop.session() as session:
        stranger = Person(id="x" * 36, role=Role.DONOR, donor_id="nobody", name="X", email="x@x.example")
        with pytest.raises(NotFound):
            credentials.credential_in_scope(session, stranger, issued.id)
        assert credentials.credential_by_number(session, issued.number) == answer.text


def test_no_credential_is_made_of_what_does_not_hold_or_is_contradicted(
    issued: Issued, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Contradiction("FAILED", workshop.hub.clock())
    with workshop.session() as session:
        with monkeypatch.context() as patched:
            patched.setattr(credentials, "contradictions", lambda *_: {issued.erasure: (found,)})
            with pytest.raises(Conflict, match="something was found"):
                credentials.credential_by_number(session, issued.number)
        for document in session.query(IssuedDocument):
            document.bundle = document.bundle.replace(b"etabli.bundle/1", b"etabli.bundle/9")
        session.flush()
        with pytest.raises(Conflict, match="does not hold"):
            credentials.credential_by_number(session, issued.number)
