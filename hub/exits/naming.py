"""What a device that leaves is called: its letter with the policy that gave it, and the lawful word with what it lacks.

The gate of « reconditionné » is `diagnostics.grading.mention`; this room only tells it which drives sit in the device
on that day. Decides nothing of its own.
"""

from dataclasses import dataclass
from typing import Any

from diagnostics.grading import Mention, mention
from hub.exits.checks import Visitor
from hub.grades.policies import GRADE


@dataclass(frozen=True, slots=True)
class Named:
    """Letter ("" for none), policy with its version, lawful word, and what is missing for the better one."""

    letter: str
    policy: str
    word: str
    missing: list[dict[str, Any]]


def name(one: Visitor) -> Named:
    """What a device is called on its delivery note."""
    spoken = mention_of(one).to_document()
    return Named(*_letter(one), spoken["word"], spoken["missing"])


def mention_of(one: Visitor) -> Mention:
    """The lawful word of a device, by its newest diagnosis and the drives that sit in it now."""
    report = one.view.diagnostic.payload["report"] if one.view.diagnostic else {}
    return mention(report, one.inside.standings())


def _letter(one: Visitor) -> tuple[str, str]:
    view = one.view
    if view.override is not None:
        return view.override.letter, f"{view.override.policy} v{view.override.policy_version}"
    if view.diagnostic is None or view.letter in {"", "none"}:
        return "", ""
    if GRADE in view.assessed:
        policy = view.assessed[GRADE].use.policy
        return view.letter, f"{policy.name} v{policy.version}"
    return view.letter, f"{view.diagnostic.policy} v{view.diagnostic.policy_version}"
