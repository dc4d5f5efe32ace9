"""The register of what leaves: to read, and as CSV and XLSX."""

from fastapi import APIRouter, Response

from hub import wording
from hub.exits.register import COLUMNS, PAGE, RegisterLine, register, whole, years_kept
from hub.exported.subjects import Value
from hub.exported.tables import csv_bytes, xlsx_bytes
from hub.pages import exit_words
from hub.pages.files import download
from hub.pages.language import mark
from hub.pages.pre_approval_pages import whole as number_of
from hub.pages.visit import Staff, Visit

router = APIRouter(include_in_schema=False)
HEADER = {
    "number": mark("line"),
    "exit": mark("exit"),
    "is_waste": mark("is waste"),
    "mode": mark("how it left"),
    "day_in": mark("day of entry"),
    "day_out": mark("day of exit"),
    "kinds": mark("usual name"),
    "category": mark("category of equipment"),
    "codes": mark("waste code"),
    "units": mark("units"),
    "taken_back": mark("units taken back"),
    "grams": mark("weight (g)"),
    "lots": mark("lots"),
    "origin": mark("origin"),
    "origin_siret": mark("SIRET of the origin"),
    "origin_address": mark("address of the origin"),
    "receiver": mark("destination"),
    "receiver_siret": mark("SIRET of the destination"),
    "receiver_address": mark("address of the destination"),
    "carrier": mark("carrier"),
    "producer": mark("producer organisation"),
    "producer_siren": mark("SIREN of the producer organisation"),
    "bsd": mark("number of the waste slip (BSD)"),
    "bsd_day": mark("day of the waste slip"),
    "treatment": mark("treatment code"),
}
YES, NO = mark("yes"), mark("no")
assert tuple(HEADER) == COLUMNS
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/register")
def show(visit: Staff, after: str = "") -> Response:
    """A page of the register."""
    found = register(visit.session, visit.someone, max(number_of(after), 0))
    rows = [(one, _name(one, visit), "" if one.grams is None else exit_words.kilograms(one.grams, visit.lang))
            for one in found]  # fmt: skip
    following = f"/register?after={found[-1].exit}" if len({one.exit for one in found}) == PAGE else ""
    return visit.page("register.html", rows=rows, years=years_kept(), following=following)


@router.get("/register.csv")
def as_csv(visit: Staff) -> Response:
    """The whole register for a spreadsheet."""
    return download(csv_bytes(*_table(visit)), "text/csv; charset=utf-8", "register.csv")


@router.get("/register.xlsx")
def as_xlsx(visit: Staff) -> Response:
    """The whole register as a workbook."""
    return download(xlsx_bytes("register", *_table(visit)), XLSX, "register.xlsx")


def _table(visit: Visit) -> tuple[list[str], list[list[Value]]]:
    header = [visit.say(word) for word in HEADER.values()]
    return header, [[_cell(one, name, visit) for name in COLUMNS] for one in whole(visit.session, visit.someone)]


def _cell(one: RegisterLine, name: str, visit: Visit) -> Value:
    if name == "is_waste":
        return visit.say(YES if one.is_waste else NO)
    if name == "mode":
        return exit_words.say(exit_words.MODES[one.mode], visit.lang)
    if name == "kinds":
        return _name(one, visit)
    found: Value = getattr(one, name)
    return found


def _name(one: RegisterLine, visit: Visit) -> str:
    return ", ".join(wording.kind_word(kind, visit.lang) for kind in one.kinds.split())
