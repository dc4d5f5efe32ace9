"""The gates of onboarding: each boundary of the reference as a test, and exact fractions for every rate."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput
from hub.partners import checklists, gates
from hub.partners.documents import Held
from hub.partners.gates import GateFacts, Unmet

POLICY = gates.shipped()
READY = GateFacts(
    contact=True,
    score=Fraction(7),
    documents={"nda": Held.VALID, "test-agreement": Held.VALID, "convention": Held.VALID},
    documents_read=True,
    wish_to_test=True,
    test_devices=50,
    administrative=Fraction(50),
    technical=Fraction(75),
    delivered=50,
    nonconforming=2,
)


def codes(gate: int, facts: GateFacts) -> list[str]:
    return [one.code for one in gates.unmet(gate, facts, POLICY)]


def test_a_partner_with_everything_passes_every_gate() -> None:
    assert [codes(gate, READY) for gate in gates.GATES] == [[], [], [], [], [], []]


def test_a_partner_of_whom_nothing_is_known_passes_only_the_gate_without_condition() -> None:
    assert [codes(gate, GateFacts()) for gate in gates.GATES] == [
        ["contact"],
        ["score-missing", "document-missing"],
        ["documents-read", "wish-to-test", "document-missing"],
        ["test-lot", "administrative-missing", "technical-missing", "rate-missing"],
        ["document-missing"],
        [],
    ]


@pytest.mark.parametrize(
    ("typed", "refused"),
    [("6", ["score"]), ("6.00", ["score"]), ("6,00", ["score"]), ("5,99", ["score"]), ("6.01", []), ("6,5", [])],
)
def test_the_score_must_be_above_six(typed: str, refused: list[str]) -> None:
    facts = replace(READY, score=gates.exact(typed))
    assert codes(2, facts) == refused


@pytest.mark.parametrize(("figure", "refused"), [("49.99", ["administrative"]), ("50", []), ("50.00", [])])
def test_the_administrative_share_is_at_least_fifty(figure: str, refused: list[str]) -> None:
    assert codes(4, replace(READY, administrative=Fraction(figure))) == refused


@pytest.mark.parametrize(("figure", "refused"), [("74.99", ["technical"]), ("75", [])])
def test_the_technical_share_is_at_least_seventy_five(figure: str, refused: list[str]) -> None:
    assert codes(4, replace(READY, technical=Fraction(figure))) == refused


@pytest.mark.parametrize(("devices", "refused"), [(0, ["test-lot"]), (1, []), (50, []), (51, ["test-devices"])])
def test_a_test_lot_has_fifty_devices_at_most(devices: int, refused: list[str]) -> None:
    assert codes(4, replace(READY, test_devices=devices)) == refused


@pytest.mark.parametrize(
    ("bad", "delivered", "refused"),
    [
        (1, 20, ["rate"]),
        (2, 40, ["rate"]),
        (1, 21, []),
        (2, 41, []),
        (2, 50, []),
        (3, 50, ["rate"]),
        (0, 0, ["rate-undefined"]),
        (0, 1, []),
    ],
)
def test_the_rate_of_non_conformity_is_under_five_per_cent(bad: int, delivered: int, refused: list[str]) -> None:
    assert codes(4, replace(READY, delivered=delivered, nonconforming=bad)) == refused


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_the_rate_is_compared_as_an_exact_fraction(bad: int, delivered: int) -> None:
    passes = codes(4, replace(READY, delivered=delivered, nonconforming=bad)) == []
    assert passes == (100 * bad < 5 * delivered)


@pytest.mark.parametrize(("gate", "kind"), [(2, "nda"), (3, "test-agreement"), (5, "convention")])
@pytest.mark.parametrize("held", [Held.MISSING, Held.EXPIRED, Held.UNSIGNED])
def test_a_document_that_does_not_hold_refuses_its_gate_and_is_named(gate: int, kind: str, held: Held) -> None:
    facts = replace(READY, documents={**READY.documents, kind: held})
    assert gates.unmet(gate, facts, POLICY) == (Unmet(f"document-{held}", kind),)


def test_there_are_six_gates_and_no_other() -> None:
    for gate in (0, 7, -1):
        with pytest.raises(ValueError, match="no gate"):
            gates.unmet(gate, READY, POLICY)


@pytest.mark.parametrize("typed", ["", "six", "-7", "1e3", "6.", ".5", "7/1", "٧", "6,5,1", "NaN", "9" * 40, "6\n7"])
def test_what_is_no_plain_number_is_no_score(typed: str) -> None:
    assert gates.exact(typed) is None


@given(st.integers(0, 999_999_999), st.integers(0, 999_999_999), st.sampled_from(".,"))
def test_a_decimal_is_read_exactly(whole: int, part: int, mark: str) -> None:
    assert gates.exact(f"{whole}{mark}{part:09}") == Fraction(whole * 10**9 + part, 10**9)


@pytest.mark.parametrize("text", ["", "name = 'x'", "score_above = []", "name='x'\nversion=1\nscore_above='six'"])
def test_limits_that_are_not_whole_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"policy|Fraction|Invalid"):
        gates.read_policy(text)


def test_what_does_not_apply_leaves_the_denominator() -> None:
    assert checklists.share([(3, "yes"), (1, "no")]) == 75
    assert checklists.share([(3, "yes"), (1, "na")]) == 100
    assert checklists.share([(1, "no"), (2, "na")]) == 0
    assert checklists.share([(1, "na")]) is None
    assert checklists.share([]) is None


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(checklists.ANSWERS))))
def test_a_share_is_an_exact_part_of_what_applies(answered: list[tuple[int, str]]) -> None:
    found = checklists.share(answered)
    met = sum(weight for weight, answer in answered if answer == "yes")
    missed = sum(weight for weight, answer in answered if answer == "no")
    assert found == (Fraction(100 * met, met + missed) if met + missed else None)


def test_every_line_needs_an_answer_of_the_list() -> None:
    lists = checklists.shipped()
    whole = {line.id: "yes" for line in lists.lines["technical"]}
    assert checklists.share_of(checklists.answered("technical", whole, lists)) == 100
    for wrong in ("", "oui", "YES"):
        with pytest.raises(BadInput, match="every line"):
            checklists.answered("technical", {**whole, "battery": wrong}, lists)


@pytest.mark.parametrize("weight", ["0", "-1", "true", "'2'", "1.5"])
def test_a_checklist_with_a_weight_that_is_none_is_refused(weight: str) -> None:
    text = checklists.FILE.read_text(encoding="utf-8").replace("weight = 4", f"weight = {weight}")
    with pytest.raises(ValueError, match="checklists"):
        checklists.read_checklists(text)
