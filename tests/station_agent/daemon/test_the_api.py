"""The API as documents: its description, figures, pictures, the bundle for who helps, and what none may tell."""

import asyncio
import gzip
import io
import json
import tarfile
from collections.abc import Callable

import pytest

from erasure.drive import DriveFacts
from station_agent.control import api
from station_agent.control.view import BenchView, DriveView, EraseOrder, ReasonView, TileState
from station_agent.daemon.phrases import reason_view
from tests.station_agent.daemon.daemon_bench import DaemonBench

Make = Callable[..., DaemonBench]
PATHS = {
    "/v1/bench",
    "/v1/events",
    "/v1/drives/{key}",
    "/v1/plans",
    "/v1/erasures",
    "/v1/erasures/{run_id}/stop",
    "/v1/erasures/{run_id}/give-up",
    "/v1/drives/{key}/hold",
    "/v1/drives/{key}/unfreeze",
    "/v1/lot",
    "/v1/asset",
    "/v1/sign-in",
    "/v1/sign-out",
    "/v1/receipts",
    "/v1/diagnosis",
    "/v1/enrolment",
    "/v1/metrics",
    "/v1/support",
}


def test_every_order_is_described_with_its_refusal(daemon: Make) -> None:
    described = daemon("sda").http.get("/v1/openapi.json").json()
    assert set(described["paths"]) == PATHS
    orders = {path: verbs["post"] for path, verbs in described["paths"].items() if "post" in verbs}
    assert len(orders) == 13
    for path, order in orders.items():
        for status in ("409", "422"):
            schema = order["responses"][status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Refused"}, path
        assert order["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2] in {
            "Told",
            "Plans",
            "ReceiptsHeard",
            "StatedDiagnosis",
            "EnrolmentTold",
        }


def test_a_drive_is_shown_with_its_methods_and_the_evidence_of_its_last_run(daemon: Make) -> None:
    bench = daemon("sda")
    (key,) = bench.ready("sda")
    before = bench.client.drive(key)
    assert before.report is None
    assert before.plan is not None
    assert [row.id for row in before.plan.methods if row.chosen] == ["overwrite.keystream"]
    assert before.sheet is not None
    assert before.sheet["examined"] is True
    bench.erase("sda")
    bench.crew.ends["DEMO-sda"] = {}
    bench.until_state("sda", TileState.ERASED)
    report = bench.client.drive(key).report
    assert report is not None
    assert report["statement"]["result"]["verdict"] == "ERASED"
    assert bench.http.get("/v1/drives/none:1").json()["code"] == "no-drive"
    assert bench.http.get("/v1/drives/%00").status_code == 422


def test_pictures_come_when_something_changes_and_four_times_a_second_at_most(
    daemon: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = daemon(*(f"d{n:02}" for n in range(24)))
    names = [f"d{n:02}" for n in range(24)]
    bench.ready(*names)
    bench.erase(*names)
    between: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        between.append(seconds)
        await sleep(0)

    async def some() -> list[str]:
        monkeypatch.setattr(api.asyncio, "sleep", noted)
        found = []
        async for frame in api.pictures(bench.foreman):
            found.append(frame.decode())
            if len(found) == 1:
                bench.crew.ends |= {f"DEMO-{name}": {} for name in names}
            if frame.count(b'"erased"') == 24:
                return found
        return found

    frames = asyncio.run(some())
    assert len(frames) >= 2
    assert between == [api.EVENT_S] * (len(frames) - 1)
    views = [BenchView.model_validate_json(frame.split("data: ")[1]) for frame in frames]
    assert [view.revision for view in views] == sorted({view.revision for view in views})
    assert {tile.state for tile in views[-1].tiles} == {TileState.ERASED}
    assert len(bench.station.outbox.rows()) == 24


def test_figures_carry_no_name(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    bench.ready("sda", "sdb")
    bench.erase("sda", lot="LOT-1")
    bench.until_state("sda", TileState.RUNNING)
    text = bench.http.get("/v1/metrics").text
    assert 'etabli_slots{state="running"} 1\n' in text
    assert 'etabli_slots{state="ready"} 1\n' in text
    assert "# TYPE etabli_bytes_per_second gauge" in text
    assert not [name for name in ("DEMO", "LOT-1", "sda") if name in text]


@pytest.mark.parametrize("masked", [False, True])
def test_the_bundle_for_who_helps_has_the_runs_and_no_secret(daemon: Make, *, masked: bool) -> None:
    bench = daemon("sda")
    (run_id,) = bench.erase("sda")
    bench.crew.ends["DEMO-sda"] = {}
    bench.until_state("sda", TileState.ERASED)
    data = bench.http.get("/v1/support", params={"masked": masked}).content
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        files = {name: tar.extractfile(name).read().decode() for name in tar.getnames()}  # type: ignore[union-attr]
    assert json.loads(files[f"etabli-support/run-{run_id}.json"])["statement"]["result"]["verdict"] == "ERASED"
    assert ("DEMO-sda" in "".join(files.values())) is not masked
    assert "masked-" in "".join(files.values()) or not masked
    key = (bench.station.store.folder / "station.key").read_text("utf-8")
    secret = key.strip().splitlines()[-2]
    assert len(secret) > 40
    assert "PRIVATE" not in secret
    assert secret not in gzip.decompress(data).decode("utf-8", "replace")


def test_an_order_with_members_that_nobody_knows_is_refused(daemon: Make) -> None:
    bench = daemon("sda")
    bench.ready("sda")
    order = EraseOrder(plans=("x",), confirmed=("y",)).model_dump(mode="json") | {"force": True}
    assert bench.http.post("/v1/erasures", json=order).json()["code"] == "bad-order"
    for body in (b"", b"[]", b"\xff", b'{"plans":["a"],"confirmed":"b"}', b"{" * 5000):
        assert bench.http.post("/v1/erasures", content=body).status_code == 422
    assert DriveView.model_config["extra"] == "forbid"


@pytest.mark.parametrize("detail", ["x" * 100_000, "a\ud800b", "\udc80"])
def test_a_picture_carries_any_fact(detail: str, make_facts: Callable[..., DriveFacts]) -> None:
    view = reason_view("IN_USE", detail, make_facts().device)
    assert ReasonView.model_validate_json(view.model_dump_json()) == view
    assert len(view.detail) <= 4000
