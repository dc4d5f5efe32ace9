"""`etabli-station`, and `python -m station_agent`."""


def main() -> None:
    """Run the command line."""
    from station_agent.app import main as run

    run()


if __name__ == "__main__":
    main()
