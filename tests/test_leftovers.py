"""What a hub still does when a test has its answer is waited for, and what failed there is not lost."""

import threading

from hub.ledger.gathering import AGAIN, WORKER, later
from tests.leftovers import left_of_hubs


def test_a_worker_is_waited_for() -> None:
    end, ended = threading.Event(), threading.Event()

    def work() -> None:
        end.wait(10)
        ended.set()

    threading.Thread(target=work, name=WORKER, daemon=True).start()
    assert left_of_hubs(0.01) == ["a hub was still at work after 0.01 s"]
    end.set()
    assert left_of_hubs() == []
    assert ended.is_set()


def test_a_look_that_failed_is_told_and_not_repeated() -> None:
    looked = threading.Event()
    later(0.2, looked.set)
    assert left_of_hubs() == ["a hub could not read its ledger, and the test did not see it"]
    assert not looked.wait(0.4)
    assert not any(thread.name == AGAIN and not thread.finished.is_set() for thread in _timers())


def _timers() -> list[threading.Timer]:
    return [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
