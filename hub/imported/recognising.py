"""Which wipe report a file is: told by its bytes, never by its name."""

from hub.imported.blancco_xml import read_blancco
from hub.imported.nwipe_log import TABLE, read_nwipe_log
from hub.imported.nwipe_pdf import read_nwipe_pdf
from hub.imported.nwipe_tables import json_of, read_nwipe_csv, read_nwipe_json
from hub.imported.reported import Trouble, Unreadable, WipeReport

MOST_BYTES = 8 * 2**20
XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")


def read_report(data: bytes) -> WipeReport:
    """The report in these bytes. Raises Unreadable, and nothing else, whatever they are."""
    if len(data) > MOST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    if data.startswith(b"%PDF-"):
        return read_nwipe_pdf(data)
    if data.lstrip()[:8].startswith(XML_STARTS):
        return read_blancco(data.lstrip())
    text = _text(data)
    if text.lstrip("\ufeff \r\n\t").startswith("{"):
        return read_nwipe_json(json_of(text.lstrip("\ufeff")))
    return read_nwipe_log(text) if TABLE in text else read_nwipe_csv(text)


def _text(data: bytes) -> str:
    if b"\x00" in data:
        raise Unreadable(Trouble.TEXT)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(Trouble.TEXT)
