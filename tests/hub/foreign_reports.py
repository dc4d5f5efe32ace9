"""Reports as nwipe and Blancco write them, made here with invented drives; every figure can be changed."""

from collections.abc import Mapping

LOG = """[2026/11/21 07:00:00]    info: nwipe 0.36
[2026/11/21 07:00:01]  notice: Program options are set as follows...
[2026/11/21 07:00:01]  notice:   method   = PRNG Stream

******************************** Error Summary *********************************
!   Device | Pass Errors | Verifications Errors | Fdatasync I\\O Errors
--------------------------------------------------------------------------------
       sda |           0 |                    0 |                    0
{flag}      sdb |           {errors} |                    0 |                    0
********************************************************************************

********************************* Drive Status *********************************
!   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number
--------------------------------------------------------------------------------
       sda | Erased |   92MB/s | 01:23:45 | WDC WD5000LPLX/WD-0001
{flag}      sdb |{status}|   {speed}MB/s | {time} | ST/500DM002/{serial}
--------------------------------------------------------------------------------
[2026/11/21 09:01:00] Total Throughput 180MB/s, PRNG Stream, 1R+NB+VL
"""
GOOD_LOG = {"flag": " ", "errors": "0", "status": " Erased ", "speed": "91", "time": "01:25:01", "serial": "WD-0002"}

PDF_FACTS = {
    "Make/Model:": "WDC WD5000LPLX",
    "Serial:": "WD-0001",
    "Size(Apparent): ": "500 GB, 500107862016 bytes",
    "Start time:": "2026/11/21 07:00:00",
    "End time:": "2026/11/21 08:23:45",
    "Status:": "ERASED",
    "Method:": "PRNG Stream",
    "*Bytes Erased:": "500107862016, (100.0%)",
    "Rounds(completed/requested):": "1/1",
    "HPA/DCO:": "No hidden sectors",
    "Errors(pass/sync/verify):": "0/0/0",
}
BLANCCO = """<?xml version="1.0" encoding="UTF-8"?>
<root><report><blancco_data>
 <description><document_log><log_entry><author><product_name>Blancco Drive Eraser</product_name>
 <product_version>7.9.1</product_version></author><integrity>abc</integrity></log_entry></document_log></description>
 <blancco_erasure_report><entries name="erasures">{erasures}</entries></blancco_erasure_report>
 <blancco_hardware_report><entries name="disks"><entries name="disk"><entry name="id" type="uint">7</entry>
 <entry name="serial" type="string">WD-0002</entry></entries></entries></blancco_hardware_report>
</blancco_data></report></root>"""
ERASURE = """<entries name="erasure"><entry name="state" type="string">{state}</entry>
<entry name="failed_sectors" type="uint">{failed}</entry><entry name="start_time" type="string">{start}</entry>
<entry name="end_time" type="string">2026-11-21 09:00:00</entry>
<entry name="erasure_standard_name" type="string">NIST 800-88 Clear</entry>
<entries name="target"><entry name="target_id" type="uint">{target}</entry>{serial}</entries></entries>"""


def nwipe_log(**changed: str) -> bytes:
    return LOG.format(**{**GOOD_LOG, **changed}).encode()


def nwipe_pdf(facts: Mapping[str, str] | None = None, *more: str, version: str = "0.36") -> bytes:
    """A page as nwipe's writer makes it: one uncompressed stream for each text, labels beside their values."""
    texts = [
        (40, 800, f"Disc Erasure by NWIPE version {version}"),
        *((60, 40 - 9 * at, one) for at, one in enumerate(more)),
    ]
    for at, (label, value) in enumerate({**PDF_FACTS, **(facts or {})}.items()):
        texts += [(60, 600 - 20 * at, label), (300, 600 - 20 * at, value)]
    streams = [f"BT {x} {y} TD /F1 12 Tf ({_escaped(text)}) Tj ET".encode("cp1252") for x, y, text in texts if text]
    kids = " ".join(f"{at + 5} 0 R" for at in range(len(streams)))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 4 0 R >> >> /Contents [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(b"<< /Length %d >>stream\n%s\nendstream" % (len(one), one) for one in streams),
    ]
    found, places = b"%PDF-1.3\n", []
    for at, part in enumerate(parts, 1):
        places.append(len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (at, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    return found + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(found),
    )


def blancco(*erasures: Mapping[str, str]) -> bytes:
    good = {"state": "Successful", "failed": "0", "start": "2026-11-21 07:00:00", "target": "1", "serial": ""}
    return BLANCCO.format(erasures="".join(ERASURE.format(**{**good, **one}) for one in erasures)).encode()


def serial_entry(serial: str) -> str:
    return f'<entry name="serial" type="string">{serial}</entry>'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
