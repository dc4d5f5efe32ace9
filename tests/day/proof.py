"""What must be true when the day is over: at the hub, on the bench, on paper. Every word is read back from there."""

import hashlib
import json
import re
import sqlite3
import subprocess
from contextlib import closing
from typing import Any

from tests.day.stage import BENCH, LOT, OPERATOR
from tests.day.terminal import Amiss
from tests.day.walk import Walk
from tests.day.work import FROZEN, TAG

ERASED, EXCEPTIONS, FAILED = "ERASED", "ERASED_WITH_EXCEPTIONS", "FAILED"
WANTED = {  # serial: verdict, level; what each drive is decides it (`hardware-fixtures/benches/day.toml`)
    "DEMO-HDD-0001": (ERASED, "CLEAR"),
    "DEMO-SSD-0001": (ERASED, "PURGE"),
    "DEMO-NVME-0001": (ERASED, "PURGE"),
    "DEMO-USB-0001": (EXCEPTIONS, "CLEAR"),
    "DEMO-HDD-0002": (FAILED, "NONE"),
    FROZEN: (ERASED, "CLEAR"),
}
ERASURES = (
    "SELECT erasure.payload, erasure.verdict, erasure.level, erasure.method, erasure.operator, lot.code"
    " FROM erasure LEFT JOIN lot ON lot.id = erasure.lot_id"
)
GRADES = (
    "SELECT diagnostic.letter, lot.code, device.asset FROM diagnostic"
    " LEFT JOIN lot ON lot.id = diagnostic.lot_id LEFT JOIN device ON device.id = diagnostic.device_id"
)
LEDGER = "SELECT id, envelope FROM ledger"
LETTERS = frozenset("ABCD")


def nothing_is_lost(walk: Walk) -> None:
    """Every statement of the bench lies at the hub, byte for byte; none is queued."""
    told = json.loads(walk.stage.station("outbox", "--bench", BENCH, "--json"))
    states = {one["id"]: one["state"] for one in told["statements"]}
    ledger = {name: hashlib.sha256(envelope).hexdigest() for name, envelope in asked(walk, LEDGER)}
    require(set(states.values()) == {"confirmed"}, "every statement is confirmed", states)
    require(set(states) <= set(ledger), "every statement is in the ledger", sorted(set(states) - set(ledger)))
    require(all(name == digest for name, digest in ledger.items()), "the ledger keeps the bytes", ledger)
    require(len(states) == len(WANTED) + 1, "six erasures and a diagnosis were stated", states)


def every_verdict_is_at_the_hub(walk: Walk) -> None:
    """Each drive has its verdict and level there, once, in its lot, under the name of the operator."""
    rows = [(json.loads(payload), *rest) for payload, *rest in asked(walk, ERASURES)]
    got = {payload["subject"]["drive"]["serial"]: (verdict, level) for payload, verdict, level, *_ in rows}
    require(len(rows) == len(WANTED) and got == WANTED, "every drive has its verdict", got)
    require({row[5] for row in rows} == {LOT}, "every drive is tied to the lot", [row[5] for row in rows])
    people = {payload["subject"]["drive"]["serial"]: row[3] for payload, *row in rows}
    del people["DEMO-HDD-0001"]  # a run keeps the operator under whom it was begun: the evening before, by a command
    require(set(people.values()) == {OPERATOR}, "every run has its operator", people)


def the_grade_is_at_the_hub(walk: Walk) -> None:
    """The laptop has a letter there, under its tag and in its lot."""
    rows = asked(walk, GRADES)
    require(len(rows) == 1, "one diagnosis", rows)
    letter, lot, asset = rows[0]
    require((lot, asset) == (LOT, TAG) and letter in LETTERS, "the laptop has its grade", rows)


def the_label_is_printed(walk: Walk) -> None:
    """The label stands on paper with tag and lot, and the printer was sent the same."""
    (letter, _, _), *_ = asked(walk, GRADES)
    pdf = walk.stage.folder / "bench" / "label.pdf"
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    for word in (TAG, LOT, letter):
        require(word in text, f"the label says {word}", text)
        require(word in zpl_text(walk.stage.printer.taken), f"the printer was sent {word}", walk.stage.printer.taken)


def zpl_text(job: bytes) -> str:
    """Give what a printer was sent with its hexadecimal signs (`^FH`: an underscore and two figures) read."""
    return re.sub(rb"_([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), job).decode("utf-8")


def asked(walk: Walk, query: str) -> list[tuple[Any, ...]]:
    """Ask the hub's database, which is only read."""
    path = walk.stage.shop.folder / "hub.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        return base.execute(query).fetchall()


def require(holds: bool, what: str, seen: object) -> None:  # noqa: FBT001  reads as a sentence
    """Raise `Amiss` when something is not as it must be."""
    if not holds:
        raise Amiss(f"not so: {what}\n{seen}")
