"""What a person should know although work goes on, said where every command says it: on standard error."""

from station_agent.commands.call import Call
from station_agent.errors import ChainLocked
from station_agent.language import complain
from station_agent.station import Station


def tell_trouble(call: Call, station: Station) -> None:
    """Say what is wrong with the hub's log, with the second copy and with the key of this bench, where that is so."""
    for trouble in station.troubles:
        complain(call.voice.say(trouble.sentence, **trouble.facts))
    try:
        station.chain.require_unlocked()
    except ChainLocked as locked:
        complain(call.voice.say(locked.sentence, **locked.facts))
