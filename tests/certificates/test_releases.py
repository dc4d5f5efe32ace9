"""Across releases: what the first one made is judged by this verifier, what this one makes by the first one's verifier.

The files of `releases/first` were made by the code of that release (`releases/make.py`), its verifier among them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from certificates.bundle import verify_bundle
from certificates.pdf import render_certificate
from certificates.proved_bundle import with_proof
from certificates.trust import Trust
from certificates.trust2 import signed_document
from certificates.verdicts import judge
from tests.certificates.ledgers import logged

FIRST = Path(__file__).parent / "releases" / "first"
RUN = "import sys; from certificates.cli import main; sys.exit(main(sys.argv[1:]))"


def kept(name: str) -> bytes:
    return (FIRST / name).read_bytes()


def first_release(*words: Any) -> tuple[int, list[dict[str, Any]]]:
    """Run the verifier of the first release, from its own code only."""
    environ = {**os.environ, "PYTHONPATH": str(FIRST / "verifier.zip"), "ETABLI_LANG": "en"}
    program = f"import certificates; assert 'verifier.zip' in certificates.__file__; {RUN}"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program, *map(str, words), "--json"],
        capture_output=True,
        env=environ,
        timeout=120,
        check=False,
    )
    assert ran.stdout, ran.stderr
    return ran.returncode, json.loads(ran.stdout)["documents"]


@pytest.mark.parametrize("name", ["bundle.json", "certificate.pdf", "statement.json"])
def test_what_the_first_release_made_is_valid(name: str) -> None:
    found = judge(kept(name), Trust.from_json(kept("trust.json")))
    assert (found.verdict, found.code, found.simulated) == ("VALID", "", True)
    assert "log" in found.not_checked
    altered = bytearray(kept(name))
    altered[len(altered) // 2] ^= 1
    assert judge(bytes(altered), Trust.from_json(kept("trust.json"))).verdict == "INVALID"


def test_an_old_certificate_gains_a_proof_without_being_issued_again() -> None:
    old = Trust.from_json(kept("trust.json"))
    bundle = verify_bundle(kept("bundle.json"), old)
    ledger = logged(bundle.statements)
    proof = ledger.proof(bundle.statements, witnesses=2)
    for quorum in (0, 2):
        trust = ledger.trust(old, quorum)
        found = judge(kept("certificate.pdf"), trust, proof.to_json())
        assert (found.verdict, "logged" in found.checked) == ("VALID", True)


@pytest.mark.world
def test_the_first_release_judges_what_this_one_makes(demo_workshop: Any, tmp_path: Path) -> None:
    bundle = demo_workshop.bundle()
    ledger = logged(bundle.statements)
    proof = ledger.proof(bundle.statements, witnesses=2)
    pdf = render_certificate(bundle, demo_workshop.hub, proof=proof)
    trust = ledger.trust(demo_workshop.trust)
    made = {
        "certificate.pdf": pdf,
        "bare.pdf": render_certificate(bundle, demo_workshop.hub),
        "bundle.json": bundle.data,
        "statement.json": bundle.erasure.envelope.data,
        "altered.pdf": pdf.replace(b"Supplement", b"Supplemant"),
        "second.json": with_proof(bundle.data, proof),
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "trust.json").write_bytes(trust.to_json())
    (tmp_path / "trust2.json").write_text(json.dumps(signed_document(trust, demo_workshop.hub)))
    status, judged = first_release(*[tmp_path / name for name in made])
    assert [one["verdict"] for one in judged] == [*["VALID"] * 4, "INVALID", "INVALID"]
    assert judged[0]["statements"] == judged[1]["statements"] == judged[2]["statements"]
    assert status == 1  # a bundle of the second form is for newer verifiers; the PDF and the first form are for all
    assert first_release(tmp_path / "bundle.json", "--trust", tmp_path / "trust2.json")[0] == 2
    assert first_release(FIRST / "certificate.pdf")[0] == 0
