"""Why a stick cannot be used."""

from station_agent.errors import StationError


class StickError(StationError):
    """The stick cannot keep records, or a stick cannot be written."""

    code = "stick"
