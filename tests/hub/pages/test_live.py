"""The live page: who sees it, in which order, what a dead bench looks like, and the line over which news comes."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from hub.live.beats import SCHEMA, take_in
from hub.live.picture import DEAD_AFTER
from hub.models import Station, StationState
from hub.pages import live_pages, live_stream
from hub.pages.live_stream import Look, Streams
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
HOSTILE = "<script>alert(1)</script>"


def tell(workshop: Workshop, *drives: dict[str, Any], name: str = "Banc 1", **more: Any) -> None:
    """Let a bench say how its drives are, now."""
    with workshop.session() as session, session.begin():
        station = session.query(Station).filter(Station.name == name).one()
        station.heartbeat = take_in({"schema": SCHEMA, "drives": list(drives), **more})
        station.last_seen = workshop.clock()


def page(client: TestClient, path: str = "/live") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text.replace("\N{NO-BREAK SPACE}", " ")


def test_every_bench_and_drive_is_shown_with_words_and_figures(workshop: Workshop, signed_in: Enter) -> None:
    run = {"phase": "write", "percent": 42, "rate": 120_000_000, "eta_s": 2100, "celsius": 41}
    tell(
        workshop,
        {"state": "running", "slot": "3", "model": "HGST Z7K500", "serial_end": "4711", "lot": "MAIRIE-01", **run},
        {"state": "frozen", "slot": "4", "reason": "FROZEN", "waits_for": "unfreeze"},
        slots=8,
        outbox={"queued": 2},
    )
    shown = page(signed_in("technician"))
    figures = "being overwritten · 42 % · 120 MB/s · 35 min left · 41 °C"
    for words in ("Banc 1", "HGST Z7K500 …4711", figures, "MAIRIE-01"):
        assert words in shown
    assert "To be unfrozen at the bench" in shown
    assert "2 statements wait at the bench." in shown
    assert "6 places are free." in shown
    assert shown.index("Look here first") < shown.index("Banc 1 · 4") < shown.index("HGST")
    french = signed_in("lead")
    french.cookies.set("etabli-lang", "fr")
    assert "À dégeler au banc" in page(french)


def test_a_dead_bench_shows_as_such_and_no_drive_of_it_keeps_a_good_word(workshop: Workshop, signed_in: Enter) -> None:
    tell(workshop, {"state": "erased", "slot": "1", "verdict": "ERASED", "waits_for": "pull", "celsius": 30})
    lead = signed_in("lead")
    alive = page(lead)
    assert "badge ok" in alive
    assert "It can be pulled." in alive
    assert "run complete" in alive
    assert ">Erased" not in alive
    workshop.clock.now += DEAD_AFTER
    dead = page(lead)
    assert "silent" in dead
    assert "last heard 2 Mar 2026" in dead
    assert "not known: its bench is silent" in dead
    board = dead.split("data-live", 1)[1]
    assert "badge ok" not in board
    assert "live-drive ok" not in board
    for words in ("run complete", "Erased", "It can be pulled.", "30 °C"):
        assert words not in board


def test_a_bench_that_brings_statements_without_a_daemon_is_not_a_silent_one(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    workshop, _ = worked
    with workshop.session() as session, session.begin():
        session.query(Station).filter(Station.name == "Banc 1").one().last_seen = None
    workshop.clock.now += DEAD_AFTER
    board = page(signed_in("lead")).split("data-live", 1)[1]
    assert "no live signs: its daemon does not run" in board
    assert "last seen 2 Mar 2026" in board
    for words in ("never heard", "</svg> silent", "silent benches", "badge bad", "No drive is plugged."):
        assert words not in board


def test_a_bench_of_which_nothing_ever_came_is_silent(workshop: Workshop, signed_in: Enter) -> None:
    with workshop.session() as session, session.begin():
        session.query(Station).filter(Station.name == "Banc 1").one().last_seen = None
    assert "never heard" in page(signed_in("lead"))


def test_benches_that_wait_or_were_refused_are_not_shown(workshop: Workshop, signed_in: Enter) -> None:
    workshop.ask_to_join("Banc 2")
    with workshop.session() as session, session.begin():
        session.query(Station).filter(Station.name == "Banc 1").one().state = StationState.LOCKED.value
    shown = page(signed_in("lead"))
    assert "Banc 2" not in shown
    assert "locked: contradictory statements" in shown


def test_a_donor_never_sees_a_bench(workshop: Workshop, signed_in: Enter) -> None:
    donor = signed_in("donor")
    assert "/live" not in donor.get("/").text
    for path in ("/live", "/live?wall=1", "/live/events"):
        answer = donor.get(path)
        assert answer.status_code == 403
        assert "Banc 1" not in answer.text


def test_the_wall_screen_has_no_bar_and_the_page_reloads_by_itself_without_script(
    workshop: Workshop, signed_in: Enter
) -> None:
    tell(workshop, {"state": "running", "slot": "1"})
    wall, usual = page(signed_in("lead"), "/live?wall=1"), page(signed_in("lead"))
    assert 'class="top"' not in wall
    assert 'class="foot"' not in wall
    assert 'class="top"' in usual
    for text in (wall, usual):
        assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in text
        assert text.count("<h1") == 1


def test_hostile_names_and_old_and_broken_heartbeats_do_not_break_the_page(
    workshop: Workshop, signed_in: Enter
) -> None:
    lead = signed_in("lead")
    with workshop.session() as session, session.begin():
        session.query(Station).filter(Station.name == "Banc 1").one().name = HOSTILE
    tell(workshop, {"state": "of-tomorrow", "model": HOSTILE, "lot": "\N{RIGHT-TO-LEFT OVERRIDE}x"}, name=HOSTILE)
    shown = page(lead)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "\\u202Ex" in shown
    assert "a state that this hub does not know" in shown
    for stored in (
        {"drives": [{"name": "\ud800"}] * 500},
        {"drives": 7},
        {"bays": []},
        {"schema": SCHEMA, "drives": 1},
    ):
        with workshop.session() as session, session.begin():
            station = session.query(Station).one()
            station.heartbeat, station.last_seen = stored, workshop.clock()
        assert lead.get("/live").status_code == 200


# --- the line ---


async def hear(lines: AsyncIterator[bytes], wanted: str) -> Any:
    """Read until an event of this name comes; give its document."""
    async with asyncio.timeout(60):
        async for line in lines:
            for block in line.decode().split("\n\n"):
                if f"event: {wanted}\n" in block:
                    return json.loads(block.split("data: ", 1)[1])
    raise AssertionError(wanted)


def streams(workshop: Workshop, **more: Any) -> Streams:
    return Streams(live_pages.looking(workshop.hub), every_s=0.001, **more)


def session_of(client: TestClient) -> str:
    return str(client.cookies.get("etabli"))


def test_what_changes_comes_over_the_line_and_only_that(workshop: Workshop, signed_in: Enter) -> None:
    token = session_of(signed_in("lead"))
    tell(workshop, {"state": "running", "slot": "1", "percent": 10})

    async def follow() -> None:
        lines = streams(workshop, edition="e1").events(token, "en")
        assert (await hear(lines, "hello"))["edition"] == "e1"
        first = await hear(lines, "board")
        assert list(first["cards"]) == first["order"] == ["summary", first["order"][1]]
        assert "10" in first["cards"][first["order"][1]]
        await hear(lines, "alive")
        tell(workshop, {"state": "running", "slot": "1", "percent": 55})
        second = await hear(lines, "board")
        assert list(second["cards"]) == [first["order"][1]], "the summary is the same: it is not sent again"
        assert "55" in second["cards"][first["order"][1]]
        await lines.aclose()  # type: ignore[attr-defined]

    asyncio.run(follow())


def test_a_bench_that_falls_silent_is_shown_without_any_heartbeat(workshop: Workshop, signed_in: Enter) -> None:
    token = session_of(signed_in("lead"))
    tell(workshop, {"state": "erased", "slot": "1"})

    async def follow() -> None:
        lines = streams(workshop).events(token, "en")
        first = await hear(lines, "board")
        assert "badge ok" in first["cards"][first["order"][1]]
        workshop.clock.now += timedelta(minutes=10)
        later = await hear(lines, "board")
        assert "badge ok" not in later["cards"][first["order"][1]]
        await lines.aclose()  # type: ignore[attr-defined]

    asyncio.run(follow())


def test_the_line_ends_with_the_session(workshop: Workshop, signed_in: Enter) -> None:
    lead, lou = signed_in("lead"), signed_in("technician")

    async def follow(client: TestClient, leave: Callable[[], Any]) -> Any:
        lines = streams(workshop).events(session_of(client), "en")
        await hear(lines, "board")
        await asyncio.to_thread(leave)
        return await hear(lines, "end")

    def sign_out() -> None:
        token = lead.get("/help").text.split('name="csrf" value="')[1].split('"')[0]
        assert lead.post("/sign-out", data={"csrf": token}).status_code == 303

    def deactivate() -> None:
        with workshop.session() as session, session.begin():
            workshop.person(session, "technician").active = False

    assert asyncio.run(follow(lead, sign_out)) == {"why": "signed-out"}
    assert asyncio.run(follow(lou, deactivate)) == {"why": "signed-out"}
    assert asyncio.run(hear(streams(workshop).events("made up", "en"), "end")) == {"why": "signed-out"}


class Looks:
    """Counts looks, and fails when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[frozenset[str], frozenset[str]]] = []
        self.broken = False

    def __call__(self, langs: Collection[str], tokens: Collection[str]) -> Look:
        self.asked.append((frozenset(langs), frozenset(tokens)))
        if self.broken:
            raise OperationalError("", {}, Exception("gone"))
        return Look({lang: {"summary": f"<p>{lang}</p>"} for lang in langs}, frozenset(tokens))


def test_all_share_one_look_and_one_too_many_is_sent_away() -> None:
    looks = Looks()

    async def crowd() -> None:
        made = Streams(looks, every_s=0.001, most=5)
        lines = [made.events(f"t{n}", "fr" if n else "en") for n in range(5)]
        heard = await asyncio.gather(*(hear(line, "board") for line in lines))
        assert [one["cards"]["summary"] for one in heard] == ["<p>en</p>", *["<p>fr</p>"] * 4]
        assert made.full
        assert await hear(made.events("t6", "en"), "end") == {"why": "full"}
        assert max(len(tokens) for _, tokens in looks.asked) == 5
        for line in lines:
            await line.aclose()  # type: ignore[attr-defined]
        assert made.listeners == 0
        before = len(looks.asked)
        await asyncio.sleep(0.05)
        assert len(looks.asked) <= before + 1, "nobody looks on: nobody looks"
        assert await hear(made.events("t7", "en"), "board")

    asyncio.run(crowd())


def test_a_database_that_is_away_ends_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "ALIVE_S", 0.01)
    looks = Looks()
    looks.broken = True

    async def follow() -> None:
        lines = Streams(looks, every_s=0.001).events("t", "en")
        await hear(lines, "hello")
        async with asyncio.timeout(60):
            assert (await anext(lines)).startswith(b":"), "the line stays, and no word says that all is well"
            looks.broken = False
        assert await hear(lines, "board")
        await lines.aclose()  # type: ignore[attr-defined]

    asyncio.run(follow())


def test_the_end_of_the_hub_ends_every_line_at_once_from_any_thread() -> None:
    async def follow() -> None:
        made = Streams(Looks(), every_s=3600.0)
        lines = [made.events(f"t{n}", "en") for n in range(3)]
        await asyncio.gather(*(hear(line, "board") for line in lines))
        rests = [asyncio.create_task(anext(line, b"over")) for line in lines]
        await asyncio.sleep(0)
        threading.Thread(target=made.end).start()
        async with asyncio.timeout(60):
            assert await asyncio.gather(*rests) == [b"over"] * 3
        assert made.full

    asyncio.run(follow())


def test_a_full_hub_answers_at_once(workshop: Workshop, signed_in: Enter) -> None:
    lead = signed_in("lead")
    workshop.app.state.live.end()
    answer = lead.get("/live/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith('event: end\ndata: {"why": "full"}\n\n')
