"""A real bench follows the root files of a real hub: other keys of hub and log count without anybody at the bench."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from certificates.envelope import parse_envelope
from certificates.policy import sign_policy
from certificates.trust import Trust
from hub.assigned import BenchPolicy
from hub.commands.root import main
from hub.log.freezing import freeze_and_open
from hub.log.fsck import Report
from hub.log.key import LOG_KEY_FILE
from hub.stations.bench_policies import publish_policy
from station_agent.enrol import enrol
from station_agent.errors import LogAlarm, UsageError
from station_agent.hub_keys import TRUST_FILE, hub_keys, kept_trust
from station_agent.policies import keep_policy, policy_named
from station_agent.station import Station, open_station
from tests.hub.conftest import URL
from tests.hub.keys.shop import Shop, log_changed, rotated, stolen


@pytest.fixture
def station(shop: Shop, tmp_path: Path) -> Iterator[Station]:
    """A bench that was introduced to the hub, with its real client over the pages of the test."""

    def carry(request: httpx.Request) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        path = request.url.raw_path.decode()
        told = shop.world.client.request(request.method, path, content=request.content, headers=headers)
        nonce = {"ETABLI-Nonce": str(told.headers.get("ETABLI-Nonce", ""))}
        return httpx.Response(told.status_code, content=told.content, headers=nonce)

    made = open_station(tmp_path / "bench", demo=False, transport=httpx.MockTransport(carry))
    enrol(made.store, made.link_to(URL), made.key, url=URL, token=shop.world.token(), name="Banc 2")
    made.look_at_log(URL)
    assert followed(made) == (1 if shop.profile == "atelier" else 2)
    yield made
    made.close()


def followed(station: Station) -> int:
    root = station.observer().root
    return root.version if root is not None else 0


def looked(station: Station) -> list[str]:
    """Look at the hub as a sync does; gives the logs that are known afterwards."""
    link = station.link()
    assert link is not None
    station.observer().observe(link)
    return [pin.name for pin in station.observer()._book.pins()]


@pytest.mark.parametrize("ceremony", ["log-rotation", "log-compromise"])
def test_a_bench_follows_the_log_to_its_next_key(
    shop: Shop, station: Station, ceremony: str, capsys: pytest.CaptureFixture[str]
) -> None:
    was = followed(station)
    assert looked(station) == ["2026"]
    assert main(["witness", "init", "temoin.example.org/w1"]) == 0
    vkey, _ = log_changed(shop, ceremony, lambda: capsys.readouterr().out)
    assert looked(station) == ["2026", "2026-2"]
    assert (followed(station), station.observer()._book.pins()[-1].vkey) == (was + 1, vkey)


def test_a_lost_key_of_the_log_is_replaced_by_the_same_steps_and_no_bench_is_alarmed(
    shop: Shop, station: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    assert looked(station) == ["2026"]
    (shop.world.hub.settings.data_dir / LOG_KEY_FILE).unlink()
    assert main(["witness", "init", "temoin.example.org/w1"]) == 0
    vkey, trust = log_changed(shop, "log-compromise", lambda: capsys.readouterr().out)
    assert looked(station) == ["2026", "2026-2"]
    root = Trust.from_json(Path(trust).read_bytes()).root
    assert root is not None
    assert [key.raw for key in root.log_keys] == [pin.key.public.raw for pin in station.observer()._book.pins()]
    assert station.observer()._book.pins()[-1].vkey == vkey


@pytest.mark.parametrize("theft", [False, True])
def test_a_bench_follows_the_hub_to_its_next_key(shop: Shop, station: Station, *, theft: bool) -> None:
    shop.certificate()
    old = shop.world.hub.identity.key
    assert looked(station) == ["2026"]
    stolen(shop, old) if theft else rotated(shop)
    new = shop.world.hub.identity.key
    assert station.refresh_from_hub() == ()
    kept = kept_trust(station.store.folder)
    assert (hub_keys(kept), hub_keys(kept, active=True)) == ({old.kid, new.kid}, {new.kid})
    found = Trust.from_json((station.store.folder / TRUST_FILE).read_bytes())
    assert found.keys[old.kid].status == ("compromised" if theft else "retired")


def test_a_new_key_of_the_log_without_a_root_file_stays_an_alarm(shop: Shop, station: Station) -> None:
    assert looked(station) == ["2026"]
    (shop.world.hub.settings.data_dir / LOG_KEY_FILE).unlink()
    freeze_and_open(shop.world.hub, Report(), "the key is lost")
    with pytest.raises(LogAlarm, match="another key"):
        looked(station)


def test_a_hub_whose_key_no_root_file_names_is_not_believed(shop: Shop, station: Station) -> None:
    before = kept_trust(station.store.folder)
    offered: dict[str, Any] = shop.world.client.get("/api/v1/trust").json()
    for key in offered["keys"]:
        key["kid"] = "f" * 64 if key["role"] == "hub" else key["kid"]
    assert station._unknown_keys(station.link_to(URL), offered) == {"f" * 64}
    assert kept_trust(station.store.folder) == before


def policy(version: int) -> dict[str, Any]:
    return {"version": version, "methods": ["overwrite.zeros"], "verification": "full"}


def handed_out(shop: Shop) -> bytes:
    with shop.world.hub.readers()() as session:
        return session.get_one(BenchPolicy, "own").envelope


def publish(shop: Shop, version: int) -> bytes:
    with shop.world.hub.sessions().begin() as session:
        return publish_policy(session, "own", policy(version)).envelope


def test_policies_go_over_to_the_next_key_as_planned(shop: Shop, station: Station, tmp_path: Path) -> None:
    folder, first = station.store.folder, publish(shop, 2)
    keep_policy(tmp_path / "own", first, folder)
    rotated(shop)
    assert station.refresh_from_hub() == ()
    again = handed_out(shop)
    assert parse_envelope(again).keyid == shop.world.hub.identity.key.kid
    with pytest.raises(UsageError, match="no policy of your hub"):
        policy_named("own", folder)
    lower = sign_policy(shop.world.hub.identity.key, "own", policy(1)).data
    with pytest.raises(UsageError, match="version 1 is refused"):
        keep_policy(tmp_path / "own", lower, folder)
    assert keep_policy(tmp_path / "own", again, folder).version == policy_named("own", folder).version == 2


def test_after_a_theft_policies_are_published_anew_by_a_person(shop: Shop, station: Station, tmp_path: Path) -> None:
    folder, first = station.store.folder, publish(shop, 2)
    keep_policy(tmp_path / "own", first, folder)
    stolen_from(shop)
    assert station.refresh_from_hub() == ()
    assert handed_out(shop) == first, "nothing that a thief may have signed is signed again"
    with pytest.raises(UsageError, match="no policy of your hub"):
        keep_policy(tmp_path / "own", first, folder)
    assert keep_policy(tmp_path / "own", publish(shop, 1), folder).version == 1


def stolen_from(shop: Shop) -> None:
    shop.certificate()
    stolen(shop, shop.world.hub.identity.key)
