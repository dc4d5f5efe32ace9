"""A bench follows the root file of its hub: keys count that the old and the new root keys signed for, no others do."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.keys import PublicKey, SigningKey
from certificates.position import Position
from certificates.root import NamedKey, Root
from certificates.trust import Trust, TrustedKey, TrustedLog
from certificates.trust2 import signed_document
from station_agent.enrol import keep_trust
from station_agent.hub_keys import TRUST_FILE, hub_keys
from station_agent.observer.book import ROOT
from station_agent.station import Station
from station_agent.sync import SyncState, drain
from tests.station_agent.observer.log_hub import HOST, LogHub
from tests.station_agent.observer.test_observer import URL, codes, queued, synced

PAPER, OTHER_PAPER, HUB, NEXT_HUB = (
    SigningKey.from_seed(bytes([number]) * 32, demo=False) for number in (31, 32, 33, 34)
)
Make = Callable[..., Any]


def public(signer: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(signer.public_key().public_bytes_raw())


def root_of(hub: LogHub, version: int = 1, *, paper: SigningKey = PAPER, key: SigningKey = HUB) -> Root:
    """An unsigned version for a workshop of one administrator."""
    logs = tuple(dict.fromkeys(public(shard.signer) for shard in hub.shards))
    person, own = (NamedKey(paper.public, "Odile"),), (NamedKey(key.public, "Atelier"),)
    return Root(version, "atelier", 1, person, "Atelier", f"https://{HOST}", (key.public,), 1, own, logs)


def by(root: Root, *keys: SigningKey) -> Root:
    for key in keys:
        root = root.with_signature(key)
    return root


def trust_of(hub: LogHub, root: Root, signer: SigningKey = HUB) -> dict[str, Any]:
    keys = [TrustedKey(one, "hub", "Atelier") for one in root.hub_keys]
    logs = tuple(TrustedLog(one.name, one.key) for one in hub.shards)
    trust = Trust.of("Atelier", f"https://{HOST}", keys)
    told = replace(trust, logs=logs, profile="atelier", position=Position("2026", 0), root=root)
    return signed_document(told, signer)


def plain(key: SigningKey, *retired: SigningKey) -> dict[str, Any]:
    """The trust file of the first form."""
    former = [TrustedKey(one.public, "hub", "Atelier", "retired") for one in retired]
    return Trust.of("Atelier", f"https://{HOST}", [TrustedKey(key.public, "hub", "Atelier"), *former]).to_document()


@pytest.fixture
def log_hub() -> LogHub:
    hub = LogHub()
    hub.roots = [by(root_of(hub), PAPER)]
    hub.trust = trust_of(hub, hub.roots[0])
    return hub


@pytest.fixture
def bench(tmp_path: Path, open_bench_at: Make, log_hub: LogHub, state_runs: Make) -> Station:
    """A bench that was enrolled, has followed the hub and knows its first root file."""
    station: Station = open_bench_at(tmp_path / "state", transport=log_hub.transport())
    station.store.note("hub-url", URL)
    keep_trust(station.store.folder, plain(HUB))
    synced(station, log_hub, state_runs)
    assert version(station) == 1
    return station


def version(station: Station) -> int:
    root = station.observer().root
    return root.version if root else 0


def next_log_key(hub: LogHub) -> Ed25519PrivateKey:
    """Close the log and go on under another key."""
    signer = Ed25519PrivateKey.generate()
    hub.roll("2026-2", signer=signer)
    return signer


def looked(station: Station, state_runs: Make) -> SyncState:
    state_runs(station, 1)
    return drain(station.sync()).state


def roots(hub: LogHub) -> list[Root]:
    assert hub.roots is not None
    return hub.roots


def test_a_new_key_of_the_log_counts_that_the_next_version_names(
    bench: Station, log_hub: LogHub, state_runs: Make
) -> None:
    next_log_key(log_hub)
    roots(log_hub).append(by(root_of(log_hub, 2), PAPER))
    assert looked(bench, state_runs) is SyncState.IDLE
    assert (codes(bench), version(bench), queued(bench)) == ([], 2, 0)


def test_several_versions_count_one_after_the_other(bench: Station, log_hub: LogHub, state_runs: Make) -> None:
    next_log_key(log_hub)
    second = by(root_of(log_hub, 2, paper=OTHER_PAPER), PAPER, OTHER_PAPER)
    roots(log_hub).extend([second, by(root_of(log_hub, 3, paper=OTHER_PAPER), OTHER_PAPER)])
    assert looked(bench, state_runs) is SyncState.IDLE
    assert (codes(bench), version(bench)) == ([], 3)


@pytest.mark.parametrize("case", ["new keys only", "old keys only", "nobody", "skipped", "lower", "none", "another"])
def test_a_root_file_that_does_not_follow_is_an_alarm(
    bench: Station, log_hub: LogHub, state_runs: Make, case: str
) -> None:
    next_log_key(log_hub)
    first, exchanged = roots(log_hub)[0], root_of(log_hub, 2, paper=OTHER_PAPER)
    if case in ("lower", "another"):
        log_hub.roll("2026-3")
        roots(log_hub).append(by(root_of(log_hub, 2), PAPER))
        assert looked(bench, state_runs) is SyncState.IDLE
    log_hub.roots = {
        "new keys only": [first, by(exchanged, OTHER_PAPER)],
        "old keys only": [first, by(exchanged, PAPER)],
        "nobody": [first, root_of(log_hub, 2)],
        "skipped": [first, by(root_of(log_hub, 3), PAPER)],
        "lower": [first],
        "none": [],
        "another": [first, by(root_of(log_hub, 2, key=NEXT_HUB), PAPER)],
    }[case]
    known = version(bench)
    assert looked(bench, state_runs) is SyncState.ALARM
    assert (codes(bench), version(bench)) == (["root"], known)
    assert queued(bench) > 0, "nothing is sent, and nothing is lost"


@pytest.mark.parametrize("named", [False, True])
def test_a_key_that_no_root_file_names_or_that_was_given_up_is_an_alarm(
    bench: Station, log_hub: LogHub, state_runs: Make, *, named: bool
) -> None:
    first = log_hub.log.signer
    next_log_key(log_hub)
    if named:
        roots(log_hub).append(by(root_of(log_hub, 2), PAPER))
        assert looked(bench, state_runs) is SyncState.IDLE
        log_hub.roll("2026-3", signer=first)
    assert looked(bench, state_runs) is SyncState.ALARM
    assert codes(bench) == ["key"]


def test_the_name_of_another_host_is_no_name_of_this_log(bench: Station, log_hub: LogHub, state_runs: Make) -> None:
    next_log_key(log_hub)
    roots(log_hub).append(by(replace(root_of(log_hub, 2), hub_url="https://elsewhere.example.org"), PAPER))
    assert looked(bench, state_runs) is SyncState.ALARM
    assert codes(bench) == ["key"]


def test_a_root_file_that_a_stranger_put_into_the_first_trust_file_is_an_alarm(
    tmp_path: Path, open_bench_at: Make, log_hub: LogHub, state_runs: Make
) -> None:
    station: Station = open_bench_at(tmp_path / "other", transport=log_hub.transport())
    station.store.note("hub-url", URL)
    keep_trust(station.store.folder, plain(NEXT_HUB))
    assert looked(station, state_runs) is SyncState.ALARM
    assert (codes(station), version(station)) == (["root"], 0)


def test_a_first_root_file_that_does_not_know_the_log_is_an_alarm(
    tmp_path: Path, open_bench_at: Make, log_hub: LogHub, state_runs: Make
) -> None:
    kept, log_hub.roots = log_hub.roots, None
    station: Station = open_bench_at(tmp_path / "other", transport=log_hub.transport())
    station.store.note("hub-url", URL)
    keep_trust(station.store.folder, plain(HUB))
    synced(station, log_hub, state_runs)
    log_hub.roots = kept
    other = LogHub()
    log_hub.trust = trust_of(other, by(root_of(other), PAPER))
    assert looked(station, state_runs) is SyncState.ALARM
    assert codes(station) == ["root"]


def test_a_hub_of_an_older_version_says_nothing_of_roots_and_no_new_key_counts(
    bench: Station, log_hub: LogHub, state_runs: Make
) -> None:
    log_hub.roots = None
    assert looked(bench, state_runs) is SyncState.IDLE
    next_log_key(log_hub)
    assert looked(bench, state_runs) is SyncState.ALARM
    assert (codes(bench), version(bench)) == (["key"], 1)


def test_another_key_of_the_hub_is_kept_only_where_the_root_file_names_it(bench: Station, log_hub: LogHub) -> None:
    def kept() -> dict[str, Any]:
        found: dict[str, Any] = json.loads((bench.store.folder / TRUST_FILE).read_text("utf-8"))
        return found

    before = kept()
    log_hub.trust = plain(NEXT_HUB, HUB)
    (error,) = bench.refresh_from_hub()
    assert error.code == "hub-key-refused"
    assert kept() == before
    roots(log_hub).append(by(root_of(log_hub, 2, key=NEXT_HUB), PAPER))
    assert bench.refresh_from_hub() == ()
    assert hub_keys(kept(), active=True) == {NEXT_HUB.kid}
    log_hub.trust = plain(HUB)
    (error,) = bench.refresh_from_hub()
    assert error.code == "hub-key-refused", "a key that was given up comes back by no way"
    assert hub_keys(kept(), active=True) == {NEXT_HUB.kid}


def test_a_bench_that_is_asked_to_see_the_hub_anew_takes_its_root_file_anew(
    bench: Station, log_hub: LogHub, state_runs: Make
) -> None:
    log_hub.roots = [by(root_of(log_hub, 1, paper=OTHER_PAPER), OTHER_PAPER)]
    assert looked(bench, state_runs) is SyncState.ALARM
    assert bench.observer().resume(by="Odile", word="new paper", anew=True) == 1
    assert bench.store.noted(ROOT + URL) == ""
    log_hub.trust = trust_of(log_hub, roots(log_hub)[0])
    assert looked(bench, state_runs) is SyncState.IDLE
    assert version(bench) == 1


@pytest.mark.parametrize("broken", [{}, {"roots": []}, {"roots": "x"}, {"roots": [{"schema": "x"}]}])
def test_an_answer_that_is_broken_is_no_alarm(
    bench: Station, log_hub: LogHub, state_runs: Make, broken: dict[str, Any]
) -> None:
    roots(log_hub).append(by(root_of(log_hub, 2), PAPER))
    log_hub.shown_roots = broken
    assert looked(bench, state_runs) is SyncState.UNPROVED
    assert (codes(bench), version(bench)) == ([], 1)
