"""The operator of a run that nobody started by hand: who approved it beforehand, and by which rule of the hub.

One text in one form, because it is signed into statements: the bench writes it, and the hub reads from it who must not
approve the same run (two-person rule). The person is named by the pseudonym, as everywhere in a station's statements.
"""

import re
from typing import Final

FORM: Final = re.compile(r"pre-approved by (?P<person>\S(?:.*\S)?), rule (?P<rule>[1-9][0-9]{0,17})", re.ASCII)


def pre_approved_operator(person: str, rule: int) -> str:
    """Give the operator of a run that started by itself: the pseudonym of who approved it, and the rule."""
    return f"pre-approved by {person}, rule {rule}"


def approval_in(operator: str) -> tuple[str, int] | None:
    """Read the pseudonym and the rule from an operator; None where a person at the bench is named."""
    found = FORM.fullmatch(operator)
    return (found["person"], int(found["rule"])) if found else None
