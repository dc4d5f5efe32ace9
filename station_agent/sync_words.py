"""How the last attempt to reach the hub ended, in a few words for people; what to do then is said elsewhere."""

from typing import Final

from station_agent.language import Voice, mark, visible
from station_agent.sync import SyncState

SHORT: Final = {
    SyncState.IDLE: mark("nothing to send"),
    SyncState.SENT: mark("sent"),
    SyncState.PAUSED: mark("waiting before the next try"),
    SyncState.UNREACHABLE: mark("no usable answer"),
    SyncState.PENDING: mark("bench not accepted yet"),
    SyncState.UNENROLLED: mark("no hub is known here"),
    SyncState.BEHIND: mark("the hub has later reports of this bench"),
    SyncState.UNPROVED: mark("no proof from the hub's log yet"),
    SyncState.ALARM: mark("ALARM about the hub's log"),
}
COUNTED: Final = {
    "queued": mark("{n} queued"),
    "confirmed": mark("{n} confirmed"),
    "refused": mark("{n} refused"),
    "conflict": mark("{n} in conflict"),
}


def sync_words(voice: Voice, state: str) -> str:
    """Say the state of an attempt; one that this version does not know is shown as it came, without control codes."""
    return voice.say(SHORT[SyncState(state)]) if state in SHORT else visible(state)
