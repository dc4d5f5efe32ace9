"""The licence under which this hub may be used, changed and passed on: GNU AGPL 3 or later, its whole text.

Section 13 of the licence: who uses the program over a network is told of it, and where its source is.
"""

from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

NAME = "AGPL-3.0-or-later"
CHECKOUT = Path(__file__).resolve().parents[1] / "LICENSE"


@cache
def licence_text() -> str:
    """The text as it was installed with the program, or as it stands in the checkout. Raises FileNotFoundError."""
    try:
        installed = distribution("etabli").read_text("licenses/LICENSE")
    except PackageNotFoundError:
        installed = None
    return installed or CHECKOUT.read_text(encoding="utf-8")
