"""What nwipe's words for an outcome mean, whichever of its reports they stand in."""

import re

from hub.imported.reported import Outcome, Why

ERASED = "erased"
BAD = ("fail", "abort", "insan", "error", "not erased")
PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d+)?) ?%")
ROUNDS = re.compile(r"(\d{1,6}) ?/ ?(\d{1,6})")
ERRORS = re.compile(r"\d{1,20}(?: ?/ ?\d{1,20}){0,2}")
WHOLE = 100.0


def outcome_of(status: str, *, bytes_erased: str, errors: str, rounds: str, hidden: bool) -> tuple[Outcome, Why]:
    """The outcome of a status with the figures beside it; a figure that is missing is not taken for a good one."""
    word = status.strip().strip("!|- ").lower()
    if any(bad in word for bad in BAD):
        return Outcome.FAILED, Why.STATE
    if word != ERASED:
        return Outcome.UNKNOWN, Why.STATE
    if not ERRORS.fullmatch(errors) or not ROUNDS.fullmatch(rounds):
        return Outcome.UNKNOWN, Why.UNTOLD
    if set(re.split(r" ?/ ?", errors)) != {"0"}:
        return Outcome.FAILED, Why.ERRORS
    return _complete(bytes_erased, rounds, hidden=hidden)


def _complete(bytes_erased: str, rounds: str, *, hidden: bool) -> tuple[Outcome, Why]:
    percent, done = PERCENT.search(bytes_erased), ROUNDS.fullmatch(rounds)
    if percent is None or done is None:
        return Outcome.UNKNOWN, Why.UNTOLD
    if float(percent[1].replace(",", ".")) < WHOLE or int(done[1]) < max(1, int(done[2])):
        return Outcome.FAILED, Why.INCOMPLETE
    return (Outcome.EXCEPTIONS, Why.HIDDEN) if hidden else (Outcome.SUCCESS, Why.NONE)
