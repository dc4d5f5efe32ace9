"""Pytest plugin: no thread of a hub outlives the test whose hub it is.

The thread that stores and reads statements works on when the request is answered. It is waited for before the test's
folder and database go; a look at the ledger that failed fails the test, for nobody else would hear of it: five seconds
later it would look again, at a database that is gone, and complain into the output of another test.
"""

import threading
from typing import Final

import pytest

from hub.ledger.gathering import AGAIN, WORKER

PATIENCE_S: Final = 30.0


def left_of_hubs(patience_s: float = PATIENCE_S) -> list[str]:
    """Wait until the hubs of this process are quiet and say what was wrong with them; they look no more by themselves.

    At most so many seconds for each thread.
    """
    wrong = []
    for thread in threading.enumerate():
        if thread.name == WORKER:
            thread.join(patience_s)
            if thread.is_alive():
                wrong.append(f"a hub was still at work after {patience_s:g} s")
    for thread in threading.enumerate():
        if thread.name == AGAIN and isinstance(thread, threading.Timer):
            thread.cancel()
            wrong.append("a hub could not read its ledger, and the test did not see it")
    return wrong


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Wait before the first fixture of the test ends."""
    if wrong := left_of_hubs():
        pytest.fail(f"{item.nodeid}: {'; '.join(wrong)}", pytrace=False)
