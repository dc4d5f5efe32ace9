"""`etabli-hub`: run and look after a hub."""

import sys


def main() -> None:
    """Entry point of the console script."""
    from certificates.command_line.streams import (  # noqa: PLC0415  before anything else is read
        finish_speaking,
        lead_closed_streams_nowhere,
    )

    lead_closed_streams_nowhere()
    from hub.commands.root import main as run  # noqa: PLC0415  only where it is used

    try:
        sys.exit(run())
    finally:
        finish_speaking()


if __name__ == "__main__":
    main()
