"""Random bytes that are the same each time: a plan that ended badly has to end so again when it is looked into."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from unittest import mock


@contextmanager
def drawn_from(chance: Random) -> Iterator[None]:
    """Take every random byte of engine and simulated drives from `chance`: keys of runs, of media, of passwords."""
    with mock.patch.object(os, "urandom", chance.randbytes):
        yield
