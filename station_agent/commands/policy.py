"""`etabli-station policy add FILE`: keep a policy that the hub signed, usable by its name."""

from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument
from station_agent.commands import options
from station_agent.commands.call import begin
from station_agent.language import mark
from station_agent.policies import add_policy, policy_digest

File = Annotated[Path, Argument(metavar="FILE", help=mark("The signed policy, as `etabli-hub policy` made it."))]


def add(
    file: File,
    *,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Keep a policy that your hub signed; use it by its name with --policy."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    policy = add_policy(file, call.state)
    document = {"name": policy.name, "version": policy.version, "sha256": policy_digest(policy)}
    said = call.voice.say("policy {name}, version {version}: kept. Use it with --policy {name}.", **document)
    call.show("policy", document, [said])
