"""The generated hub is what its scale says, the same for one seed, and truly signed; the frame keeps every figure."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from certificates.verify import verify_envelope
from hub.context import open_hub
from hub.ledger.chain import gaps
from hub.models import Certificate, DecisionWord, Device, Erasure, LedgerEntry
from hub.stations.trust import trust_of
from tests.bench.hub.__main__ import document, main, measured
from tests.bench.hub.figure import Figure, Run, Scale
from tests.bench.hub.filling import fill, scaled, settings_of
from tests.bench.hub.pages import percentile


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """A small hub."""
    folder = tmp_path_factory.mktemp("filled")
    fill(folder, scaled(400))
    hub = open_hub(settings_of(folder))
    yield folder, hub
    hub.engine.dispose()


def test_the_generated_hub_has_what_its_scale_says(filled: tuple[Path, Any]) -> None:
    with filled[1].readers()() as session:
        assert session.scalar(select(func.count()).select_from(Device)) == 400
        assert session.scalar(select(func.count()).select_from(Certificate)) == 40
        waiting = select(func.count()).select_from(Erasure).where(Erasure.decision == DecisionWord.AWAITING)
        assert session.scalar(waiting) == 8 + 8  # of the scale, and those that found no lot


def test_what_the_generated_hub_holds_was_truly_signed_and_chained(filled: tuple[Path, Any]) -> None:
    with filled[1].readers()() as session:
        trust, kinds = trust_of(session), set[str]()
        for entry in session.scalars(select(LedgerEntry)):
            statement = verify_envelope(entry.envelope, trust)
            assert statement.id == entry.id
            kinds.add(statement.kind)
        assert kinds == {"erasure", "diagnostics", "validation", "certificate"}
        assert not any(gaps(session, kid) for kid in set(session.scalars(select(LedgerEntry.kid))))


def test_the_same_seed_makes_the_same_ledger(filled: tuple[Path, Any], tmp_path: Path) -> None:
    fill(tmp_path, scaled(400))
    again = open_hub(settings_of(tmp_path))
    with filled[1].readers()() as one, again.readers()() as other:
        ids = select(LedgerEntry.id).order_by(LedgerEntry.position)
        assert one.scalars(ids).all() == other.scalars(ids).all()
    again.engine.dispose()


def test_the_frame_prints_and_keeps_every_figure(filled: tuple[Path, Any], tmp_path: Path, capsys: Any) -> None:
    output = tmp_path / "bench-hub.json"
    asked = ["--database", str(filled[0]), "--devices", "400", "--hits", "1", "--rounds", "1", "--only", "pages"]
    assert main([*asked, "--folder", str(tmp_path)], output) == 0
    kept = json.loads(output.read_text())
    assert kept["schema"] == "etabli.bench-hub/1"
    assert {"start page, lead", "lot with evidence", "queue, turned"} <= {row["figure"] for row in kept["rows"]}
    assert kept["not_run"] == []
    assert "queue, turned, ms p95" in capsys.readouterr().out


def test_a_module_that_is_not_there_says_so(tmp_path: Path) -> None:
    (figure,) = measured(tmp_path, Scale(), ("absent-module",))
    assert "not run: this tree has no such module" in figure.line()


def test_a_figure_whose_check_failed_is_withheld_and_a_missed_goal_is_told() -> None:
    missed = Figure("H1", "ingest", "1/s", 0.7, (Run(60, 100),), "Ed25519", at_least=True)
    wrong = Figure("L1", "lot", "ms p95", 50, (Run(10),), fault="an answer had status 500")
    kept = document([missed, wrong], Scale(), 0.0)
    assert [row["result"] for row in kept["rows"]] == ["missed"]
    assert kept["not_run"] == [{"id": "L1", "figure": "lot", "reason": "an answer had status 500"}]
    assert "WITHHELD: an answer had status 500" in wrong.line()


def test_a_noisy_peer_is_named() -> None:
    runs = (Run(1, 10), Run(1, 30))
    assert Figure("H1", "ingest", "1/s", 0.7, runs, "Ed25519").result == "noisy"


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([3, 1, 2], 50) == 2
    assert percentile([1.0] * 99 + [9.0], 99) == 9.0
    assert percentile([5.0], 95) == 5.0
