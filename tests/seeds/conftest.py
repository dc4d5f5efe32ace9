"""Fixtures of the rows of the seeds: a whole workshop with its pages, and a browser for each role."""

from tests.hub.conftest import quick_passwords
from tests.hub.pages.conftest import signed_in, token_of, visitor, worked, workshop

__all__ = ["quick_passwords", "signed_in", "token_of", "visitor", "worked", "workshop"]
