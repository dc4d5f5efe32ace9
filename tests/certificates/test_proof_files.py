"""Proofs where people meet them: inside a PDF, beside a bundle, and in the answer of `etabli-verify`."""

import io
import json
from typing import Any

import pikepdf
import pytest

from certificates.attachment import add_proof, extract, extract_proof
from certificates.attestation_pdf import render_attestation
from certificates.bundle import FILE_NAME
from certificates.cli import main
from certificates.errors import BadSignature, SealError, UnknownKey
from certificates.pdf import render_certificate
from certificates.proof import FILE_NAME as PROOF_NAME
from certificates.proved_bundle import with_proof
from certificates.proven_pdf import prove_pdf
from certificates.seal import open_seal, seal
from certificates.trust2 import signed_document
from certificates.verdicts import judge
from certificates.verify import verify_envelope
from tests.certificates.archive.rules import broken
from tests.certificates.attestations import attestation_payload
from tests.certificates.ledgers import Ledger, logged


@pytest.fixture(autouse=True)
def english(monkeypatch: Any) -> None:
    monkeypatch.setenv("ETABLI_LANG", "en")


@pytest.fixture(scope="module")
def bundle(workshop: Any) -> Any:
    return workshop.bundle()


@pytest.fixture(scope="module")
def ledger(bundle: Any) -> Ledger:
    return logged(bundle.statements)


@pytest.fixture(scope="module")
def pdf(workshop: Any, bundle: Any, ledger: Ledger) -> bytes:
    return render_certificate(bundle, workshop.hub, proof=ledger.proof(bundle.statements, witnesses=2))


@pytest.fixture
def desk(tmp_path: Any, workshop: Any, bundle: Any, ledger: Ledger, pdf: bytes) -> Any:
    proof = ledger.proof(bundle.statements, witnesses=2)
    trust = signed_document(ledger.trust(workshop.trust, 2), workshop.hub)
    (tmp_path / "trust.json").write_text(json.dumps(trust))
    (tmp_path / "good.pdf").write_bytes(pdf)
    (tmp_path / "both.json").write_bytes(with_proof(bundle.data, proof))
    (tmp_path / "beside.json").write_bytes(bundle.data)
    (tmp_path / "beside.proof.json").write_bytes(proof.to_json())
    (tmp_path / "bare.json").write_bytes(bundle.data)
    return tmp_path


def verified(capsys: Any, *arguments: Any) -> tuple[int, dict]:
    status = main([*map(str, arguments), "--json"])
    return status, json.loads(capsys.readouterr().out)["documents"][0]


def test_a_pdf_carries_its_proof_where_no_list_of_attachments_shows_it(pdf: bytes, workshop: Any, bundle: Any) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert list(document.attachments) == [FILE_NAME]
        named = [(str(file.UF), str(file.AFRelationship)) for file in document.Root.AF]
        assert named == [(FILE_NAME, "/Data"), (PROOF_NAME, "/Supplement")]
    assert judge(pdf, workshop.trust).verdict == "VALID"
    again = render_certificate(
        bundle, workshop.hub, proof=logged(bundle.statements).proof(bundle.statements, witnesses=2)
    )
    assert again == pdf
    assert extract_proof(render_certificate(bundle, workshop.hub)) is None


def test_an_attestation_carries_its_proof_too(workshop: Any) -> None:
    payload = attestation_payload(kid=workshop.hub.kid)
    statement = verify_envelope(workshop.hub.sign_statement(payload).data, workshop.trust)
    ledger = logged([statement])
    data = render_attestation(statement, workshop.hub, "fr", ledger.proof([statement]))
    found = judge(data, ledger.trust(workshop.trust))
    assert (found.verdict, "logged" in found.checked) == ("VALID", True)


def test_a_pdf_with_a_proof_of_another_certificate_is_invalid(workshop: Any, bundle: Any) -> None:
    other = workshop.bundle(erasure={"seq": 9})
    ledger = logged(other.statements)
    data = render_certificate(bundle, workshop.hub, proof=ledger.proof(other.statements))
    assert judge(data, ledger.trust(workshop.trust)).code == "proof"


def test_a_pdf_with_two_proofs_or_one_that_cannot_be_read_is_refused(pdf: bytes, workshop: Any) -> None:
    def damaged(change: Any) -> bytes:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            change(document)
            written = io.BytesIO()
            document.save(written)
        return written.getvalue()

    def twice(document: Any) -> None:
        document.Root.AF.append(document.Root.AF[1])

    def empty(document: Any) -> None:
        del document.Root.AF[1]["/EF"]

    def no_list(document: Any) -> None:
        document.Root.AF = pikepdf.Name.Supplement

    def odd(document: Any) -> None:
        document.Root.AF = pikepdf.Array([1])

    for change in (twice, empty, no_list, odd):
        data = damaged(change)
        with pytest.raises(SealError):
            extract_proof(data)
        assert judge(seal(data, workshop.hub), workshop.trust).code == "seal"
    with pytest.raises(SealError, match="too large"):
        extract_proof(add_proof(pdf, b"x" * 1_000_001, ""))
    with pytest.raises(SealError, match="readable"):
        add_proof(b"%PDF-1.4 nothing", b"{}", "")


def test_a_frozen_pdf_gains_a_proof_and_loses_nothing(
    workshop: Any, demo_workshop: Any, bundle: Any, ledger: Ledger, pdf: bytes
) -> None:
    frozen = render_certificate(bundle, workshop.hub)
    proof = ledger.proof(bundle.statements, witnesses=2)
    proven = prove_pdf(frozen, proof, workshop.hub, "fr")
    assert proven == prove_pdf(frozen, proof, workshop.hub, "fr") == prove_pdf(pdf, proof, workshop.hub, "fr")
    assert judge(proven, ledger.trust(workshop.trust, 2)).verdict == "VALID"
    assert extract(proven) == bundle.data
    assert extract_proof(proven) == proof.to_json()
    for data in (proven, pdf):
        assert broken(open_seal(data, workshop.trust)[0]) == []  # PDF/A-3 still, but for the line of the seal
    later = prove_pdf(proven, ledger.proof(bundle.statements, witnesses=3), workshop.hub, "fr")
    assert judge(later, ledger.trust(workshop.trust, 3)).verdict == "VALID"
    with pytest.raises(UnknownKey):
        prove_pdf(frozen, proof, demo_workshop.hub, "fr")
    with pytest.raises(BadSignature):
        prove_pdf(frozen.replace(b"/Lang (fr)", b"/Lang (en)"), proof, workshop.hub, "fr")


@pytest.mark.parametrize("name", ["good.pdf", "both.json", "beside.json"])
def test_a_proof_is_found_inside_and_beside(desk: Any, capsys: Any, name: str, bundle: Any) -> None:
    status, report = verified(capsys, desk / name)
    assert (status, report["verdict"]) == (0, "VALID")
    assert {"logged", "witnessed", "current"} <= {one["code"] for one in report["checked"]}
    assert [one["id"] for one in report["proof"]["entries"]] == [one.id for one in bundle.statements]
    assert report["proof"]["witnesses"] == 2
    assert report["proof"]["checkpoints"][0]["witnesses"][0]["name"] == "Témoin 1"
    assert report["proof"]["entries"][2]["index"] == 7
    assert report["position"] == {"shard": "2026", "size": 14}
    assert (report["profile"], report["superseded"]) == ("reseau", None)


def test_a_proof_is_named_by_an_option(desk: Any, capsys: Any) -> None:
    assert verified(capsys, desk / "bare.json")[1]["verdict"] == "VALID-UNWITNESSED"
    assert verified(capsys, desk / "bare.json", "--proof", desk / "beside.proof.json")[0] == 0
    assert verified(capsys, desk / "bare.json", "--proof", desk / "bare.json")[1]["verdict"] == "INVALID"
    assert main([str(desk / "bare.json"), str(desk / "both.json"), "--proof", "x"]) == 2
    assert "goes with one document" in capsys.readouterr().err
    assert verified(capsys, desk / "bare.json", "--proof", desk / "none.json")[0] == 2
    status, report = verified(capsys, desk / "beside.proof.json")
    assert (status, report["reason"]["code"], report["document"]) == (1, "proof-alone", "proof")


def test_the_two_files_of_a_pdf_lie_beside_one_another(desk: Any, capsys: Any) -> None:
    (desk / "bundle.etabli.json").write_bytes((desk / "bare.json").read_bytes())
    assert verified(capsys, desk / "bundle.etabli.json")[1]["verdict"] == "VALID-UNWITNESSED"
    (desk / "proof.etabli.json").write_bytes((desk / "beside.proof.json").read_bytes())
    assert verified(capsys, desk / "bundle.etabli.json")[1]["verdict"] == "VALID"


def test_the_answer_says_place_time_and_witnesses_in_both_languages(desk: Any, capsys: Any) -> None:
    for lang, facts in (
        ("en", ("2026, entry 7 of 14", "not after", "Témoin 1, Témoin 2", "when the log 2026 had 14 entries")),
        (
            "fr",
            ("2026, entrée 7 sur 14", "au plus tard le", "Témoin 1, Témoin 2", "le journal 2026 comptait 14 entrées"),
        ),
    ):
        assert main([str(desk / "good.pdf"), "--lang", lang]) == 0
        out = " ".join(capsys.readouterr().out.split())
        for fact in facts:
            assert fact in out, fact
    main([str(desk / "bare.json"), "--lang", "fr"])
    assert "VALIDE, SANS TÉMOIN" in capsys.readouterr().out


def test_a_replaced_certificate_names_both(desk: Any, capsys: Any, workshop: Any, bundle: Any, ledger: Ledger) -> None:
    trust = ledger.trust(workshop.trust, superseded={bundle.certificate.id: "cd" * 32})
    (desk / "trust.json").write_text(json.dumps(signed_document(trust, workshop.hub)))
    status, report = verified(capsys, desk / "good.pdf")
    assert (status, report["verdict"]) == (3, "SUPERSEDED")
    assert report["superseded"] == {"certificate": bundle.certificate.id, "by": "cd" * 32}
    main([str(desk / "good.pdf"), "--lang", "fr"])
    out = capsys.readouterr().out
    assert "REMPLACÉ" in out
    assert bundle.certificate.id in out
    assert "cd" * 32 in out


def test_a_certificate_that_was_taken_back_is_not_called_replaced(
    desk: Any, capsys: Any, workshop: Any, bundle: Any, ledger: Ledger
) -> None:
    trust = ledger.trust(workshop.trust, superseded={bundle.certificate.id: ""})
    (desk / "trust.json").write_text(json.dumps(signed_document(trust, workshop.hub)))
    assert verified(capsys, desk / "good.pdf")[1]["verdict"] == "SUPERSEDED"
    main([str(desk / "good.pdf"), "--lang", "fr"])
    out = capsys.readouterr().out
    assert "RETIRÉ PAR L’ÉMETTEUR" in out
    assert "REMPLACÉ" not in out


def test_an_empty_proof_file_says_nothing_of_the_document(desk: Any, capsys: Any, tmp_path: Any) -> None:
    (tmp_path / "none").write_bytes(b"")
    status, report = verified(capsys, desk / "bare.json", "--proof", tmp_path / "none")
    assert status == 2
    assert "is empty" in json.dumps(report)
    assert "INVALID" not in json.dumps(report)
