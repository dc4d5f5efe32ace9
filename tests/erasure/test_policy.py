"""Policies are data, and a malformed one is never half understood."""

import pytest

from erasure.errors import PolicyError
from erasure.policy import Policy, load_policy, parse_policies, policy_names


def test_the_policies_that_ship_with_the_library() -> None:
    assert policy_names() == ("default", "zeros", "sample")
    assert load_policy("default") == Policy("default", 1, ("overwrite.keystream",), "full", 0)
    assert load_policy("zeros") == Policy("zeros", 1, ("overwrite.zeros",), "full", 0)
    assert load_policy("sample") == Policy("sample", 1, ("overwrite.keystream",), "sample", 46050)


def test_a_policy_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(PolicyError, match="no policy 'gutmann'; there are: default, zeros, sample"):
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
