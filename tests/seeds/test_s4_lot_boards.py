"""Rows S4-3 and S4-5: fleets of hundreds by scanner, and the chain of work on a board, as people of the workshop."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import event, select

from hub.accounted import DeviceSaid
from hub.models import AuditEntry, Device
from tests.asgi import TestClient
from tests.bench.hub.asking import following
from tests.hub.pages.workshop import Workshop
from tests.seeds.desk import Desk

Enter = Callable[[str], TestClient]
FLEET = [f"ALC-{number:04d}" for number in range(1, 501)]


@pytest.fixture
def technician(workshop: Workshop, signed_in: Enter) -> Desk:
    return Desk(signed_in("technician"))


@pytest.fixture
def lead(workshop: Workshop, signed_in: Enter) -> Desk:
    return Desk(signed_in("lead"))


def column(page: str, step: str) -> str:
    """One column of a board, as HTML."""
    return page.split(f'aria-labelledby="column-{step}"')[1].split("</section>", maxsplit=1)[0]


def count(page: str, step: str) -> int:
    return int(column(page, step).split('class="number">')[1].split("<")[0])


def fleet(workshop: Workshop) -> None:
    """The donor's list of a lot of 500, imported."""
    from hub.lots.service import apply_import, create_lot

    with workshop.session() as session, session.begin():
        lead = workshop.person(session, "lead")
        lot = create_lot(session, "ALCATEL-01", "Mairie de Brest", "", lead)
        apply_import(session, lot, "étiquette;type\n" + "".join(f"{tag};portable\n" for tag in FLEET), lead)


def queries_of(workshop: Workshop, desk: Desk, path: str) -> int:
    asked: list[str] = []
    engine = workshop.app.state.hub.engine

    def count_one(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", count_one)
    desk.read(path)
    event.remove(engine, "before_cursor_execute", count_one)
    return len(asked)


def test_s4_3_a_scanner_receives_a_whole_fleet_in_one_act_and_one_undo(workshop: Workshop, technician: Desk) -> None:
    fleet(workshop)
    page = technician.done("/scan", what="step:received", codes="\n".join(FLEET[:290]))
    assert "Noted for 290 devices" in page
    board = technician.read("/lots/ALCATEL-01/board")
    assert count(board, "received") == 290
    assert column(board, "received").count('class="card"') == 12
    assert "all 290" in board
    turned = [technician.read("/lots/ALCATEL-01/board?step=received")]
    while address := following(turned[-1]):
        turned.append(technician.read(address))
    assert [page.count('class="card"') for page in turned] == [100, 100, 90]
    assert len({tag for page in turned for tag in re.findall(r'href="(/devices/[^"]+)"', page)}) == 290
    page = technician.done("/acts/1/undo")
    assert "Taken back" in page
    assert count(technician.read("/lots/ALCATEL-01/board"), "none") == 500
    with workshop.session() as session:
        assert not session.scalars(select(Device).where(Device.received.is_not(None))).all()
        kept = session.scalars(select(DeviceSaid)).all()
        assert len(kept) == 290
        assert all(row.withdrawn_reason == "act 1" for row in kept)
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "device.step")).all()) == 290


def test_s4_3_the_board_of_a_fleet_asks_no_more_than_that_of_five(workshop: Workshop, technician: Desk) -> None:
    few = queries_of(workshop, technician, "/lots/MAIRIE-01/board")
    fleet(workshop)
    assert queries_of(workshop, technician, "/lots/ALCATEL-01/board") <= few


def test_s4_3_each_line_that_names_no_device_is_told_and_the_others_are_done(technician: Desk) -> None:
    codes = "ETB-0001\nETB-9999\nETB-0001\nETA-A000001Z\n7xk2lq2\n<script>"
    page = technician.done("/scan", what="place", place="Étagère B", codes=codes)
    assert "Noted for 2 devices" in page
    for line in ("no device with this tag", "same as line 1", "its check character is wrong: scan it again"):
        assert line in page
    assert '<td data-col="Code"><span class="code"><script>' in page, "shown as text (unescaped by the test)"
    assert "Étagère B" in technician.read("/lots/MAIRIE-01/board")


def test_s4_3_an_act_that_reaches_no_device_writes_nothing(workshop: Workshop, technician: Desk) -> None:
    answer = technician.send("/scan", what="step:triaged", codes="ETB-9999")
    assert answer.status_code == 422
    assert "Nothing was done" in answer.text
    answer = technician.send("/scan", what="step:out", codes="ETB-0001")
    assert answer.status_code == 409
    for what in ("step:flown", "outcome:gold", "place", "", "burn:all"):
        assert technician.send("/scan", what=what, codes="ETB-0001").status_code == 422, what
    assert technician.send("/scan", what="step:triaged", codes="\n".join(["A"] * 501)).status_code == 422
    with workshop.session() as session:
        assert not session.scalars(select(DeviceSaid)).all()


def test_s4_3_an_undo_leaves_what_somebody_changed_since(technician: Desk, lead: Desk) -> None:
    technician.done("/scan", what="place", place="Quai", codes="ETB-0001\nETB-0002")
    technician.done("/scan", what="place", place="Banc 4", codes="ETB-0002")
    page = technician.done("/acts/1/undo")
    assert "somebody has said something newer of it" in page
    board = technician.read("/lots/MAIRIE-01/board")
    assert "Banc 4" in board
    assert "Quai" not in board
    assert technician.send("/acts/1/undo").status_code == 409
    lead.done("/scan", what="step:triaged", codes="ETB-0003")
    assert technician.send("/acts/3/undo").status_code == 403, "another person's act"
    lead.done("/acts/3/undo")


def test_s4_5_a_device_goes_down_the_chain_by_buttons_and_back(technician: Desk) -> None:
    board = technician.read("/lots/MAIRIE-01/board")
    assert count(board, "none") == 5
    steps = ["received", "triaged", "wiping", "diagnosed", "repairing", "graded", "installed", "ready"]
    for before, after in zip(["none", *steps], steps, strict=False):
        move = next(part for part in column(board, before).split('value="') if after in part).split('"')[0]
        board = technician.done("/lots/MAIRIE-01/board", move=move)
        assert count(board, after) == 1, after
    back = board.split('action="/acts/')[1].split('/undo"')[0]
    board = technician.done(f"/acts/{back}/undo", back="board")
    assert count(board, "ready") == 0
    assert count(board, "installed") == 1


def test_s4_5_a_lot_moves_over_the_board_and_says_what_blocks_it(
    worked: tuple[Workshop, dict[str, str]], lead: Desk
) -> None:
    board = lead.read("/board")
    assert count(board, "announced") == 2
    assert "MAIRIE-01" in column(board, "announced")
    for block in ("1 drive failed", "2 drives wait for a decision", "2 drives have not been reported by any bench"):
        assert block in column(board, "announced"), block
    board = lead.done("/board", move="MAIRIE-01 received")
    assert "MAIRIE-01" in column(board, "received")
    assert "MAIRIE-01 undo" in board
    board = lead.done("/board", move="MAIRIE-01 undo")
    assert count(board, "announced") == 2
    assert lead.send("/board", move="MAIRIE-01 closed").status_code == 409
    assert lead.send("/board", move="MAIRIE-01 ready").status_code == 409
    assert lead.send("/board", move="NOWHERE received").status_code == 404


def test_s2_12_the_first_sorting_is_one_scan_for_each_pile(technician: Desk) -> None:
    technician.done("/scan", what="outcome:reuse", codes="ETB-0001\nETB-0002")
    technician.done("/scan", what="outcome:weee", reason="écran fendu", codes="ETB-0003")
    page = technician.read("/lots/MAIRIE-01")
    assert "reusable" in page
    board = technician.read("/lots/MAIRIE-01/board")
    assert board.count("reusable") == 2
    assert board.count("e-waste") == 1
    answer = technician.send("/scan", what="outcome:parts", codes="ETB-0001")
    assert answer.status_code == 422
    assert "say why the device goes elsewhere now" in answer.text
