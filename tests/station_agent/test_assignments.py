"""Drives that the hub protects stay protected when the bench is offline."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from erasure.interlocks import KernelExaminer
from erasure.kernel_view import KernelView
from station_agent.assignments import FILE, keep_assignments, protected_serials
from station_agent.bench import kernel_bench
from station_agent.errors import StoreError


def test_the_serials_of_the_hub_are_kept_and_reach_the_interlocks(tmp_path: Path) -> None:
    keep_assignments(tmp_path, {"policies": [], "lots": [], "protected_serials": ["KEEP-ME"]})
    serials = protected_serials(tmp_path)
    bench = kernel_bench(tmp_path, allow_loop=False, protected_serials=serials)
    assert bench.examine == KernelExaminer(False, frozenset({"KEEP-ME"}), KernelView(tmp_path))


def test_a_bench_that_never_met_a_hub_protects_no_serial(tmp_path: Path) -> None:
    assert protected_serials(tmp_path) == frozenset()


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"protected_serials": "KEEP-ME"}', '{"protected_serials": null}'])
def test_a_damaged_list_stops_the_bench_instead_of_protecting_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="assignments"):
        protected_serials(tmp_path)


def test_trust_and_assignments_are_fetched_together(tmp_path: Path, open_bench_at: Callable[..., Any]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        found = {"/api/v1/nonce": {"nonce": "n"}, "/api/v1/trust": {"schema": "etabli.trust/1"}}
        return httpx.Response(200, json=found.get(request.url.path, {"protected_serials": ["S"]}))

    station = open_bench_at(tmp_path / "state", transport=httpx.MockTransport(answer))
    station.store.note("hub-url", "http://127.0.0.1:9")
    station.refresh_from_hub()
    assert protected_serials(tmp_path / "state") == frozenset({"S"})
    assert (tmp_path / "state" / "trust.json").is_file()
