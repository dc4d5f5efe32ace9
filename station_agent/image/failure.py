"""Why an image cannot be built."""

from station_agent.errors import StationError


class ImageError(StationError):
    """The image cannot be built here: something is missing, or a program of the host complains."""

    code = "image"
