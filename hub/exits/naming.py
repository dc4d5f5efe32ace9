"""What a device that leaves is called: its letter with the policy that gave it, and the lawful word with what it lacks.

The gate of « reconditionné » is `diagnostics.grading.mention`; this room only tells it which drives sit in the device
on that day. Decides nothing of its own.
"""

from dataclasses import dataclass
from typing import Any

from diagnostics.grading import Mention, mention
from hub.exits.checks import Visitor
from hub.grades.policies import GRADE
from hub.inspection.checking import newest


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
    return Named(*letter_of(one), spoken["word"], spoken["missing"])


def mention_of(one: Visitor) -> Mention:
    """The lawful word of a device, by its newest diagnosis and the drives that sit in it now."""
    report = one.view.diagnostic.payload["report"] if one.view.diagnostic else {}
    return mention(report, one.inside.standings())


def letter_of(one: Visitor) -> tuple[str, str]:
    """The letter of a device and the policy that gave it; of one that no bench reads, by the checks by hand."""
    view = one.view
    if view.override is not None:
        return view.override.letter, f"{view.override.policy} v{view.override.policy_version}"
    if view.diagnostic is None:
        by_hand = newest(one.session, view.device.id)
        return (by_hand.letter, by_hand.policy) if by_hand is not None and by_hand.letter else ("", "")
    if view.letter in {"", "none"}:
        return "", ""
    if GRADE in view.assessed:
        policy = view.assessed[GRADE].use.policy
        return view.letter, f"{policy.name} v{policy.version}"
    return view.letter, f"{view.diagnostic.policy} v{view.diagnostic.policy_version}"
