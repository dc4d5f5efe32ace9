"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument, Option
from certificates.language import LANGUAGES
from station_agent.errors import UsageError
from station_agent.language import mark

BenchFile = Annotated[
    Path | None,
    Option("--bench", metavar="FILE.toml", help=mark("Use the simulated bench of this file instead of this machine.")),
]
AsJson = Annotated[bool, Option("--json", help=mark("Print one JSON document instead of text."))]
Lang = Annotated[str | None, Option("--lang", choices=LANGUAGES, help=mark("Language of the texts."))]
State = Annotated[
    Path | None, Option("--state", metavar="DIR", help=mark("Folder of the bench: key, journal, outbox."))
]
SecondCopy = Annotated[
    Path | None,
    Option(
        "--second-copy",
        metavar="DIR",
        envvar="ETABLI_SECOND_COPY",
        help=mark("Folder of the second copy of every statement, best on another medium; else beside the state."),
    ),
]
Devices = Annotated[
    list[str], Argument(metavar="DEVICE...", help=mark("Drives: /dev/sda, sda, or sim:sda on a bench file."))
]
PolicyName = Annotated[
    str,
    Option(
        "--policy",
        metavar="NAME",
        help=mark("Policy: purge-preferred, purge-required, clear-is-enough, overwrite, zeros, sample, or a hub's."),
    ),
]
Method = Annotated[
    str | None,
    Option("--method", metavar="ID", help=mark("Erase by this method, not by the policy's first that fits.")),
]
Allow = Annotated[
    list[str] | None,
    Option(
        "--allow",
        metavar="ID",
        help=mark("Allow a method that needs a person's leave: ata.security.enhanced, opal.psid-revert ..."),
    ),
]
Psid = Annotated[
    str,
    Option(
        "--psid",
        metavar="TEXT",
        help=mark("PSID on the label of a locked drive, to open it; - reads it from the input (scanner). Never kept."),
    ),
]
LabelRead = Annotated[
    list[str] | None,
    Option(
        "--label-read",
        metavar="SERIAL",
        help=mark("You have read this serial number on the drive's label: go on although two readers differ about it."),
    ),
]
AllowLoop = Annotated[bool, Option("--allow-loop", help=mark("Allow loop devices (tests and drills)."))]
Lot = Annotated[
    list[str] | None,
    Option("--lot", metavar="CODE", help=mark("Lot of the drives; once for all, or once for each in their order.")),
]
Asset = Annotated[
    list[str] | None,
    Option("--asset", metavar="TAG", help=mark("Asset tag; once for all drives, or once for each in their order.")),
]
MachineLot = Annotated[str, Option("--lot", metavar="CODE", help=mark("Lot of the machine."))]
MachineAsset = Annotated[str, Option("--asset", metavar="TAG", help=mark("Asset tag of the machine."))]
CHASSIS = ("laptop", "desktop", "all-in-one", "tablet", "server", "drive")
Chassis = Annotated[
    str,
    Option("--chassis", metavar="KIND", help=mark("laptop, desktop, all-in-one, tablet, server or drive.")),
]
Operator = Annotated[
    str,
    Option(
        "--operator",
        metavar="ID",
        envvar="ETABLI_OPERATOR",
        help=mark("Pseudonym of the person at the bench, never a name."),
    ),
]


def known_chassis(word: str) -> str:
    """Give back a chassis that there is, or "" for none. Raises `UsageError` for any other word."""
    if word and word not in CHASSIS:
        known = ", ".join(CHASSIS)
        raise UsageError(mark("There is no chassis {chassis}: choose one of {known}."), chassis=word, known=known)
    return word
