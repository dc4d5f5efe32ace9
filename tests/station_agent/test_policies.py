"""Policies of a hub: signed by its key, judged at every use, never older than the one that is known."""

from pathlib import Path
from typing import Any

import pytest

from certificates.keys import SigningKey
from certificates.policy import sign_policy
from certificates.trust import Trust, TrustedKey
from erasure.errors import PolicyError
from erasure.policy import load_policies, load_policy
from station_agent.errors import UsageError
from station_agent.policies import add_policy, policy_digest, policy_named

TABLE: dict[str, Any] = {"version": 2, "methods": ["overwrite.zeros"], "verification": "full"}
HUB = SigningKey.generate(demo=True)


def signed(folder: Path, key: SigningKey = HUB, name: str = "atelier", **changes: Any) -> Path:
    path = folder / "signed.json"
    path.write_bytes(sign_policy(key, name, {**TABLE, **changes}).data)
    return path


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    trust(tmp_path)
    return tmp_path


def trust(folder: Path, **changes: Any) -> None:
    key = TrustedKey(**{"public": HUB.public, "role": "hub", "name": "H", "demo": True, **changes})
    (folder / "trust.json").write_bytes(Trust.of("H", "https://h.example", [key]).to_json())


def test_a_policy_of_the_hub_is_usable_by_its_name(bench: Path) -> None:
    added = add_policy(signed(bench), bench)
    assert policy_named("atelier", bench) == added
    assert (added.version, added.methods) == (2, ("overwrite.zeros",))


def test_the_same_policy_again_is_fine_and_a_higher_version_replaces_it(bench: Path) -> None:
    add_policy(signed(bench), bench)
    add_policy(signed(bench), bench)
    add_policy(signed(bench, version=3), bench)
    assert policy_named("atelier", bench).version == 3


@pytest.mark.parametrize("changes", [{"version": 1}, {"methods": ["overwrite.keystream"]}])
def test_a_lower_version_or_another_content_of_the_same_is_refused(bench: Path, changes: dict[str, Any]) -> None:
    add_policy(signed(bench), bench)
    with pytest.raises(UsageError, match="is refused"):
        add_policy(signed(bench, **changes), bench)
    assert policy_named("atelier", bench).methods == ("overwrite.zeros",)


@pytest.mark.parametrize("changes", [{"role": "station"}, {"status": "retired"}, {"status": "compromised"}])
def test_only_an_active_key_of_a_hub_makes_policies(bench: Path, changes: dict[str, str]) -> None:
    add_policy(signed(bench), bench)
    trust(bench, **changes)
    with pytest.raises(UsageError, match="no policy of your hub"):
        policy_named("atelier", bench)


def test_another_key_is_refused(bench: Path) -> None:
    with pytest.raises(UsageError, match="not in the trust file"):
        add_policy(signed(bench, SigningKey.generate(demo=True)), bench)


def test_a_changed_byte_makes_a_kept_policy_unusable(bench: Path) -> None:
    add_policy(signed(bench), bench)
    kept = bench / "policies" / "atelier.json"
    data = kept.read_bytes()
    kept.write_bytes(data.replace(b'"sig":"', b'"sig":"A', 1))
    with pytest.raises(UsageError):
        policy_named("atelier", bench)


@pytest.mark.parametrize("name", ["zeros", "../up", "Big", ""])
def test_a_name_that_ships_or_leaves_the_folder_is_refused(bench: Path, name: str) -> None:
    with pytest.raises(UsageError):
        add_policy(signed(bench, name=name), bench)


def test_a_policy_that_is_malformed_is_refused_although_it_is_signed(bench: Path) -> None:
    with pytest.raises(UsageError, match="needs a list of methods"):
        add_policy(signed(bench, methods=[]), bench)


def test_a_signed_opt_in_that_is_no_name_is_refused_in_words(bench: Path) -> None:
    with pytest.raises(UsageError, match="opt_in lists methods"):
        add_policy(signed(bench, opt_in=[["overwrite.zeros"]]), bench)


def test_what_is_kept_is_what_was_judged_and_a_file_without_end_is_not_read_to_its_end(bench: Path) -> None:
    with pytest.raises(UsageError, match="at most 98304"):
        add_policy(Path("/dev/zero"), bench)
    with pytest.raises(UsageError, match="directory"):
        add_policy(bench, bench)


def test_a_bench_without_a_hub_takes_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="enrol it first"):
        add_policy(signed(tmp_path), tmp_path)


def test_an_unknown_name_is_answered_with_those_that_ship(bench: Path) -> None:
    with pytest.raises(PolicyError, match="purge-preferred"):
        policy_named("none-such", bench)


def test_two_policies_of_other_content_have_other_digests() -> None:
    digests = {policy_digest(policy) for policy in load_policies().values()}
    assert len(digests) == len(load_policies())
    assert policy_digest(load_policy("zeros")) in digests
