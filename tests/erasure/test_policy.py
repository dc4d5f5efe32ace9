"""Policies are data, and a malformed one is never half understood."""

import pytest

from erasure.errors import PolicyError
from erasure.methods import method_named
from erasure.outcome import Level
from erasure.policy import Policy, load_policy, parse_policies, policy_names


def test_the_policies_that_ship_with_the_library() -> None:
    assert policy_names() == ("purge-preferred", "purge-required", "clear-is-enough", "overwrite", "zeros", "sample")
    assert load_policy("overwrite") == Policy("overwrite", 1, ("overwrite.keystream",), "full", 0)
    assert load_policy("zeros") == Policy("zeros", 1, ("overwrite.zeros",), "full", 0)
    assert load_policy("sample") == Policy("sample", 1, ("overwrite.keystream",), "sample", 46050)


def test_a_policy_names_only_methods_that_exist_and_never_one_that_earns_nothing() -> None:
    for name in policy_names():
        assert all(method_named(method).level is not Level.NONE for method in load_policy(name).methods)


def test_purge_is_preferred_and_a_password_needs_a_persons_leave() -> None:
    policy = load_policy("purge-preferred")
    levels = [method_named(method).level for method in policy.methods]
    assert levels == sorted(levels, reverse=True)  # every Purge before the first Clear
    assert (policy.require, policy.opt_in, policy.crypto_first) == (Level.CLEAR, ("ata.security.enhanced",), True)


def test_purge_required_names_nothing_less() -> None:
    policy = load_policy("purge-required")
    assert {method_named(method).level for method in policy.methods} == {Level.PURGE}
    assert policy.require is Level.PURGE


def test_a_policy_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(PolicyError, match="there are: purge-preferred, purge-required"):
        load_policy("gutmann")


GOOD = {"version": "1", "methods": '["overwrite.zeros"]', "verification": '"full"'}


def policy_text(**changes: str) -> str:
    members = {**GOOD, **changes}
    return "[site]\n" + "".join(f"{name} = {value}\n" for name, value in members.items() if value)


def test_a_whole_policy_is_read() -> None:
    text = policy_text(verification='"sample"', sample_sectors="459")
    assert parse_policies(text) == {"site": Policy("site", 1, ("overwrite.zeros",), "sample", 459)}


@pytest.mark.parametrize(
    "changes",
    [
        {"version": ""},
        {"require": '"NONE"'},
        {"opt_in": '["overwrite.keystream"]'},
        {"opt_in": '"overwrite.zeros"'},
        {"crypto_first": "1"},
        {"version": "0"},
        {"version": "true"},
        {"version": '"1"'},
        {"methods": ""},
        {"methods": "[]"},
        {"methods": "[1]"},
        {"methods": '"overwrite.zeros"'},
        {"verification": ""},
        {"verification": '"none"'},
        {"verification": '"sample"'},
        {"verification": '"sample"', "sample_sectors": "0"},
        {"verification": '"sample"', "sample_sectors": "true"},
        {"sample_sectors": "100"},
        {"passes": "35"},
        {"version": "1", "methods": "[", "verification": ""},
    ],
)
def test_a_malformed_policy_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(PolicyError):
        parse_policies(policy_text(**changes))


def test_a_policy_that_is_no_table_is_refused() -> None:
    with pytest.raises(PolicyError, match="unknown members"):
        parse_policies("site = 1\n")
