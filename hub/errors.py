"""What the hub says when it refuses. Each error has a stable code, an HTTP status and a sentence for the person.

HubError
+-- NotFound            404  it is not there, or not in your scope (the two are not told apart)
+-- Forbidden           403  your role may not do this
+-- NotSignedIn         401  sign in first
+-- BadCredentials      401  wrong address or password
+-- Throttled           429  too many attempts; `retry_after` seconds
+-- CrossSite           403  the request came from another site, or its form token is wrong
+-- BadInput            422  what was sent cannot be used
+-- Conflict            409  it was already done, or somebody else was faster
|   +-- AlreadyDecided  409  the decision exists
+-- StationRefused      401  the station or its request is not accepted
+-- TooLarge            413
+-- WrongType           415
"""

from typing import ClassVar


class HubError(Exception):
    """Root of what the hub refuses; `str(error)` is the sentence for the person."""

    status: ClassVar[int] = 400
    code: str = "error"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotFound(HubError):
    """Not there, or outside the person's scope."""

    status = 404
    code = "not-found"


class Forbidden(HubError):
    """The role may not do this."""

    status = 403
    code = "forbidden"


class NotSignedIn(HubError):
    """No valid session."""

    status = 401
    code = "not-signed-in"


class BadCredentials(HubError):
    """Wrong address or password; which of the two is not told."""

    status = 401
    code = "bad-credentials"


class Throttled(HubError):
    """Too many failed attempts."""

    status = 429
    code = "throttled"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CrossSite(HubError):
    """A form sent from elsewhere, or without its token."""

    status = 403
    code = "cross-site"


class BadInput(HubError):
    """What was sent cannot be used."""

    status = 422
    code = "bad-input"


class Conflict(HubError):
    """It contradicts what is already there."""

    status = 409
    code = "conflict"


class AlreadyDecided(Conflict):
    """Somebody decided before."""

    code = "already-decided"


class StationRefused(HubError):
    """A station request without a valid signature, nonce or acceptance."""

    status = 401
    code = "station-refused"


class TooLarge(HubError):
    """More bytes than this address takes."""

    status = 413
    code = "too-large"


class WrongType(HubError):
    """Another content type than this address takes."""

    status = 415
    code = "wrong-type"
