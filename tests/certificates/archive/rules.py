"""A PDF against ISO 19005-3:2012 (PDF/A-3, level U), clause by clause, as far as pages of text and attachments need it.

Not a whole validator: pictures, forms, annotations and transparency are simply not allowed here. `broken` names every
clause that a file breaks; a file that keeps all of them gives none.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pikepdf

from tests.certificates.archive.letters import wrong_fonts

HEADER = re.compile(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}")
END = re.compile(rb"%%EOF(\r\n|\r|\n)?")
FILTERS = {"/FlateDecode", "/DCTDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode"}
COLOURS = {"rg", "RG", "g", "G"}  # what an RGB intent explains
OTHER_COLOURS = {"k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh"}
NOT_ALLOWED = {  # anywhere in any dictionary
    "/AA": "6.5.2 additional actions",
    "/OpenAction": "6.5.1 an action at opening",
    "/AcroForm": "6.4 a form",
    "/Annots": "6.3 annotations",
    "/JavaScript": "6.5.1 JavaScript",
    "/JS": "6.5.1 JavaScript",
    "/SMask": "6.2.10 a soft mask",
    "/TR": "6.2.5 a transfer curve",
    "/TR2": "6.2.5 a transfer curve",
    "/OCProperties": "6.9 optional content",
    "/AlternatePresentations": "6.10 alternate presentations",
    "/PresSteps": "6.10 presentation steps",
    "/Requirements": "6.11 requirements",
    "/Perms": "6.1.12 permissions",
}
RELATIONS = {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"}
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC, XMP, PDF = (
    "{http://purl.org/dc/elements/1.1/}",
    "{http://ns.adobe.com/xap/1.0/}",
    "{http://ns.adobe.com/pdf/1.3/}",
)
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
INFO = {
    "/Title": f"{DC}title",
    "/Author": f"{DC}creator",
    "/Subject": f"{DC}description",
    "/Creator": f"{XMP}CreatorTool",
    "/Producer": f"{PDF}Producer",
    "/Keywords": f"{PDF}Keywords",
    "/CreationDate": f"{XMP}CreateDate",
    "/ModDate": f"{XMP}ModifyDate",
}


def broken(data: bytes) -> list[str]:
    """Every clause that the file breaks, each with a word of what is wrong."""
    with pikepdf.open(io.BytesIO(data)) as document:
        parts = (frame(data, document), objects(document), intent(document), pages(document))
        found = [*parts[0], *parts[1], *parts[2], *parts[3]]
        return [*found, *wrong_fonts(document), *metadata(document), *files(document), *structure(document)]


def frame(data: bytes, document: pikepdf.Pdf) -> Iterator[str]:
    if HEADER.match(data) is None:
        yield "6.1.2 header"
    if not END.fullmatch(data, data.rfind(b"%%EOF")):
        yield "6.1.3 data after the last end-of-file marker"
    if "/ID" not in document.trailer:
        yield "6.1.3 no file identifier"
    if "/Encrypt" in document.trailer:
        yield "6.1.3 encrypted"


def objects(document: pikepdf.Pdf) -> Iterator[str]:
    for one in document.objects:
        if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            continue
        yield from (NOT_ALLOWED[key] for key in one.keys() if key in NOT_ALLOWED)  # noqa: SIM118  (a PDF dictionary)
        if isinstance(one, pikepdf.Stream):
            named = one.get("/Filter", pikepdf.Array())
            kinds = [str(kind) for kind in named] if isinstance(named, pikepdf.Array) else [str(named)]
            yield from (f"6.1.7.2 filter {kind}" for kind in kinds if kind not in FILTERS)
            if "/F" in one:
                yield "6.1.7.1 an external stream"


def intent(document: pikepdf.Pdf) -> Iterator[str]:
    found = [one for one in document.Root.get("/OutputIntents", ()) if one.S == "/GTS_PDFA1"]
    if len(found) != 1 or "/DestOutputProfile" not in found[0]:
        yield "6.2.3 no output intent with a profile"
        return
    profile = bytes(found[0].DestOutputProfile.read_bytes())
    if int.from_bytes(profile[:4], "big") != len(profile) or profile[36:40] != b"acsp" or profile[8] > 4:
        yield "6.2.3 not an ICC profile"
    if profile[12:16] not in {b"mntr", b"prtr"} or profile[16:20] != b"RGB " or found[0].DestOutputProfile.N != 3:
        yield "6.2.3 the profile explains no RGB"


def pages(document: pikepdf.Pdf) -> Iterator[str]:
    for page in document.pages:
        if "/Resources" not in page.obj:
            yield "6.2.2 resources inherited"
        if "/XObject" in page.Resources or "/Pattern" in page.Resources or "/Shading" in page.Resources:
            yield "6.2.8 a picture or a pattern, which this checker does not know"
        for state in page.Resources.get("/ExtGState", pikepdf.Dictionary()).values():
            yield from ("6.2.10 transparency" for key in ("/ca", "/CA") if float(state.get(key, 1)) != 1)
            if str(state.get("/BM", "/Normal")) not in {"/Normal", "/Compatible"}:
                yield "6.2.10 a blend mode"
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in OTHER_COLOURS:
                yield f"6.2.4.3 colour by {operator}"
            if str(operator) == "Tr" and int(operands[0]) == 3:
                yield "text that is not to be seen"


def metadata(document: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in document.Root:
        yield "6.6.2.1 no metadata"
        return
    if "/Filter" in document.Root.Metadata:
        yield "6.6.2.1 the metadata is packed"
    packet = ET.fromstring(document.Root.Metadata.read_bytes())
    if (packet.findtext(f".//{PDFAID}part"), packet.findtext(f".//{PDFAID}conformance")) != ("3", "U"):
        yield "6.6.4 does not say PDF/A-3U"
    for key, name in INFO.items():
        told = document.trailer.Info.get(key)
        if plain(key, told) != text_of(packet.find(f".//{name}")):
            yield f"6.6.3 {key} is another in the metadata"


def plain(key: str, told: Any) -> str | None:
    """What Info says, in the words of XMP."""
    if told is None or not key.endswith("Date"):
        return None if told is None else str(told)
    found = re.fullmatch(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z", str(told))
    return "{}-{}-{}T{}:{}:{}Z".format(*found.groups()) if found else "no date"


def text_of(element: Any) -> str | None:
    if element is None:
        return None
    item = element.find(f".//{RDF}li")
    return str((element if item is None else item).text or "")


def files(document: pikepdf.Pdf) -> Iterator[str]:
    named = (
        document.Root.get("/Names", pikepdf.Dictionary()).get("/EmbeddedFiles", pikepdf.Dictionary()).get("/Names", ())
    )
    linked = [one.objgen for one in document.Root.get("/AF", ())]
    for one in list(named)[1::2]:
        if one.objgen not in linked:
            yield "6.8 an attachment that belongs to nothing"
    for one in document.Root.get("/AF", ()):
        if "/F" not in one or "/UF" not in one or str(one.get("/AFRelationship")) not in RELATIONS:
            yield "6.8 a file specification that says too little"
        if "/Subtype" not in one.EF.F or "/ModDate" not in one.EF.F.get("/Params", pikepdf.Dictionary()):
            yield "6.8 an attachment of no kind or no date"


def structure(document: pikepdf.Pdf) -> Iterator[str]:
    """Clause 6.7, which level U does not ask for: checked where a file says that it has it."""
    if not document.Root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False):
        return
    if "/Lang" not in document.Root:
        yield "6.7.4 no language"
    numbers = document.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
    for page in document.pages:
        drawn, loose = parts_of(page)
        known = list(parents.get(int(page.obj.get("/StructParents", -1)), ()))
        if loose:
            yield "6.7.2 text outside of any part"
        if drawn != list(range(len(known))) or [int(one.K) for one in known] != drawn:
            yield "6.7.3 parts and tree do not agree"
        if any(one.S == "/Figure" and not str(one.get("/Alt", "")) for one in known):
            yield "6.7.3 a figure without words"


def parts_of(page: Any) -> tuple[list[int], bool]:
    """The numbers of the marked parts in their order, and whether something is drawn outside of any."""
    drawn, depth, loose = list[int](), 0, False
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        if word in {"BDC", "BMC"}:
            depth += 1
            drawn += [int(operands[1].MCID)] if word == "BDC" else []
        elif word == "EMC":
            depth -= 1
        elif word in {"Tj", "TJ", "f", "S", "B"} and depth == 0:
            loose = True
    return drawn, loose
