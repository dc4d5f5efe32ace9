"""Policies of a hub: signed by its key, judged at every use, never older than the one that is known."""

import re
from pathlib import Path
from typing import Any

import pytest

from certificates.keys import SigningKey
from certificates.policy import sign_policy
from certificates.trust import Trust, TrustedKey
from erasure.errors import PolicyError
from erasure.policy import MEMBERS, load_policies, load_policy
from station_agent.errors import UsageError
from station_agent.policies import add_policy, policy_digest, policy_named

TABLE: dict[str, Any] = {"version": 2, "methods": ["overwrite.zeros"], "verification": "full"}
HUB = SigningKey.generate(demo=True)
EXAMPLE = Path(__file__).resolve().parents[2] / "hub" / "examples" / "policy.toml"


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


def test_a_bench_without_a_hub_says_which_file_is_missing_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        add_policy(signed(tmp_path), tmp_path)
    assert str(tmp_path / "trust.json") in str(refused.value)
    assert "etabli-station enrol --hub URL --token T" in str(refused.value)
    assert "Errno" not in str(refused.value)


def test_a_trust_file_that_cannot_be_used_is_named(bench: Path) -> None:
    (bench / "trust.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"trust\.json, cannot be used: .*etabli-station sync"):
        add_policy(signed(bench), bench)
    (bench / "trust.json").unlink()
    (bench / "trust.json").mkdir()
    with pytest.raises(UsageError, match="cannot be used: Is a directory"):
        add_policy(signed(bench), bench)


def test_the_example_of_the_documents_is_signed_by_a_hub_and_taken_by_a_bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from hub.commands.root import main
    from hub.identity import load_identity

    for name in ("ETABLI_DATABASE_URL", "ETABLI_DEMO", "ETABLI_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    call = ["--data", str(tmp_path / "hub"), "--lang", "en"]
    assert main([*call, "init", "--issuer", "Atelier", "--demo"]) == 0
    target = tmp_path / "policy.signed.json"
    assert main([*call, "policy", "sign", str(EXAMPLE), str(target)]) == 0
    assert f"policy atelier-purge signed: {target}" in capsys.readouterr().out
    assert main([*call, "policy", "sign", str(EXAMPLE), str(target)]) == 1
    trust(tmp_path, public=load_identity(tmp_path / "hub").key.public)
    added = add_policy(target, tmp_path)
    assert (added.name, str(added.require), added.opt_in) == ("atelier-purge", "PURGE", ("ata.security.enhanced",))
    assert policy_named("atelier-purge", tmp_path) == added


def test_every_member_of_a_policy_stands_in_the_document() -> None:
    text = (EXAMPLE.parents[1] / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Policy files\n")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert documented == MEMBERS


def test_an_unknown_name_is_answered_with_those_that_ship(bench: Path) -> None:
    with pytest.raises(PolicyError, match="purge-preferred"):
        policy_named("none-such", bench)


def test_two_policies_of_other_content_have_other_digests() -> None:
    digests = {policy_digest(policy) for policy in load_policies().values()}
    assert len(digests) == len(load_policies())
    assert policy_digest(load_policy("zeros")) in digests
