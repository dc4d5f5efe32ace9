"""Every route of the pages, asked by people of every role with whatever an address, a form or a file can hold."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.hub.fuzzing.amount import Amount, amount
from tests.hub.fuzzing.asking import Answered, Asked, Asking
from tests.hub.fuzzing.copies import Template
from tests.hub.fuzzing.page_cases import ROUTES, Known, learnt, requests_of
from tests.hub.fuzzing.rims import wrong_with

pytestmark = [pytest.mark.world, pytest.mark.campaign, pytest.mark.timeout(3600)]

AMOUNT = amount(everyday=300, full=2_000, campaign=20_000)
ROUND = 500  # requests of one copy of the hub


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.built(tmp_path_factory.mktemp("template") / "hub")


def test_no_page_is_a_fault_whatever_is_sent(template: Template, tmp_path: Path) -> None:
    with template.copy(tmp_path / "learnt") as app, Asking(app) as ask:
        known = learnt(template, ask)
    assert sum(1 for route in ROUTES if known.of(route)) > 80
    seen: Counter[str] = Counter()
    for number, requests in AMOUNT.rounds(ROUND):
        ask_round(template, tmp_path / str(number), known, Amount(requests, number), seen)
    print(f"\n{seen.total()} requests of pages from seed {AMOUNT.seed}: {dict(sorted(seen.items()))}")
    assert seen.total() == AMOUNT.cases
    assert {"200", "303", "422"} <= set(seen)


def ask_round(template: Template, place: Path, known: Known, asked: Amount, seen: Counter[str]) -> None:
    """One copy of the hub, asked so many times; the first thing that is wrong ends it, with its seed."""
    with template.copy(place) as app, Asking(app) as ask:

        @seed(asked.seed)
        @settings(
            max_examples=asked.cases,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(requests_of(template, known))
        def round_of(request: Asked) -> None:
            answered = ask(request)
            seen[str(answered.status)] += 1
            if answered.status == 503 and request.target == "/healthz":
                return  # the tables were made without migrations, and it says so
            wrong = [*wrong_with(answered), *unreadable(request, answered)]
            assert not wrong, f"ETABLI_SEED={asked.seed} {request}: {answered.status} {answered.body[:300]!r}: {wrong}"

        round_of()


def unreadable(request: Asked, answered: Answered) -> list[str]:
    """What a page may not be: no whole document, or not in UTF-8."""
    if not answered.first("content-type").startswith("text/html"):
        return []
    try:
        text = answered.body.decode()
    except UnicodeDecodeError as error:
        return [f"no UTF-8: {error}"]
    return [] if text.count("</html>") == 1 or request.method == "HEAD" else ["no whole page"]
