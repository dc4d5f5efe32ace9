"""What commands do beside the daemon, which alone holds the state: state a diagnosis, introduce the bench to a hub.

The command reads the machine or talks to the person; here only the durable part is done. No erasure can be stated this
way: the kind of the statement is not the caller's to choose.
"""

from typing import TYPE_CHECKING, Any

from certificates.errors import SchemaError
from station_agent.control.view import DiagnosisOrder, EnrolmentTold, EnrolOrder, StatedDiagnosis
from station_agent.diagnose import KIND, NOT_STATABLE, state_members
from station_agent.enrol import enrol
from station_agent.errors import UnstatableError, UsageError
from station_agent.hub_link import hub_url
from station_agent.language import mark

if TYPE_CHECKING:
    from station_agent.daemon.foreman import Foreman

OTHER_KIND = mark("The daemon works with another kind of bench: simulated and real drives never share one state.")


def state_diagnosis(foreman: "Foreman", order: DiagnosisOrder) -> StatedDiagnosis:
    """Sign and queue a diagnosis, or only try whether it could be. Raises `StationError`, signing errors."""
    station = foreman.means.station
    if bool(order.facts.get("simulated")) != foreman.means.bench.simulated:
        raise UsageError(OTHER_KIND)
    if not order.keep:
        try:
            station.chain.rehearse(KIND, order.facts)
        except SchemaError as error:
            raise UnstatableError(NOT_STATABLE, detail=error) from error
        return StatedDiagnosis()
    signed = state_members(station, order.facts)
    foreman.nudge()
    return StatedDiagnosis(statement=signed.id, kid=signed.kid, seq=signed.seq)


def introduce(foreman: "Foreman", order: EnrolOrder) -> EnrolmentTold:
    """Introduce the bench to a hub by the key that it has, and send there from now on. Raises `StationError`."""
    station, url = foreman.means.station, hub_url(order.hub, allow_http=order.allow_http)
    name = order.name or station.chain.name
    done = enrol(station.store, station.link_to(url), station.key, url=url, token=order.token, name=name)
    station.look_at_log(url)
    foreman.relink()
    hub: dict[str, Any] = done.hub
    return EnrolmentTold(station=done.station, kid=done.kid, state=done.state, hub=hub)
