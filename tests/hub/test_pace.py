"""The pace of what needs no account."""

from typing import Any

import pytest

from hub.boundary import pace
from hub.boundary.pace import Pace, network
from hub.errors import Throttled


def test_an_address_gets_its_burst_and_then_its_pace() -> None:
    now = [0.0]
    limit = Pace(lambda: now[0])
    for _ in range(int(pace.BURST)):
        limit.take("10.0.0.1")
    with pytest.raises(Throttled) as caught:
        limit.take("10.0.0.1")
    assert caught.value.retry_after == 2
    limit.take("10.0.0.2")
    now[0] += 1 / pace.PER_SECOND
    limit.take("10.0.0.1")
    with pytest.raises(Throttled):
        limit.take("10.0.0.1")


def test_a_whole_network_of_one_subscriber_is_one_address() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:0:1::1")
    assert network("10.0.0.1") != network("10.0.0.2")
    assert network("testclient") == "testclient"


def test_the_memory_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST", 100)
    limit = Pace(lambda: 0.0)
    for number in range(500):
        limit.take(f"10.0.{number // 256}.{number % 256}")
    assert len(limit._buckets) <= 101


@pytest.mark.parametrize("ask", ["/verify/" + "0" * 64, "/verify?id=" + "0" * 64])
def test_the_public_look_up_is_slowed_down(app: Any, client: Any, ask: str) -> None:
    app.state.pace = Pace(lambda: 0.0)
    codes = [client.get(ask).status_code for _ in range(int(pace.BURST) + 1)]
    assert codes == [404] * int(pace.BURST) + [429]
    answer = client.get(ask)
    assert int(answer.headers["Retry-After"]) >= 1
    assert client.get("/verify").status_code == 200


def test_uploads_are_slowed_down_sooner(app: Any, client: Any) -> None:
    app.state.pace = Pace(lambda: 0.0)
    codes = [client.post("/verify", files={"file": ("x", b"{}")}).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
