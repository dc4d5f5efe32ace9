"""Bundles: statements that belong together, and nothing else."""

import json
import re
from random import Random
from typing import Any

import pytest

from certificates import canonical
from certificates.bundle import MAX_BUNDLE_BYTES, VerifiedBundle, build_bundle, envelopes_in, verify_bundle
from certificates.errors import BundleError, Refused
from certificates.issue import certificate_payload
from certificates.verdicts import judge
from tests.certificates.attacks import edited

FAILED = {
    "result": {"verdict": "FAILED", "reasons": [{"code": "STUCK", "detail": ""}]},
    "method__level": "NONE",
}


def test_a_bundle_comes_back_with_its_statements(workshop: Any) -> None:
    bundle = workshop.bundle()
    found = verify_bundle(bundle.data, workshop.trust)
    assert [one.kind for one in found.statements] == ["certificate", "validation", "erasure"]
    assert found.data == bundle.data
    assert json.loads(bundle.data)["schema"] == "etabli.bundle/1"


def test_a_bundle_may_carry_the_diagnosis_that_the_certificate_names(workshop: Any) -> None:
    erasure, diagnosis = workshop.erasure(), workshop.diagnostics()
    validation = workshop.validation(erasure)
    certificate = workshop.certificate(erasure, validation, diagnosis)
    bundle = VerifiedBundle(certificate, validation, erasure, diagnosis)
    assert verify_bundle(bundle.data, workshop.trust).diagnostics.id == diagnosis.id
    with pytest.raises(BundleError, match="another diagnosis"):
        VerifiedBundle(certificate, validation, erasure)
    with pytest.raises(BundleError, match="not a diagnostics"):
        VerifiedBundle(certificate, validation, erasure, erasure)


def test_every_flipped_byte_of_a_bundle_is_found(workshop: Any) -> None:
    data = workshop.bundle().data
    for place in range(len(data)):
        for mask in (0x01, 0x80):
            flipped = bytearray(data)
            flipped[place] ^= mask
            assert not judge(bytes(flipped), workshop.trust).verdict.startswith("VALID")


def test_what_is_seen_by_its_form_is_what_reading_gives(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    good, lines = workshop.bundle().data, [one.envelope.data for one in workshop.bundle().statements]
    odd = [b'{"envelopes":[%s],"schema":"etabli.bundle/1"}' % b",".join(lines * times) for times in (0, 1, 2)]
    odd += [good.replace(b"[{", b"[ {", 1), good.replace(b'"sig":"', b'"sig":"="', 1), good + b"\n"]
    odd += [good.replace(b'"payload":"', b'"payload":"' + b"A" * size, 1) for size in (4, 95_000, 99_000, 400_000)]
    changed = list(edited(good, Random(5), 3_000))

    def found(data: bytes) -> list[bytes] | str:
        try:
            return envelopes_in(data)
        except Refused as error:
            return f"{type(error).__name__} {error}"

    seen = [found(data) for data in (good, *odd, *(data for data, _place in changed))]
    assert seen[0] == lines
    monkeypatch.setattr("certificates.bundle._PLAIN", re.compile(b"never"))
    assert [found(data) for data in (good, *odd, *(data for data, _place in changed))] == seen
    assert sum(isinstance(one, list) for one in seen) > 100


def test_a_bundle_is_written_alike_where_an_envelope_is_not_plain(
    workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelopes = [one.envelope for one in workshop.bundle().statements]
    quick = build_bundle(envelopes)
    monkeypatch.setattr("certificates.bundle.is_plain", lambda _data: False)
    assert build_bundle(envelopes) == quick


def test_a_statement_of_another_bundle_does_not_fit(workshop: Any) -> None:
    one, other = workshop.bundle(), workshop.bundle(erasure={"seq": 9})
    for parts in (
        (one.certificate, one.validation, other.erasure),
        (one.certificate, other.validation, one.erasure),
        (other.certificate, one.validation, one.erasure),
        (one.validation, one.certificate, one.erasure),
        (one.erasure, one.validation, one.certificate),
    ):
        with pytest.raises(BundleError):
            VerifiedBundle(*parts)
        mixed = build_bundle([part.envelope for part in parts])
        assert judge(mixed, workshop.trust).verdict == "INVALID"


def test_only_a_completed_erasure_is_certified(workshop: Any) -> None:
    failed = workshop.erasure(**FAILED)
    with pytest.raises(BundleError, match="completed"):
        workshop.certificate(failed, workshop.validation(failed))


def test_only_an_approved_erasure_is_certified(workshop: Any) -> None:
    erasure = workshop.erasure()
    with pytest.raises(BundleError, match="approved"):
        workshop.certificate(erasure, workshop.validation(erasure, decision="REJECTED", reason="serial differs"))


def test_an_approval_counts_for_one_statement_only(workshop: Any) -> None:
    erasure, other = workshop.erasure(), workshop.erasure(seq=2)
    with pytest.raises(BundleError, match="another statement"):
        workshop.certificate(erasure, workshop.validation(other))


def test_simulated_and_real_do_not_mix(workshop: Any, demo_workshop: Any) -> None:
    erasure, demo = workshop.erasure(), demo_workshop.erasure()
    with pytest.raises(BundleError, match="do not mix"):
        workshop.certificate(erasure, demo_workshop.validation(demo, statement=erasure.id))
    real_validation = workshop.validation(demo, simulated=False)
    with pytest.raises(BundleError, match="do not mix"):
        certificate_payload(
            demo, real_validation, kid="", hub="", seq=1, prev="", nonce="", wall="", wall_src="", certificate="",
            number="", lot={}, donor={}, issuer={}, device={}, lang="fr", verify_url="",
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda doc: {**doc, "note": "x"},
        lambda doc: {**doc, "schema": "etabli.bundle/2"},
        lambda doc: {"envelopes": doc["envelopes"]},
        lambda doc: {**doc, "envelopes": doc["envelopes"][:2]},
        lambda doc: {**doc, "envelopes": [*doc["envelopes"], *doc["envelopes"][:2]]},
        lambda doc: {**doc, "envelopes": doc["envelopes"][::-1]},
        lambda doc: {**doc, "envelopes": {}},
        lambda doc: doc["envelopes"],
        lambda doc: {**doc, "envelopes": [{**doc["envelopes"][0], "x": 1}, *doc["envelopes"][1:]]},
    ],
)
def test_a_document_of_another_shape_is_refused(workshop: Any, change: Any) -> None:
    document = change(json.loads(workshop.bundle().data))
    data = canonical.encode(document, max_bytes=MAX_BUNDLE_BYTES)
    with pytest.raises(Refused):
        verify_bundle(data, workshop.trust)
    assert judge(data, workshop.trust).verdict == "INVALID"


def test_the_same_content_in_another_form_is_refused(workshop: Any) -> None:
    data = workshop.bundle().data
    for changed in (data + b"\n", b" " + data, json.dumps(json.loads(data)).encode()):
        assert judge(changed, workshop.trust).verdict == "INVALID"
