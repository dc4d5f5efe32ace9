"""`etabli-station label STATEMENT|--asset TAG`: a label from what is stored, as PDF, to a printer, or to CUPS."""

import shutil
from pathlib import Path
from typing import Annotated

from certificates.command_line import Argument, Option
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.errors import UsageError
from station_agent.labels.face import Face, face_of
from station_agent.labels.facts import Label, labels_of_asset, labels_of_statement
from station_agent.labels.printers import QUEUED, address_of, print_cups, print_zpl
from station_agent.labels.zpl import zpl_of
from station_agent.language import mark, visible
from station_agent.paper_file import write_paper
from station_agent.system import run

Statements = Annotated[
    list[str] | None,
    Argument(metavar="STATEMENT...", help=mark("Stored statements, each by 6 characters of its id or more.")),
]
Asset = Annotated[
    list[str] | None,
    Option("--asset", metavar="TAG", help=mark("Everything stored about a tag; failed drives get a shred label.")),
]
Pdf = Annotated[Path | None, Option("--pdf", metavar="FILE", help=mark("Write a PDF."))]
A4 = Annotated[bool, Option("--a4", help=mark("With --pdf: sheets of 24 labels, 70 x 37 mm."))]
Skip = Annotated[
    int, Option("--skip", metavar="N", help=mark("With --a4: so many places of the first sheet are used."))
]
Printer = Annotated[
    str, Option("--printer", metavar="HOST[:PORT]", help=mark("Send ZPL to a label printer, port 9100 where not said."))
]
Cups = Annotated[str, Option("--cups", metavar="NAME", help=mark("Give the PDF to a print queue of this machine."))]
ON_SHEET = 24
WRITTEN = mark("{what}: {file}")


def label(
    statements: Statements = None,
    *,
    asset: Asset = None,
    pdf: Pdf = None,
    a4: A4 = False,
    skip: Skip = 0,
    printer: Printer = "",
    cups: Cups = "",
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Print the label of a device or a drive, only from statements that are stored here."""
    if sum((pdf is not None, bool(printer), bool(cups))) != 1:
        raise UsageError(mark("Say where the label goes, once: --pdf FILE, --printer HOST or --cups NAME."))
    if (a4 or skip) and (pdf is None or not a4 or not 0 <= skip < ON_SHEET):
        raise UsageError(mark("--a4 goes with --pdf, and --skip with --a4: 0 to 23 places."))
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    labels = _labels(call, statements or [], asset or [])
    faces = [face_of(call.voice, one) for one in labels]
    said = _brought(call, faces, pdf=pdf, skip=skip if a4 else None, printer=printer, cups=cups)
    document = {"labels": [_document(one, face) for one, face in zip(labels, faces, strict=True)], "said": said}
    call.show("label", document, [said])


def _labels(call: Call, statements: list[str], assets: list[str]) -> list[Label]:
    if not statements and not assets:
        raise UsageError(mark("Name a stored statement, or a tag with --asset."))
    with call.records() as records:
        hub = records.noted("hub-url")
        found = [label for one in statements for label in labels_of_statement(records, one, hub)]
        return found + [label for tag in assets for label in labels_of_asset(records, tag, hub)]


def _brought(call: Call, faces: list[Face], *, pdf: Path | None, skip: int | None, printer: str, cups: str) -> str:
    """Bring labels where they were asked for; give the sentence to say. Raises `StationError`."""
    if printer:
        address = address_of(printer)
        return call.voice.say(print_zpl(address, zpl_of(faces)), host=address)
    from station_agent.labels.paper import labels_pdf, sheet_pdf  # noqa: PLC0415  drawing is slow to import

    lang = call.voice.lang
    data = labels_pdf(faces, lang) if skip is None else sheet_pdf(faces, lang, skip=skip)
    if pdf is not None:
        write_paper(pdf, data)
        made = call.voice.count("{n} label", "{n} labels", len(faces))
        return call.voice.say(WRITTEN, what=made, file=visible(str(pdf)))
    return call.voice.say(QUEUED, name=cups, answer=print_cups(cups, data, call.state, run, shutil.which) or "-")


def _document(label: Label, face: Face) -> dict[str, object]:
    return {
        "kind": str(label.kind),
        "statement": label.statement_id,
        "asset": label.asset,
        "lot": label.lot,
        "grade": label.grade or None,
        "drives": [{"model": one.model, "serial": one.serial, "verdict": one.verdict or None} for one in label.drives],
        "date": label.day or None,
        "address": label.address,
        "simulated": label.simulated,
        "lines": [face.heading, *face.lines, face.foot],
    }
