"""What a certificate says in words: never more than was done."""

from typing import Any

import pytest

from certificates.account import certificate_account, erasure_account
from certificates.bundle import VerifiedBundle


@pytest.mark.parametrize(("lang", "word"), [("fr", "un échantillon"), ("en", "a sample")])
@pytest.mark.parametrize("verdict", ["ERASED", "ERASED_WITH_EXCEPTIONS"])
def test_a_sample_is_never_told_as_the_whole(workshop: Any, lang: str, word: str, verdict: str) -> None:
    exceptions = [{"code": "HIDDEN_AREA", "detail": "HPA"}] if verdict != "ERASED" else []
    base = {"result__verdict": verdict, "exceptions": exceptions}
    assert word not in erasure_account(workshop.erasure(**base), lang).sentence
    part = workshop.erasure(**base, verify__mode="sample", verify__sectors=46_050)
    assert word in erasure_account(part, lang).sentence


@pytest.mark.parametrize(
    ("role", "lang", "words"),
    [("lead", "fr", "responsable d’atelier"), ("lead", "en", "workshop lead"), ("intendant", "en", "intendant")],
)
def test_the_role_of_the_validator_is_a_word(workshop: Any, role: str, lang: str, words: str) -> None:
    erasure = workshop.erasure()
    approved = workshop.validation(erasure, role=role)
    bundle = VerifiedBundle(workshop.certificate(erasure, approved), approved, erasure)
    assert certificate_account(bundle, lang).validator.endswith(f"({words})")


@pytest.mark.parametrize(("lang", "words"), [("fr", "approuvé d’avance par p-1, règle 7"), ("en", "by p-1, rule 7")])
def test_an_unattended_run_names_who_approved_it(workshop: Any, lang: str, words: str) -> None:
    assert words in erasure_account(workshop.erasure(operator="pre-approved by p-1, rule 7"), lang).operator
    assert erasure_account(workshop.erasure(operator="p-1"), lang).operator == "p-1"
