"""What a drive is asked when it comes, or when a person plans it: under which policy, with which runs in mind."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from erasure.errors import PolicyError
from station_agent.asked import asked_for
from station_agent.assigned import Assignments
from station_agent.auto_start import rules_for
from station_agent.daemon.drives import Seen
from station_agent.daemon.reading import Question
from station_agent.errors import UsageError
from station_agent.policies import policy_named
from station_agent.reconcile import open_run_of

if TYPE_CHECKING:
    from station_agent.daemon.foreman import Foreman

DEFAULT_POLICY: Final = "purge-preferred"


def question_about(
    foreman: "Foreman",
    seen: Seen,
    *,
    policy: str,
    method: str = "",
    allow: Iterable[str] = (),
    label_read: Iterable[str] = (),
) -> Question:
    """Make the question. Raises `StationError`.

    Empty `policy` is that of its open run, of the rule by which it may start, of its lot, or the default.
    """
    means, folder = foreman.means, foreman.means.station.store.folder
    open_runs = foreman.open_runs()
    run = open_run_of(seen.device, open_runs)
    own = "" if run is None else run.context.policy
    asked = asked_for(method or None, list(allow), "", open_runs, foreman.closed_runs(), label_read=list(label_read))
    if policy:
        return Question(seen.key, seen.device, policy_named(policy, folder), asked)
    for name in filter(None, (own, policy_of_rule(foreman, seen), means.policy_for(seen.lot))):
        try:
            return Question(seen.key, seen.device, policy_named(name, folder), asked)
        except (UsageError, PolicyError):
            continue
    return Question(seen.key, seen.device, policy_named(DEFAULT_POLICY, folder), asked)


def policy_of_rule(foreman: "Foreman", seen: Seen) -> str:
    """Give the policy of the one rule by which a drive may start by itself; "" for none, or in another lot."""
    assigned = foreman.means.assigned()
    rules = rules_for(seen.serial, assigned) if isinstance(assigned, Assignments) else ()
    return rules[0].policy if len(rules) == 1 and seen.lot in ("", rules[0].lot) else ""
