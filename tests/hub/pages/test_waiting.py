"""The start page as the morning of a lead and of a technician, and the lists behind its figures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hub.pages.waiting_words import age_text, tiles
from hub.waiting import Waiting
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_start_page_tells_each_figure_its_age_and_where_to_go(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    workshop, _ids = worked
    lead = signed_in("lead")
    workshop.clock.now += timedelta(hours=5)
    page = lead.get("/").text
    for address, words in (
        ("/queue", "decisions to take"),
        ("/waiting/failed", "drives that failed"),
        ("#unmatched", "statements without a lot"),
        ("/waiting/ungraded", "devices without a grade"),
        ("/waiting/receptions", "lots not received yet"),
    ):
        tile = page.split("<main", 1)[1].split(f'href="{address}"', 1)[1].split("</a>", 1)[0]
        assert words in tile
        assert "the oldest: 5 hours" in tile
    french = lead
    french.cookies.set("etabli-lang", "fr")
    assert "le plus ancien\N{NO-BREAK SPACE}: 5\N{NO-BREAK SPACE}heures" in french.get("/").text


def test_a_technician_sees_what_concerns_a_technician(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    page = signed_in("technician").get("/").text
    assert 'href="/waiting/failed"' in page
    assert "decisions to take" not in page
    assert "stations to accept" not in page


def test_a_donor_sees_lots_and_nothing_that_waits(worked: tuple[Workshop, dict[str, str]], signed_in: Enter) -> None:
    page = signed_in("donor").get("/").text
    assert "/waiting/" not in page
    assert "drives erased, with a certificate" in page


def test_the_lists_name_each_thing_its_lot_why_and_lead_to_it(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    lou = signed_in("technician")
    failed = lou.get("/waiting/failed").text
    assert "KX-0003" in failed
    assert "MAIRIE-01" in failed
    assert 'href="/devices/' in failed
    assert "WD-0001" not in failed
    ungraded = lou.get("/waiting/ungraded").text
    assert "ETB-0002" in ungraded
    assert "No diagnosis yet" in ungraded
    assert "ETB-0001" not in ungraded
    receptions = lou.get("/waiting/receptions").text
    assert 'href="/lots/USINE-01"' in receptions
    assert "Usine du Port" in receptions


def test_what_waits_stands_before_what_does_not_and_a_zero_has_no_age() -> None:
    found = tiles((Waiting("decisions", 0, None), Waiting("failed", 2, NOW - timedelta(days=9))), NOW, "en")
    assert [(tile.number, tile.tone, tile.age) for tile in found] == [(2, "bad", "the oldest: 9 days"), (0, "ok", "")]


def test_an_age_is_said_in_both_languages_and_never_negative() -> None:
    assert age_text(NOW - timedelta(days=3), NOW, "fr") == "3\N{NO-BREAK SPACE}jours"
    assert age_text(NOW - timedelta(minutes=40), NOW, "en") == "40 minutes"
    assert age_text(NOW + timedelta(days=400), NOW, "en") == "0 seconds"
