"""A run is found by the beginning of an id; what fits several is answered by their list, never by a guess."""

from collections.abc import Callable
from typing import Any

import pytest

from station_agent.errors import UsageError
from station_agent.run_search import as_beginning, run_named
from station_agent.station import Station

Make = Callable[..., Any]
ONE, TWO = "abcdef" + "1" * 26, "abcdef" + "2" * 26


@pytest.fixture
def kept(station: Station, make_report: Make, make_context: Make) -> Station:
    for run_id in (ONE, TWO):
        station.journal.open_run(run_id, make_context())
    station.journal.close_run(make_report(ONE), make_context())
    return station


def test_a_beginning_that_one_run_has_names_it(kept: Station) -> None:
    assert run_named(kept.store, ONE[:7]) == ONE
    assert run_named(kept.store, TWO) == TWO
    assert run_named(kept.store, "123456") == ""


def test_a_statement_names_its_run(kept: Station) -> None:
    signed = kept.journal.statement_of(ONE)
    assert signed is not None
    assert run_named(kept.store, signed.id[:10]) == run_named(kept.store, signed.id) == ONE


def test_what_fits_several_runs_is_answered_by_their_list(kept: Station) -> None:
    with pytest.raises(UsageError) as refused:
        run_named(kept.store, "abcdef")
    assert refused.value.facts["n"] == 2
    assert all(run_id in str(refused.value.facts["runs"]) for run_id in (ONE, TWO))


def test_a_statement_that_is_of_no_run_says_its_kind(kept: Station) -> None:
    with kept.store.transaction() as connection:
        connection.execute(
            "INSERT INTO statement (id, kid, seq, kind, envelope, made) VALUES (?, 'k', 99, 'diagnostics', x'', '')",
            ("fed" * 21 + "f",),
        )
    with pytest.raises(UsageError) as refused:
        run_named(kept.store, "fedfed")
    assert refused.value.facts["kind"] == "diagnostics"


@pytest.mark.parametrize("typed", ["abcde", "sda", "sim:abcdef", "/dev/sda", "g" * 32, "a" * 65, "%%%%%%", ""])
def test_what_is_no_beginning_of_an_id_is_not_looked_for(typed: str) -> None:
    assert as_beginning(typed) == ""


def test_an_id_may_be_typed_in_capitals() -> None:
    assert as_beginning(" ABCDEF ") == "abcdef"
