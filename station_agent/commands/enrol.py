"""`etabli-station enrol --hub URL --token T`: introduce this bench to a hub."""

import os
from typing import TYPE_CHECKING, Annotated

from certificates.command_line import Option
from certificates.keys import SigningKey
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.commands.sync import hub_words
from station_agent.commands.through_daemon import through_daemon
from station_agent.enrol import Enrolled
from station_agent.enrol import enrol as introduce
from station_agent.errors import StoreBusy, UsageError
from station_agent.hub_link import hub_url
from station_agent.language import mark
from station_agent.outbox import OutboxState
from station_agent.own_keys import replace_key
from station_agent.sealed_key import Tpm, tpm_of
from station_agent.signing import fingerprint
from station_agent.station import Station

if TYPE_CHECKING:
    from station_agent.control.client import BenchClient

Hub = Annotated[str, Option("--hub", metavar="URL", help=mark("Address of the hub."))]
Token = Annotated[str, Option("--token", metavar="T", help=mark("One-off token that a lead made on the hub."))]
Name = Annotated[str, Option("--name", metavar="NAME", help=mark("Name of this bench, for people."))]
Demo = Annotated[bool, Option("--demo", help=mark("Make a demo key: it signs simulated drives only."))]
NewKey = Annotated[
    bool,
    Option(
        "--new-key",
        help=mark(
            "Give this bench a new key: its stick was copied, or the hub locked it. What waits is still delivered."
        ),
    ),
]
OnlyHere = Annotated[
    bool,
    Option(
        "--tpm",
        help=mark("Seal the key to the TPM of this machine: a copy of the stick then signs nothing on another one."),
    ),
]
AllowHttp = Annotated[
    bool, Option("--allow-http", help=mark("Accept an unprotected connection on a network that you trust."))
]
STOP_FIRST = mark(
    "The daemon of this bench works with the key. For a new key stop it (systemctl stop etabli-station), enrol, and "
    "start it again."
)
SEALED = mark(
    "The key is sealed to the TPM of this machine: this stick works here only. Without this machine, enrol a new bench."
)
STILL = mark("Statements of the old key that are still delivered with it: {n}")


KEEPS_ITS_KEY = mark(
    "The key of this bench lies on its stick already. For one that only the TPM of this machine opens, give the bench "
    "a new key: --new-key --tpm."
)


def introduce_anew(station: Station, url: str, token: str, name: str, tpm: Tpm | None = None) -> Enrolled:
    """Enrol a new key and put it in force; the old one is kept for what it signed. Raises `EnrolmentError`, `NoTpm`.

    What the TPM cannot seal is not shown to the hub.
    """
    key = SigningKey.generate(demo=station.key.demo)
    text = key.text if tpm is None else tpm.seal(key)
    mine, earlier = f"hub-url:{station.key.kid}", station.hub_url
    station.store.note(mine, earlier)  # where the old key belongs, should the new one not come into force
    done = introduce(
        station.store, station.link_to(url, key), key, url=url, token=token, name=name or station.chain.name
    )
    station.store.note(mine, earlier or url)
    replace_key(station.store.folder, station.key, text)
    return done


def _introduced(station: Station, url: str, token: str, name: str, *, new_key: bool, tpm: bool) -> Enrolled:
    if tpm and not new_key and (station.chain.head().seq or station.hub_url):
        raise UsageError(KEEPS_ITS_KEY)
    if new_key or tpm:
        return introduce_anew(station, url, token, name, tpm_of(os.environ) if tpm else None)
    link, name = station.link_to(url), name or station.chain.name
    return introduce(station.store, link, station.key, url=url, token=token, name=name)


def _by_the_daemon(client: "BenchClient", url: str, token: str, name: str, *, allow_http: bool) -> Enrolled:
    from station_agent.control.view import EnrolOrder  # noqa: PLC0415  heavy

    told = client.enrol(EnrolOrder(hub=url, token=token, name=name, allow_http=allow_http))
    return Enrolled(told.station, told.kid, told.state, told.hub)


def enrol(
    *,
    hub: Hub,
    token: Token,
    name: Name = "",
    demo: Demo = False,
    new_key: NewKey = False,
    tpm: OnlyHere = False,
    allow_http: AllowHttp = False,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Introduce this bench to a hub; a person there must accept it by its fingerprint."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    demo = demo or bench_file is not None
    url = hub_url(hub, allow_http=allow_http)
    try:
        with call.station(simulated=demo) as station:
            done = _introduced(station, url, token, name, new_key=new_key, tpm=tpm)
            station.look_at_log(url)
            waiting = station.outbox.counts()[OutboxState.QUEUED] if new_key else 0
    except StoreBusy as busy:
        if new_key or tpm:
            raise StoreBusy(STOP_FIRST) from busy
        waiting, order = 0, (url, token, name)
        done = through_daemon(call, busy, lambda client: _by_the_daemon(client, *order, allow_http=allow_http))
    document = {
        "simulated": demo,
        "station": done.station,
        "kid": done.kid,
        "fingerprint": fingerprint(done.kid),
        "state": done.state,
        "hub": url,
        "tpm": tpm,
    }
    call.show(
        "enrol",
        document,
        [
            call.voice.say(
                "The hub {url} knows this bench as {name}. State: {state}.",
                url=url,
                name=done.station,
                state=hub_words(call.voice, done.state),
            ),
            call.voice.say("Read this fingerprint to the person who accepts the bench on the hub:"),
            "  " + fingerprint(done.kid),
            call.voice.say("You can erase already: statements wait here until the bench is accepted."),
            *([call.voice.say(SEALED)] if tpm else []),
            *([call.voice.say(STILL, n=waiting)] if waiting else []),
        ],
    )
