"""What the daemon does, as JSON lines on standard error: for the journal, never for proof, never with a secret.

Only named facts are written: no order as it came, no PSID, no PIN, no password, no key.
"""

import sys
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog

from station_agent.clock import Clock

Log = Callable[..., None]


def no_log(_event: str, **_facts: object) -> None:
    """Write nothing."""


def json_log(clock: Clock, stream: TextIO | None = None) -> Log:
    """Give a log that writes one JSON object a line; a stream that is gone is no reason to stop."""

    def stamp(_logger: Any, _name: str, facts: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"at": clock.moment().wall, **facts}

    log = structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr if stream is None else stream),
        processors=[stamp, structlog.processors.JSONRenderer(ensure_ascii=True)],
    )

    def write(event: str, **facts: object) -> None:
        try:
            log.info(event, **facts)
        except (OSError, ValueError):
            return

    return write
