"""Log lines: one JSON object each, control bytes escaped, no local variables of a traceback (they hold secrets)."""

import sys
from contextlib import suppress

import structlog


class Lines:
    """Writes lines to standard error: what a command prints stays its answer, as JSON too.

    A line that cannot be written (full disk, closed terminal) costs nobody's work.
    """

    def write(self, line: str) -> None:
        """Write one, or leave it out."""
        with suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)

    debug = info = warning = error = critical = write


def configure() -> None:
    """Set up structlog for this process; calling it again changes nothing."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=Lines,
        cache_logger_on_first_use=False,
    )
