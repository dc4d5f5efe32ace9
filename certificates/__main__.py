"""`etabli-verify`: see `certificates.cli`."""

import sys

from certificates.command_line.streams import finish_speaking, lead_closed_streams_nowhere


def main() -> None:
    """Entry point of the console script."""
    lead_closed_streams_nowhere()
    from certificates.cli import main as run  # noqa: PLC0415  after its streams

    try:
        sys.exit(run())
    finally:
        finish_speaking()


if __name__ == "__main__":
    main()
