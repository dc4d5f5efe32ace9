"""Two verifiers that share no line say the same about documents, good and bad, and about the published vectors."""

import os
from pathlib import Path

import pytest

from certificates.errors import TrustError
from certificates.trust import Trust
from certificates.verdicts import judge
from tests.certificates.test_vectors import REJECTS, load, published
from tests.independent import curve, forms
from tests.independent.forms import Bad, Unknown
from tests.independent.spoiled import LOW_ORDER, Case, cases
from tests.independent.traps import traps
from tests.independent.verify import open_envelope, verdict

COUNT, SEED = int(os.environ.get("ETABLI_DOCUMENTS", "250")), int(os.environ.get("ETABLI_SEED", "0"))
HERE = Path(__file__).parent


def library(one: Case) -> str:
    """What `etabli-verify` says."""
    try:
        trust = Trust.from_json(one.trust)
    except TrustError:
        return "TRUST"
    return judge(one.data, trust, one.proof).verdict.value


def independent(one: Case) -> str:
    """What the second verifier says."""
    try:
        return verdict(one.data, one.trust, one.proof)
    except Bad:
        return "TRUST"


@pytest.mark.timeout(1800)
def test_two_verifiers_say_the_same() -> None:
    said: dict[str, set[str]] = {}
    for one in cases(COUNT, SEED):
        word = library(one)
        assert independent(one) == word, one.name
        said.setdefault(word, set()).add(one.name)
    six = {"INVALID", "UNKNOWN-KEY", "DISPUTED", "SUPERSEDED", "VALID-UNWITNESSED", "VALID"}
    assert said.keys() == six | {"TRUST"}, "each verdict occurs, or the cases say nothing"
    assert len(said["VALID"]) > COUNT / 20


@pytest.mark.parametrize("name", traps())
def test_a_trap_is_seen_by_both(name: str) -> None:
    case, word = traps()[name]
    assert (library(case), independent(case)) == (word, word)


def test_the_second_verifier_shares_nothing_with_the_first() -> None:
    for name in ("verify", "trusted", "forms", "fit", "members", "erasures", "curve"):
        text = (HERE / f"{name}.py").read_text(encoding="utf-8")
        assert not [line for line in text.splitlines() if "import" in line and "certificates" in line], name


def test_keys_of_low_and_mixed_order_are_none() -> None:
    assert not [raw.hex() for raw in LOW_ORDER if curve.good_key(raw)]


@published
def test_the_second_verifier_refuses_the_published_keys_and_proofs() -> None:
    weak = load("low-order-keys.json")
    keys = [*weak["keys"], weak["mixed_order_key"]]
    assert len(keys) == 15
    assert not [one for one in keys if curve.good_key(bytes.fromhex(one["public_hex"]))]


@published
def test_the_second_verifier_agrees_with_the_published_log() -> None:
    vector = load("seven-entries.json")
    expected = vector["expected"]
    policy = dict(line.split()[:2][::-1] for line in expected["tlog_policy"].splitlines() if line.startswith("log "))
    (log,) = policy
    witnesses = [line.split()[2] for line in expected["tlog_policy"].splitlines() if line.startswith("witness ")]
    head, _, text = expected["tlog_proof_index_4"].partition("\n\n")
    said = forms.note(text)
    times = forms.cosigned(said, forms.vkey(log), [forms.vkey(one) for one in witnesses])
    assert sorted(times.values()) == sorted(vector["inputs"]["cosignature_unix"].values())
    entry = vector["inputs"]["statements"][4]["expected"]["entry_utf8"].encode()
    path = [forms.unbase64(line) for line in head.splitlines()[2:]]
    assert forms.root_of(bytes.fromhex(forms.sha(b"\0" + entry)), 4, said.size, path) == said.root


@published
@pytest.mark.parametrize(
    "item", [one for one in REJECTS["envelopes"] if "envelope_utf8" in one], ids=lambda one: one["name"]
)
def test_the_second_verifier_refuses_a_published_bad_envelope(item: dict[str, str]) -> None:
    station = bytes.fromhex(REJECTS["station_public_hex"])
    keys = {forms.sha(station): {"raw": station}}
    with pytest.raises((Bad, Unknown)):
        open_envelope(item["envelope_utf8"].encode(), keys, set(REJECTS["accepted_payload_types"]))
