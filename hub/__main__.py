"""`etabli-hub`: run and look after a hub."""

from hub.commands.root import app


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
