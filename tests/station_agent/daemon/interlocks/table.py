"""The 40 scenarios."""

from tests.station_agent.daemon.interlocks.in_use import IN_USE
from tests.station_agent.daemon.interlocks.states import STATES
from tests.station_agent.daemon.interlocks.who_is_it import WHO_IS_IT

SCENARIOS = (*IN_USE, *WHO_IS_IT, *STATES)
