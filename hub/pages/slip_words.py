"""The slips on paper in words: what the page of a receipt or of an exit says, for `hub.slips` to draw."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hub.identity import Issuer
from hub.intake.counter import Receipt
from hub.pages import formats
from hub.pages.language import mark, words
from hub.slips import Slip, Table

KEEP: Final = mark(
    "Nobody looks at what is on it. Every drive is erased with proof, or destroyed with a record, before the device "
    "leaves. Keep this code: its page shows how far it is."
)
NAMELESS: Final = mark("No name is on this receipt, and none was kept. Write yours on the paper if you need it.")
SHARES: Final = (0.24, 0.36, 0.1, 0.16, 0.14)
PRICED: Final = (0.2, 0.3, 0.08, 0.14, 0.12, 0.16)


def receipt_slip(receipt: Receipt, told: Mapping[str, str], issuer: Issuer, address: str, lang: str) -> Slip:
    """The receipt of one device over the counter; `told`: kind, condition and drive in words."""
    say, device = words(lang).gettext, receipt.device
    model = " ".join(part for part in (device.maker, device.model) if part)
    facts = [
        (say(mark("Day")), formats.day_text(receipt.row.at.date(), lang)),
        (say(mark("Kind")), told["kind"]),
        *([(say(mark("Model")), model)] if model else []),
        (say(mark("Tag")), device.asset or "–"),
        (say(mark("State, as seen")), told["condition"]),
        (say(mark("Drive, as told")), told["told"]),
    ]
    return Slip(
        issuer.name,
        _contact(issuer),
        say(mark("Receipt")),
        _fit(facts),
        receipt.row.code,
        address,
        notes=(say(KEEP), say(NAMELESS)),
        signatures=((say(mark("For the workshop")), ""),),
    )


def exit_slip(facts: Mapping[str, Any], issuer: Issuer, lang: str) -> Slip:
    """The slip of a movement from the facts of its page: delivery note, or slip of e-waste."""
    say, batch = words(lang).gettext, facts["batch"]
    title = mark("Waste slip to accompany exit %(number)s") if facts["is_waste"] else mark("Delivery note %(number)s")
    sold, rows = batch.mode == "sale", [row for row in facts["rows"] if not row.withdrawn]
    heads = (mark("Tag"), mark("What"), mark("Units"), mark("Called"), mark("Grade"))
    table = Table(
        say(mark("Goods")),
        PRICED if sold else SHARES,
        tuple(say(head) for head in (*heads, *((mark("Price"),) if sold else ()))),
        [_row(row, say(mark("without tag")), lang, sold=sold) for row in rows],
    )
    sale = mark(
        "The seller answers for defects of conformity for two years from the delivery; "
        "a defect that shows within twelve months is presumed to have been there."
    )
    return Slip(
        issuer.name,
        _contact(issuer),
        say(title) % {"number": batch.id},
        _fit(_exit_facts(facts, lang)),
        table=table,
        notes=(say(sale),) if sold else (),
        signatures=(
            (say(mark("Signature of the workshop")), batch.by_name),
            (say(mark("Signature of whoever takes the goods")), say(mark("for the organisation named above"))),
        ),
    )


def _exit_facts(facts: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    say, batch, bsd = words(lang).gettext, facts["batch"], facts["bsd"]
    to = ", ".join(part for part in (batch.receiver, batch.receiver_address) if part) or "–"
    siret = f" · SIRET {batch.receiver_siret}" if batch.receiver_siret else ""
    siren = f" · SIREN {batch.producer_siren}" if batch.producer_siren else ""
    found = [
        (say(mark("To")), to + siret),
        (say(mark("How")), facts["mode"]),
        (say(mark("Day")), formats.day_text(batch.day, lang)),
        (say(mark("Prescription code")), batch.prescription),
        (say(mark("Carrier")), batch.carrier),
        (say(mark("Producer organisation")), batch.producer and batch.producer + siren),
        (say(mark("Receipt")), batch.receipt),
        (say(mark("Units")), formats.count_text(facts["units"], lang)),
    ]
    if facts["is_waste"]:
        found.append((say(mark("Waste slip")), bsd.number if bsd else say(mark("no slip noted yet"))))
        found += [(f"{code} – {what}", kilos) for code, what, kilos in facts["masses"] if kilos]
        found.append((say(mark("Total")), facts["total"]))
    return [(label, value) for label, value in found if value]


def _row(row: Any, untagged: str, lang: str, *, sold: bool) -> tuple[str, ...]:
    what = " · ".join(part for part in (row.kind, row.name, row.accessories) if part)
    units = formats.count_text(row.units, lang)
    cells = (f"{row.tag or untagged} · {row.lot}", what, units, row.word or "–", row.grade or "–")
    return tuple(str(formats.shown(cell)) for cell in (*cells, *((row.price or "–",) if sold else ())))


def _contact(issuer: Issuer) -> str:
    return " · ".join(part for part in (issuer.address, issuer.siret and f"SIRET {issuer.siret}", issuer.url) if part)


def _fit(facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, str(formats.shown(value))) for label, value in facts]
