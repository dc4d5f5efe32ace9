"""The whole OpenAPI document, asked by people of every role and by benches that sign in every manner.

Schemathesis makes the cases from the document and judges the answers by it: no fault of the hub, no status, type or
body that the document does not name.
"""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.hub.fuzzing.amount import Amount, amount
from tests.hub.fuzzing.api_cases import Told, outside_schema, request_of, told
from tests.hub.fuzzing.asking import Asking
from tests.hub.fuzzing.copies import Template
from tests.hub.fuzzing.rims import wrong_with

pytestmark = [pytest.mark.world, pytest.mark.campaign, pytest.mark.timeout(1800)]

AMOUNT = amount(everyday=3_600, full=20_000, campaign=100_000)
EACH = 8  # askers of one case
ROUND = 4_000  # requests of one copy of the hub


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.built(tmp_path_factory.mktemp("template") / "hub")


def test_no_answer_is_a_fault_or_outside_the_document(template: Template, tmp_path: Path) -> None:
    statuses: Counter[str] = Counter()
    document = template.houses.workshop.app.openapi()
    cases = told(document, template, EACH)
    for number, requests in AMOUNT.rounds(ROUND):
        ask_round(template, tmp_path / str(number), cases, Amount(requests, number), statuses)
    print(f"\n{statuses.total()} requests from seed {AMOUNT.seed}:")
    for name, count in sorted(statuses.items()):
        print(f"{count:7} {name}")
    assert statuses.total() == AMOUNT.cases
    assert AMOUNT.cases < 3_000 or {name.rpartition(" ")[0] for name in statuses} == {
        f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods
    }


def ask_round(
    template: Template, place: Path, cases: st.SearchStrategy[Told], asked: Amount, statuses: Counter[str]
) -> None:
    """One copy of the hub, asked so many times; the first thing that is wrong ends it, with its seed."""
    with template.copy(place) as app, Asking(app) as ask:

        @seed(asked.seed)
        @settings(
            max_examples=asked.cases // EACH,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def round_of(one: Told) -> None:
            for asker in one.askers:
                request = request_of(one, asker, template, app)
                answered = ask(request)
                statuses[f"{one.case.method} {one.case.path} {answered.status}"] += 1
                wrong = [*wrong_with(answered), outside_schema(one, request, answered)]
                assert not any(wrong), (
                    f"ETABLI_SEED={asked.seed} {asker}: {request}: {answered.status} {answered.body[:500]!r}: {wrong}"
                )

        round_of()
