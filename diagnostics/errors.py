"""Errors of the diagnostics library.

    DiagnosticsError
    |- UnreadableReport      a health document was not written by smartctl
    |- ToolError             a program could not be run
    |  `- NotResponding      it did not end in time; the drive behind it may be dying
    |- SelfTestRefused       a self-test may not run on this drive now
    |- PolicyError           a policy or a checklist is malformed or unknown
    |- CheckRefused          a result of a guided check, or a declared lock, breaks the rules
    `- DischargeRefused      a battery cannot be measured as it is now: `code` says why

Each has a stable `code`; the words for people are in `diagnostics.wording`.
"""


class DiagnosticsError(Exception):
    """Root of the tree."""

    code = "diagnostics"


class UnreadableReport(DiagnosticsError):
    """A health document was not written by smartctl."""

    code = "unreadable-report"


class ToolError(DiagnosticsError):
    """A program could not be run."""

    code = "tool"


class NotResponding(ToolError):
    """A program did not end in time."""

    code = "not-responding"


class SelfTestRefused(DiagnosticsError):
    """A self-test may not run on this drive now."""

    code = "self-test-refused"


class PolicyError(DiagnosticsError):
    """A policy or a checklist is malformed or unknown."""

    code = "policy"


class CheckRefused(DiagnosticsError):
    """A result of a guided check breaks a rule."""

    code = "check-refused"


class PhotoRefused(DiagnosticsError):
    """A file cannot be kept as a photo."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep the code (photo.too-large, photo.no-jpeg, photo.broken) and what was seen."""
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class DischargeRefused(DiagnosticsError):
    """A battery cannot be measured as it is now."""

    def __init__(self, code: str, battery: str) -> None:
        """Keep the code, whose words are in `wording.DISCHARGE_REFUSALS`, and the name of the battery."""
        super().__init__(f"{battery}: {code}")
        self.code = code
        self.battery = battery
