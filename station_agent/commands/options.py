"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from station_agent.language import mark

BenchFile = Annotated[
    Path | None,
    typer.Option(
        "--bench", metavar="FILE.toml", help=mark("Use the simulated bench of this file instead of this machine.")
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=mark("Print one JSON document instead of text."))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="fr|en", help=mark("Language of the texts."))]
State = Annotated[
    Path | None, typer.Option("--state", metavar="DIR", help=mark("Folder of the bench: key, journal, outbox."))
]
Devices = Annotated[
    list[str], typer.Argument(metavar="DEVICE...", help=mark("Drives: /dev/sda, sda, or sim:sda on a bench file."))
]
PolicyName = Annotated[
    str,
    typer.Option(
        "--policy",
        metavar="NAME",
        help=mark("Policy: purge-preferred, purge-required, clear-is-enough, overwrite, zeros, sample, or a hub's."),
    ),
]
Method = Annotated[
    str, typer.Option("--method", metavar="ID", help=mark("Erase by this method, not by the policy's first that fits."))
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="ID",
        help=mark("Allow a method that needs a person's leave: ata.security.enhanced, opal.psid-revert ..."),
    ),
]
Psid = Annotated[
    str,
    typer.Option(
        "--psid",
        metavar="TEXT",
        help=mark("PSID on the label of a locked drive, to open it; - reads it from the input (scanner). Never kept."),
    ),
]
LabelRead = Annotated[
    list[str] | None,
    typer.Option(
        "--label-read",
        metavar="SERIAL",
        help=mark("You have read this serial number on the drive's label: go on although two readers differ about it."),
    ),
]
AllowLoop = Annotated[bool, typer.Option("--allow-loop", help=mark("Allow loop devices (tests and drills)."))]
Lot = Annotated[
    list[str] | None,
    typer.Option(
        "--lot", metavar="CODE", help=mark("Lot of the drives; once for all, or once for each in their order.")
    ),
]
Asset = Annotated[
    list[str] | None,
    typer.Option(
        "--asset", metavar="TAG", help=mark("Asset tag; once for all drives, or once for each in their order.")
    ),
]
Operator = Annotated[
    str,
    typer.Option(
        "--operator",
        metavar="ID",
        envvar="ETABLI_OPERATOR",
        help=mark("Pseudonym of the person at the bench, never a name."),
    ),
]
