"""`etabli-hub`: run and look after a hub."""

import sys


def main() -> None:
    """Entry point of the console script."""
    from hub.commands.root import main as run  # noqa: PLC0415  only where it is used

    sys.exit(run())


if __name__ == "__main__":
    main()
