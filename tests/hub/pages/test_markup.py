"""What every page has in common: headers, no foreign address, no inline code, escaping, and readers of every sort."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from hub.accounted import LotClosing
from hub.devices import triage
from hub.devices.together import Order, handle
from hub.exits import by_number, leaving, papers
from hub.grades.policies import GRADE, keep_shipped
from hub.imported.keeping import keep, read
from hub.lots import counts, life
from hub.lots.bilan import Closer, bilan
from hub.lots.blocking import book_of
from hub.lots.closing import written
from hub.lots.counts import Counted
from hub.lots.explaining import Said, explain
from hub.models import Device, Drive, Lot, Person
from hub.pages import formats
from hub.repairs import places
from hub.repairs import service as repairs
from tests.asgi import TestClient
from tests.hub.foreign_reports import nwipe_log
from tests.hub.pages.distribution import distribution_for
from tests.hub.pages.network import network_for, pages_of
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
RTL = "ABC\N{RIGHT-TO-LEFT OVERRIDE}TAC\N{RIGHT-TO-LEFT MARK}"
FIELDS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit"}


class Page(HTMLParser):
    """Reads what the rules below ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


LEADS = (
    "/",
    "/tags",
    "/approve-together",
    "/board",
    "/about",
    "/board?state=announced",
    "/scan",
    "/acts/1",
    "/lots/MAIRIE-01/board",
    "/lots/MAIRIE-01/sample",
    "/lots/MAIRIE-01/intake",
    "/lots/MAIRIE-01/tags",
    "/lots/MAIRIE-01/board?step=",
    "/lots",
    "/lots/MAIRIE-01",
    "/lots/MAIRIE-01/import",
    "/lots/MAIRIE-01/reports",
    "/reports",
    "/exports",
    "/reports/1",
    "/lots/MAIRIE-01/life",
    "/lots/MAIRIE-01/account",
    "/lots/MAIRIE-01/devices",
    "/lots/MAIRIE-01/closing",
    "/lots/MAIRIE-01/bilan/1",
    "/lots/MAIRIE-01/pre-approval",
    "/benches",
    "/search",
    "/search?q=nothing-has-this",
    "/live",
    "/waiting/contradicted",
    "/waiting/failed",
    "/waiting/ungraded",
    "/waiting/receptions",
    "/live?wall=1",
    "/lots/MAIRIE-01/exits",
    "/lots/MAIRIE-01/papers",
    "/lots/MAIRIE-01/weee",
    "/register",
    "/exits",
    "/new-exit",
    "/parts",
    "/new-lot",
    "/new-donor",
    "/queue",
    "/stations",
    "/grades",
    "/partners",
    "/figures",
    "/figures?first=2026-01-01&last=2026-12-31",
    "/figures?first=nonsense&last=",
    "/figures?lot=MAIRIE-01",
    "/reuse-fund?first=2026-01-01&last=2026-12-31",
    "/actions",
    "/lots/MAIRIE-01/stated",
    "/half-years",
    "/prescriptions",
    "/prescriptions/1",
    "/stock",
    "/reservations",
    "/intake",
    "/channels",
)


DONOR_PARTS = ("", "/donation", "/bilan/1", "/exits", "/papers", "/weee", "/stated")


@pytest.fixture
def every_page(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter, visitor: TestClient
) -> dict[str, tuple[TestClient, str]]:
    """An address of every sort of page, with somebody who may open it."""
    workshop, ids = worked
    workshop.ask_to_join("Banc 2")
    with workshop.session() as session:
        device = session.query(Device).filter(Device.asset == "ETB-0003").one().id
        drive, failed = (session.query(Drive).filter(Drive.serial == one).one().id for one in ("ST-0004", "KX-0003"))
    account_for(workshop)
    report_of(workshop)
    given = distribution_for(workshop)
    lead, admin, donor = signed_in("lead"), signed_in("admin"), signed_in("donor")
    pages = {
        lead: [
            *LEADS,
            f"/lots/MAIRIE-01/drives/{drive}",
            f"/lots/MAIRIE-01/drives/{failed}",
            f"/devices/{device}/triage",
            f"/devices/{device}/work",
            f"/devices/{given['phone']}/inspection",
            *(f"/exits/{n}{slip}" for n in (1, 2) for slip in ("", "/slip")),
        ],
        admin: ["/people", "/"],
        donor: ["/", "/lots", *(f"/lots/MAIRIE-01{part}" for part in DONOR_PARTS), f"/devices/{device}"],
        visitor: [
            *("/sign-in", "/verify", "/help", "/verify/unknown", "/nothing", "/t/nothing", "/receipts/nothing"),
            f"/t/{given['tag']}",
            f"/t/{given['tag']}?key={given['key']}",
            f"/receipts/{given['receipt']}",
        ],
    }
    with workshop.session() as session, session.begin():
        pages[lead].append(f"/grades/{keep_shipped(session, GRADE).sha256}")
    with workshop.session() as session, session.begin():
        pages[lead] += pages_of(network_for(session, workshop))
    pages[lead] += [f"/devices/{device}", *(f"/queue/{statement}" for statement in ids.values())]
    return {f"{at} {path}": (client, path) for at, client in enumerate(pages) for path in pages[client]}


def report_of(workshop: Workshop) -> None:
    """A report of another program, with hostile words in it."""
    with workshop.session() as session, session.begin():
        report = keep(session, workshop.person(session, "lead"), None, nwipe_log(serial="WD-0001", status=HOSTILE[:20]))
        read(session, report)


def account_for(workshop: Workshop) -> None:
    """Something of everything that people say of a lot, with a report as a closing would write it."""
    with workshop.session() as session, session.begin():
        lead = workshop.person(session, "lead")
        lot = session.query(Lot).filter_by(code="MAIRIE-01").one()
        device = session.query(Device).filter_by(asset="ETB-0003").one()
        failed = session.query(Drive).filter_by(serial="KX-0003").one()
        life.move(session, lead, lot, "received", day="2026-03-01", note="palette")
        for counted in (
            Counted("announced", "laptop", 5),
            Counted("refused", "laptop", 1, "damaged"),
            Counted("sorted", "screen", 2, "weee"),
        ):
            counts.count(session, lead, lot, counted)
        triage.dispose(session, lead, device, "weee", "écran")
        triage.count_bays(session, lead, device, 1, 0)
        triage.declare_drive(session, lead, device, "", "M.2")
        said = Said("destroyed", "drilled", "KX-0003", day="2026-03-01", operator_id=lead.id, witness="Anne", sure=True)
        explain(session, lead, lot, failed.id, said)
        let_out(session, lead, lot)
        work_on(session, lead, device)
        handle(session, lead, Order("step", "triaged", HOSTILE), f"ETB-0001\nETB-0002\n{HOSTILE}")
        closer = Closer(lead, workshop.clock(), 1, "remis", one_person=True)
        text = written(bilan(lot, book_of(session, lead, lot), closer, ()))
        session.add(
            LotClosing(
                lot_id=lot.id,
                version=1,
                document=text,
                sha256="0" * 64,
                one_person=True,
                at=closer.at,
                by=lead.id,
                by_name=lead.name,
            )
        )


def let_out(session: Session, lead: Person, lot: Lot) -> None:
    """An exit of e-waste with a line, a weight and a slip, and a sale that waits for its tags."""
    head = leaving.Head("weee", receiver="Recyclage du Port", producer="Éco-organisme X")
    batch = leaving.begin(session, lead, head)
    by_number.send_units(session, lead, batch, lot, kind="screen", units=2)
    papers.weigh(session, lead, batch, "2", 11_400)
    papers.note_slip(session, lead, batch, "BSD-1", treatment="R4")
    leaving.begin(session, lead, leaving.Head("sale"))


def work_on(session: Session, lead: Person, device: Device) -> None:
    """A part to find, one in stock, a repair, and a place."""
    repairs.miss(session, lead, device, "screen", "15 pouces")
    part = repairs.take_part(session, lead, device, "memory", what="8 Go")
    repairs.repair(session, lead, device, repairs.Work("cleaning"))
    places.put_part(session, lead, part, "Boîte 4")
    places.put_device(session, lead, device, "Étagère B")


def texts(every_page: dict[str, tuple[TestClient, str]]) -> Iterator[tuple[str, str]]:
    for name, (client, path) in every_page.items():
        for lang in ("fr", "en"):
            client.cookies.set("etabli-lang", lang)
            yield f"{name} {lang}", client.get(path).text


def test_every_page_forbids_foreign_and_inline_code(every_page: dict[str, tuple[TestClient, str]]) -> None:
    for name, (client, path) in every_page.items():
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy, name
        assert re.search(r"default-src '(self|none)'", policy), name
        assert "frame-ancestors 'none'" in policy, name
        assert headers["x-content-type-options"] == "nosniff", name
        assert headers["cache-control"] == "no-store", name


def test_no_page_names_another_host_or_holds_inline_code(every_page: dict[str, tuple[TestClient, str]]) -> None:
    for name, text in texts(every_page):
        for tag, attributes in Page(text).tags:
            assert "style" not in attributes, name
            assert not [key for key in attributes if key.startswith("on")], name
            for key in ("href", "src", "action"):
                value = attributes.get(key) or ""
                assert not re.match(r"(?i)([a-z]+:)?//|javascript:|data:", value), (name, tag, value)
        assert not re.search(r"<script(?![^>]*src=)", text), name
        assert "<style" not in text, name


def test_every_page_can_be_read_without_eyes_or_mouse(every_page: dict[str, tuple[TestClient, str]]) -> None:
    for name, text in texts(every_page):
        page = Page(text)
        assert page.all("html")[0]["lang"] == name[-2:], name
        assert len(page.all("h1")) == 1, name
        assert page.all("a")[0]["href"] == "#content", name
        assert [main["id"] for main in page.all("main")] == ["content"], name
        labelled = {label.get("for") for label in page.all("label")}
        for field in [one for tag, one in page.tags if tag in FIELDS]:
            assert field.get("type") in UNLABELLED or field.get("id") in labelled, (name, field)
        assert all(cell.get("scope") in {"col", "row"} for cell in page.all("th")), name
        named = page.all("caption") + [table for table in page.all("table") if table.get("aria-labelledby")]
        assert len(named) == len(page.all("table")), f"{name}: every table has a caption"
        assert all("alt" in image for image in page.all("img")), name
        drawings = [drawing for drawing in page.all("svg") if drawing.get("aria-hidden") != "true"]
        assert all(drawing.get("aria-label") or drawing.get("aria-labelledby") for drawing in drawings), name
        assert not duplicates([attributes["id"] for _tag, attributes in page.tags if "id" in attributes]), name


def duplicates(found: list[str | None]) -> list[str | None]:
    return [one for one in found if found.count(one) > 1]


def test_headings_go_down_one_level_at_a_time(every_page: dict[str, tuple[TestClient, str]]) -> None:
    for name, text in texts(every_page):
        levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
        assert levels[0] == 1, name
        assert all(after - before <= 1 for before, after in pairwise(levels)), (name, levels)


def test_hostile_names_are_shown_on_every_page_and_do_nothing(workshop: Workshop, signed_in: Enter) -> None:
    bench, lead, donor = workshop.bench, signed_in("lead"), signed_in("donor")
    statement = bench.give(workshop.hub, bench.erasure("S" + HOSTILE, model=HOSTILE, asset="ETB-0001"))
    workshop.ask_to_join(HOSTILE)
    with workshop.session() as session, session.begin():
        session.query(Lot).filter(Lot.code == "MAIRIE-01").one().label = HOSTILE + RTL
        device = session.query(Device).filter(Device.asset == "ETB-0001").one()
        device.maker, device.model, device.serial, device.kind = HOSTILE[:60], RTL, HOSTILE[:60], "<script>"
        device.lot.donor.name = HOSTILE + " & co"
        path = f"/devices/{device.id}"
    inside = ["/", "/lots", "/lots/MAIRIE-01", "/queue", f"/queue/{statement}", "/stations", "/new-lot", path]
    shown = ""
    for client, paths in ((lead, inside), (donor, ["/", "/lots", "/lots/MAIRIE-01", path])):
        for place in paths:
            text = client.get(place).text
            assert "<script>alert" not in text, place
            assert "<img src=x" not in text, place
            assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text, place
            shown += text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "ABC\\u202ETAC\\u200F" in shown


def test_hostile_text_in_forms_comes_back_harmless(signed_in: Enter, token_of: Callable[[TestClient], str]) -> None:
    admin = signed_in("admin")
    data = {"csrf": token_of(admin), "name": HOSTILE, "email": RTL + "@x", "role": "lead", "password": "short"}
    answer = admin.post("/people", data=data)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in answer.text
    assert "\\u202E" in answer.text


def test_control_and_bidirectional_characters_become_visible() -> None:
    assert formats.visible("a\x00b\x1b[31m\x85") == "a\\x00b\\x1B[31m\\x85"
    assert formats.visible("x\u2066y\u200fz\ufeff") == "x\\u2066y\\u200Fz\\uFEFF"
    assert formats.visible("line\nnext\tcell é œ ’") == "line\nnext\tcell é œ ’"
    assert formats.visible(7) == 7


def test_the_style_sheet_and_the_script_are_own_files(visitor: TestClient) -> None:
    page = Page(visitor.get("/help").text)
    sources = [link["href"] for link in page.all("link")] + [script["src"] for script in page.all("script")]
    assert [source.split("?")[0].split("/")[-1] for source in map(str, sources)] == [
        "mark.svg",
        "etabli.css",
        "dark.css",
        "etabli.js",
    ]
    for source in sources:
        answer = visitor.get(str(source))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert visitor.get("/static/..%2Fapp.py").status_code == 404
    assert visitor.get("/static/nothing.css").status_code == 404
