"""`etabli-station enrol --hub URL --token T`: introduce this bench to a hub."""

from typing import Annotated

from certificates.command_line import Option
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.commands.sync import hub_words
from station_agent.enrol import enrol as introduce
from station_agent.hub_link import hub_url
from station_agent.language import mark
from station_agent.signing import fingerprint

Hub = Annotated[str, Option("--hub", metavar="URL", help=mark("Address of the hub."))]
Token = Annotated[str, Option("--token", metavar="T", help=mark("One-off token that a lead made on the hub."))]
Name = Annotated[str, Option("--name", metavar="NAME", help=mark("Name of this bench, for people."))]
Demo = Annotated[bool, Option("--demo", help=mark("Make a demo key: it signs simulated drives only."))]
AllowHttp = Annotated[
    bool, Option("--allow-http", help=mark("Accept an unprotected connection on a network that you trust."))
]


def enrol(
    *,
    hub: Hub,
    token: Token,
    name: Name = "",
    demo: Demo = False,
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
    with call.station(simulated=demo) as station:
        done = introduce(
            station.store, station.link_to(url), station.key, url=url, token=token, name=name or station.chain.name
        )
    document = {
        "simulated": demo,
        "station": done.station,
        "kid": done.kid,
        "fingerprint": fingerprint(done.kid),
        "state": done.state,
        "hub": url,
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
        ],
    )
