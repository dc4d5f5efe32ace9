"""`etabli-station`, and `python -m station_agent`."""


def main() -> None:
    """Run the command line."""
    from certificates.command_line.streams import (  # noqa: PLC0415  before anything else is read
        finish_speaking,
        lead_closed_streams_nowhere,
    )

    lead_closed_streams_nowhere()
    from station_agent.app import main as run  # noqa: PLC0415  heavy, only where it is used

    try:
        run()
    finally:
        finish_speaking()


if __name__ == "__main__":
    main()
