"""What makes a PDF one to keep: PDF/A-3 (ISO 19005-3:2012), level U, with its reading order marked (ISO 32000-1, 14.8).

It says in XMP what it is, names the colours it means (an ICC profile), and marks what is text, heading and picture.
Fonts are embedded and nothing is transparent: the pages see to that.

One rule is broken on purpose, 6.1.3: after the last `%%EOF` stands the line of the seal (or of a binder), a comment.
The seal covers every byte before it, and verifiers of every age find it as the last line of the file; without that
line the file keeps every rule.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from certificates.colour_profile import NAME, srgb_profile
from certificates.figures import shown
from certificates.marks import Mark

PROGRAM = "Établi"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{program}</xmp:CreatorTool>
<xmp:CreateDate>{made}</xmp:CreateDate>
<xmp:ModifyDate>{made}</xmp:ModifyDate>
<pdf:Producer>{program}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself. `made` is a time "2026-11-21T10:00:00Z", `lang` "fr" or "en"."""

    title: str
    author: str
    subject: str
    made: str
    lang: str


def to_keep(pdf: bytes, about: About, marks: Sequence[Sequence[Mark]]) -> bytes:
    """Write a drawn PDF again as one to keep; `marks` are those of each page. The same input gives the same bytes."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        describe(document, about)
        _structure(document, marks)
        document.save(written, deterministic_id=True, min_version="1.7")
    return written.getvalue()


def describe(document: pikepdf.Pdf, about: About) -> None:
    """Say what the document is, twice as readers want it (XMP and Info), which colours and which letters it means."""
    told = {"title": shown(about.title), "author": shown(about.author), "subject": shown(about.subject)}
    day = "D:" + "".join(letter for letter in about.made if letter.isdigit()) + "Z"
    info = {f"/{name.capitalize()}": String(text) for name, text in told.items()}
    info |= {"/Creator": String(PROGRAM), "/Producer": String(PROGRAM)}
    document.trailer.Info = document.make_indirect(Dictionary(info | dict.fromkeys(_DATES, String(day))))
    packet = _XMP.format(
        lang=about.lang, made=about.made, program=PROGRAM, **{name: escape(text) for name, text in told.items()}
    )
    root = document.Root
    root.Metadata = document.make_stream(packet.encode("utf-8"), Type=Name.Metadata, Subtype=Name.XML)
    root.Lang = String(about.lang)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String(NAME),
        Info=String(NAME),
        DestOutputProfile=document.make_stream(srgb_profile(), N=3),
    )
    root.OutputIntents = Array([document.make_indirect(intent)])
    for font in _fonts(document):
        font.ToUnicode = document.make_stream(_meant(bytes(font.ToUnicode.read_bytes())))


_DATES = ("/CreationDate", "/ModDate")
_LETTER = re.compile(rb"<([0-9A-F]{2})> <([0-9A-F]{4,})>\n")
_LETTERS = re.compile(rb"\d+ beginbfchar\n.*endbfchar\n", re.DOTALL)
_MOST_LETTERS = 100  # of one block (Adobe technical note 5014)


def _fonts(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == Name.Font]


def _meant(table: bytes) -> bytes:
    """A table of letters without those that mean none (6.2.11.7.2: no code means U+0000), in blocks of lawful size."""
    letters = [found[0] for found in _LETTER.finditer(table) if int(found[2], 16)]
    blocks = [letters[start : start + _MOST_LETTERS] for start in range(0, len(letters), _MOST_LETTERS)]
    told = (b"%d beginbfchar\n%sendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    return _LETTERS.sub(b"".join(told), table, count=1)


def _structure(document: pikepdf.Pdf, marks: Sequence[Sequence[Mark]]) -> None:
    """The order of reading: one element for each mark, in the order of drawing."""
    tree = document.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    whole = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=tree, K=Array()))
    parents: list[Any] = []
    for number, (page, drawn) in enumerate(zip(document.pages, marks, strict=True)):
        page.obj.StructParents = number
        page.obj.Tabs = Name.S
        own = Array()
        for place, mark in enumerate(drawn):
            element = Dictionary(Type=Name.StructElem, S=Name(f"/{mark.role}"), P=whole, Pg=page.obj, K=place)
            if mark.instead:
                element.Alt = String(mark.instead)
            own.append(document.make_indirect(element))
        whole.K.extend(own)
        parents += [number, document.make_indirect(own)]
    tree.K = whole
    tree.ParentTree = document.make_indirect(Dictionary(Nums=Array(parents)))
    tree.ParentTreeNextKey = len(document.pages)
    document.Root.StructTreeRoot = tree
    document.Root.MarkInfo = Dictionary(Marked=True)
