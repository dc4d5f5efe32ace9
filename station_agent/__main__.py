"""`etabli-station`, and `python -m station_agent`."""


def main() -> None:
    """Run the command line."""
    from station_agent.app import main as run  # noqa: PLC0415  heavy, only where it is used

    run()


if __name__ == "__main__":
    main()
