"""What a person should know although work goes on, said where every command says it: on standard error."""

from station_agent.commands.call import Call
from station_agent.errors import ChainLocked
from station_agent.language import complain
from station_agent.station import Station


def tell_trouble(call: Call, station: Station) -> None:
    """Say that the second copy cannot be kept, and that this key signs no more, where that is so."""
    if (trouble := station.trouble) is not None:
        complain(call.voice.say(trouble.sentence, **trouble.facts))
    try:
        station.chain.require_unlocked()
    except ChainLocked as locked:
        complain(call.voice.say(locked.sentence, **locked.facts))
