"""A health dump as a file or a pipe holds it: bytes to text to documents, JSON or the text that smartctl prints.

A file may come from any system: UTF-8, UTF-16 (a redirection of PowerShell), or some 8-bit set. A broken
JSON of smartctl is a document that says nothing, so that its health is unknown; what is no dump at all is refused.
"""

import codecs
import json
from collections.abc import Mapping

from diagnostics.errors import UnreadableReport
from diagnostics.text_report import is_text_report, text_documents

_SIGNS = frozenset({"smartctl", "device", "emmc_health"})  # one of them is in every document of a reading
_LOOKED_AT = 32  # bytes
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(data: bytes) -> str:
    """Return the text of a dump; bytes that are no UTF-8 are taken as Latin-1, which has all. Never raises."""
    if data.startswith(_UTF_16):
        return data.decode("utf-16", "replace")
    if unmarked := _unmarked(data):
        return data.decode(unmarked, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unmarked(data: bytes) -> str:
    """Name the UTF-16 that begins with ASCII and lost its mark: every other byte is zero, and no more; "" otherwise."""
    first, second = data[:_LOOKED_AT:2], data[1:_LOOKED_AT:2]
    if 0 not in first and second and not any(second):
        return "utf-16-le"
    return "utf-16-be" if 0 not in second and second and not any(first) else ""


def dumped_documents(text: str) -> list[object]:
    """Return the documents of a dump, JSON or text. Raises UnreadableReport for what smartctl did not write."""
    text = text.lstrip("\ufeff")
    begins = text.lstrip()[:1]
    if begins not in ("{", "[") and is_text_report(text):
        return list(text_documents(text))
    try:
        return parse_documents(text)
    except UnreadableReport as error:
        if begins in ("{", "[") and '"smartctl"' in text:
            return [{"smartctl": {"messages": [{"string": str(error), "severity": "error"}]}}]
        raise


def parse_documents(text: str) -> list[object]:
    """Split a text into its JSON documents; a list counts as its members. Raises UnreadableReport."""
    decoder, found, place = json.JSONDecoder(), list[object](), 0
    text = text.lstrip("\ufeff").rstrip()
    while place < len(text):
        place += len(text[place:]) - len(text[place:].lstrip())
        try:
            part, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise UnreadableReport(f"this is no JSON of smartctl: {error}") from error
        found.extend(part if isinstance(part, list) else [part])
    if not any(isinstance(part, Mapping) and _SIGNS & part.keys() for part in found):
        raise UnreadableReport("this JSON was not written by smartctl: it has neither 'smartctl' nor 'device'")
    return found
