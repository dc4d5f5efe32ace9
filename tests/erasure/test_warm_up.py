"""The fork server is started early where it can be, and that it cannot is no reason to end."""

import signal
from multiprocessing import forkserver

import pytest

from erasure.supervisor import warm_up

pytestmark = pytest.mark.world


def test_a_system_that_gives_no_process_yet_is_no_reason_to_end_before_the_first_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def none_left() -> None:
        tried.append(True)
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(forkserver, "ensure_running", none_left)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    warm_up()
    assert tried == [True]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
