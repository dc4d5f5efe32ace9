"""The checks at the console: next action, answers that survive, two consoles with the same words, safe glyphs."""

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from diagnostics.checks import CheckOutcome, CheckResult
from diagnostics.discharge import DischargeReport
from diagnostics.errors import DischargeRefused
from diagnostics.guided.input_event import EV_KEY, InputEvent
from diagnostics.guided.keyboard import layouts
from station_agent.checks import pictures
from station_agent.checks.answers import Answers
from station_agent.checks.desk import HOW, LIST, LIVE, OVER, REASON, TICKS, Desk
from station_agent.checks.jobs import NO_DISCHARGE, NO_MEANS
from station_agent.checks.kept import KeptAnswers
from station_agent.checks.page import BODY, COLUMNS, ROWS, is_safe, rows, safe, shortened, words
from station_agent.checks.pages import page_of
from station_agent.checks.pictures import PICTURES, Fingers, screens
from station_agent.checks.plain_console import key_of, run_plain, text_of
from station_agent.checks.screen_console import ChecksApp
from station_agent.diagnose import discharge_member
from station_agent.errors import ProcessFailed
from station_agent.language import voice
from station_agent.store import Store

ENGLISH, FRENCH = voice("en", {}), voice("fr", {})
WHEN = "2026-11-22T06:00:00Z"


def session(folder: Path, chassis: str = "laptop", found: frozenset[str] = frozenset()) -> Desk:
    answers = Answers(chassis, found, KeptAnswers(folder, "m"), lambda: WHEN, "op-1")
    return Desk(answers, replace(pictures._means(), root=folder))


def at(desk: Desk, check: str) -> Desk:
    desk.place = next(place for place, entry in enumerate(desk.answers.checks) if entry.id == check)
    desk.state = LIST
    desk.press("enter")
    return desk


def test_an_answer_is_durable_with_operator_times_and_evidence_and_the_next_check_opens(tmp_path: Path) -> None:
    desk = at(session(tmp_path), "wifi")
    desk.press("enter")
    desk.jobs["wifi"].wait(5)
    desk.tick()
    assert desk.proposal is CheckOutcome.PASS
    desk.press("p")
    (row,) = KeptAnswers(tmp_path, "m").read()
    assert (row.id, row.outcome, row.operator, row.started, row.ended) == (
        "wifi",
        CheckOutcome.PASS,
        "op-1",
        WHEN,
        WHEN,
    )
    assert row.evidence["networks"] == 7
    assert (desk.state, desk.check.id) == (HOW, "bluetooth")


def test_answers_are_kept_while_another_process_holds_the_store(tmp_path: Path) -> None:
    with Store(tmp_path):
        at(session(tmp_path), "camera").press("f")
    assert [row.outcome for row in KeptAnswers(tmp_path, "m").read()] == [CheckOutcome.FAIL]


def test_a_check_done_again_counts_anew_and_the_earlier_answer_stays(tmp_path: Path) -> None:
    desk = session(tmp_path)
    for key in ("f", "p"):
        at(desk, "camera").press(key)
    (row,) = [row for row in desk.answers.answered() if row.check.id == "camera"]
    assert (row.result.outcome, row.attempts) == (CheckOutcome.PASS, 2)
    assert row.to_document()["earlier"][0]["result"] == "fail"


def test_a_session_goes_on_where_it_was_left(tmp_path: Path) -> None:
    first = session(tmp_path)
    assert (first.state, first.check.id) == (TICKS, "locks")
    for key in ("a", "enter"):
        first.press(key)
    assert session(tmp_path).check.id == "media-left"


@pytest.mark.parametrize("rubbish", ["{", "[]", '{"id": "wifi", "result": "erased"}', "\x00\xff", "[" * 5000, "{}"])
def test_a_torn_or_foreign_line_is_left_out_and_the_rest_is_read(rubbish: str, tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path, "m")
    kept.add(CheckResult("wifi", CheckOutcome.PASS))
    with kept.path.open("a", encoding="utf-8") as file:
        file.write(rubbish + "\n")
    kept.add(CheckResult("camera", CheckOutcome.FAIL))
    assert [row.id for row in kept.read()] == ["wifi", "camera"]


def test_not_applicable_is_offered_with_reasons_and_not_where_the_device_was_found(tmp_path: Path) -> None:
    desk = at(session(tmp_path), "camera")
    desk.press("n")
    assert desk.state == REASON
    desk.press("9")
    desk.press("1")
    assert desk.answers.given[-1].reason == "not-fitted"
    desk = at(session(tmp_path / "b", found=frozenset({"camera"})), "camera")
    desk.press("n")
    assert desk.state == HOW
    assert "n" not in {action.key for action in page_of(desk, ENGLISH, "").actions}


@pytest.mark.parametrize("check", ["memory", "cpu-load", "drive-read", "stickers", "parts", "casing"])
def test_what_every_machine_has_is_never_not_applicable(check: str, tmp_path: Path) -> None:
    desk = at(session(tmp_path), check)
    desk.press("n")
    assert desk.state == HOW


def test_an_old_answer_that_the_found_device_contradicts_counts_as_not_tested(tmp_path: Path) -> None:
    KeptAnswers(tmp_path, "m").add(CheckResult("camera", CheckOutcome.NOT_APPLICABLE, reason="not-fitted"))
    rows_now = session(tmp_path, found=frozenset({"camera"})).answers.answered()
    assert {row.check.id: row.result.outcome for row in rows_now}["camera"] is CheckOutcome.NOT_TESTED


def test_the_looks_take_a_digit_and_the_parts_a_choice(tmp_path: Path) -> None:
    desk = at(session(tmp_path), "casing")
    desk.press("p")
    assert desk.answers.given == []
    desk.press("5")
    at(desk, "parts").press("p")
    for key in ("4", "1", "2", "2", "enter"):
        desk.press(key)
    assert [(row.id, row.value) for row in desk.answers.given] == [("casing", "C5"), ("parts", "charger,keys")]


def test_triage_takes_one_of_four_ways_and_nothing_waits_for_it(tmp_path: Path) -> None:
    desk = at(session(tmp_path), "triage")
    for key in ("0", "5", "p", "f", "n"):
        desk.press(key)
    assert KeptAnswers(tmp_path, "m").read() == ()
    right = page_of(desk, ENGLISH, "").right
    desk.press("3")
    (row,) = KeptAnswers(tmp_path, "m").read()
    assert (row.id, row.outcome, row.value) == ("triage", CheckOutcome.PASS, "weee")
    assert page_of(desk, ENGLISH, "").right == right  # it was not one of those to be done
    assert right.startswith("0 of")


@pytest.mark.parametrize(
    ("outcomes", "worst", "proposal"),
    [
        (("holds",), "holds", CheckOutcome.PASS),
        (("holds", "gives-way"), "gives-way", CheckOutcome.FAIL),
        (("holds", "gauge-stuck"), "gauge-stuck", None),
    ],
)
def test_a_battery_under_load_speaks_for_the_answer_and_goes_into_the_report(
    tmp_path: Path, outcomes: tuple[str, ...], worst: str, proposal: CheckOutcome | None
) -> None:
    desk = session(tmp_path)
    reports = tuple(DischargeReport("BAT0", outcome, 120.4, *pictures.DISCHARGE) for outcome in outcomes)
    desk.means = replace(desk.means, discharge=lambda _course: reports)
    at(desk, "battery").press("enter")
    desk.jobs["battery"].wait(5)
    desk.tick()
    assert desk.proposal is proposal
    desk.press("p")
    (row,) = discharge_member(KeptAnswers(tmp_path, "m").read())["battery_discharge"]
    assert (row["outcome"], row["seconds"], row["sag_permille"]) == (worst, 120, 36)


def test_a_battery_that_cannot_be_measured_is_said_and_is_no_measurement(tmp_path: Path) -> None:
    def refused(_course: object) -> tuple[DischargeReport, ...]:
        raise DischargeRefused("discharge.on-mains", "BAT0")

    for discharge in (refused, lambda _course: ()):
        desk = session(tmp_path)
        desk.means = replace(desk.means, discharge=discharge)
        at(desk, "battery").press("enter")
        desk.jobs["battery"].wait(5)
        desk.tick()
        assert (desk.notice, desk.proposal) == (NO_DISCHARGE, None)
        desk.press("p")
    assert discharge_member(KeptAnswers(tmp_path, "m").read()) == {}


def test_a_note_is_kept_with_the_answer(tmp_path: Path) -> None:
    desk = at(session(tmp_path), "charger")
    for key in ("t", "6", "5", "space", "W", "x", "backspace", "enter", "p"):
        desk.press(key)
    assert desk.answers.given[-1].note == "65 W"


def test_a_note_is_typed_in_the_line_mode_too(tmp_path: Path) -> None:
    desk = at(session(tmp_path), "charger")
    run_plain(desk, lambda: page_of(desk, ENGLISH, ""), io.StringIO("t\n65 W q\np\n"), ENGLISH)
    assert desk.answers.given[-1].note == "65 W q"


def test_the_keyboard_trial_ends_by_itself_and_names_the_doubtful_keys(tmp_path: Path) -> None:
    strokes = [
        InputEvent(1000 * place + up, EV_KEY, code, 1 - up)
        for place, code in enumerate(sorted(layouts()["azerty-iso"].codes) * 3)
        for up in (0, 1)
    ]
    desk = session(tmp_path)
    desk.means = replace(desk.means, open_events=lambda _devices, _grab: Fingers(strokes))
    at(desk, "keyboard").press("enter")
    assert desk.state == LIVE
    desk.tick()
    assert (desk.state, desk.proposal) == (HOW, CheckOutcome.PASS)
    desk.press("f")
    assert desk.answers.given[-1].evidence["answered"] == 78


def test_a_stuck_key_that_the_keyboard_repeats_for_ever_does_not_hold_the_trial_open(tmp_path: Path) -> None:
    class Repeating(Fingers):
        def events(self) -> tuple[InputEvent, ...]:
            return (InputEvent(now[0], EV_KEY, 30, 2), InputEvent(now[0], 0, 0, 1))

    now = [0]
    desk = session(tmp_path)
    desk.means = replace(desk.means, microseconds=lambda: now[0], open_events=lambda _devices, _grab: Repeating([]))
    at(desk, "keyboard").press("enter")
    for second in range(12):
        now[0] = second * 1_000_000
        desk.tick()
    assert (desk.state, desk.proposal) == (HOW, CheckOutcome.FAIL)


def test_a_key_that_is_down_when_another_keyboard_ends_the_trial_counts_as_stuck(tmp_path: Path) -> None:
    now = [1_000_000]
    desk = session(tmp_path)
    held = Fingers([InputEvent(now[0], EV_KEY, 30, 1)])
    desk.means = replace(desk.means, microseconds=lambda: now[0], open_events=lambda _devices, _grab: held)
    at(desk, "keyboard").press("enter")
    desk.tick()
    now[0] += 4_000_000
    desk.press("enter")
    assert (desk.state, desk.proposal, desk.found and desk.found.evidence["stuck"]) == (HOW, CheckOutcome.FAIL, [30])


def test_a_keyboard_that_cannot_be_watched_is_judged_by_hand(tmp_path: Path) -> None:
    desk = session(tmp_path)
    desk.means = replace(desk.means, devices=tuple)
    at(desk, "keyboard").press("enter")
    assert (desk.state, "by hand" in desk.notice) == (HOW, True)


def test_a_missing_program_is_said_and_speaks_for_nothing(tmp_path: Path) -> None:
    def missing() -> None:
        raise ProcessFailed("{program} cannot be started: {detail}", program="aplay", detail="x")

    desk = session(tmp_path)
    desk.means = replace(desk.means, play=missing)
    at(desk, "audio").press("enter")
    desk.jobs["audio"].wait(5)
    desk.tick()
    assert (desk.notice, desk.proposal) == (NO_MEANS, None)


def test_a_long_test_goes_on_beside_other_checks(tmp_path: Path) -> None:
    import threading

    gate = threading.Event()
    desk = session(tmp_path)
    report = pictures._memory
    desk.means = replace(desk.means, memory=lambda course: (gate.wait(10), report(course))[1])
    at(desk, "memory").press("enter")
    at(desk, "camera")
    assert "Memory test 0 %" in page_of(desk, ENGLISH, "").notice
    gate.set()
    desk.jobs["memory"].wait(5)
    at(desk, "memory")
    assert desk.proposal is CheckOutcome.PASS
    desk.close()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_screen_fits_80_by_25_in_glyphs_that_every_console_has(lang: str) -> None:
    names = []
    for name, page in screens(voice(lang, {})):
        names.append(name)
        assert len(rows(page)) == ROWS, name
        assert len(page.body) <= BODY, name
        for line in (*page.body, words(page.title), words(page.notice)):
            text = "".join(segment.text for segment in line)
            assert len(text) < COLUMNS, (name, text)
            assert safe(text).count("?") == text.count("?"), (name, text)  # nothing was replaced
        assert all(is_safe(glyph) for line in rows(page) for segment in line for glyph in segment.text), name
    assert {"list", "keyboard-live", "touchpad-live", "memory", "stickers", "connector", "touch-screen"} <= set(names)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_key_is_cut_off(lang: str) -> None:
    for name, page in screens(voice(lang, {})):
        shown = "".join(segment.text for line in rows(page)[-2:] for segment in line)
        assert all(f" {action.words}" in shown for action in page.actions), name


def test_glyphs_that_a_console_lacks_are_replaced() -> None:
    assert safe("✓ ◐ a’b…\u202f!") == "? ? a'b...\u00a0!"
    assert not is_safe("▀")


def test_the_pictures_in_the_tree_are_what_the_program_shows() -> None:
    made = dict(pictures.pictures())
    kept = {str(path.relative_to(PICTURES)): path.read_text("utf-8") for path in PICTURES.rglob("*.svg")}
    assert sorted(kept) == sorted(made), "python -m station_agent.checks.pictures"
    assert [name for name, text in made.items() if kept[name] != text] == []


def test_both_consoles_show_the_same_words(tmp_path: Path) -> None:
    desk = at(session(tmp_path), "ethernet")

    async def seen() -> list[str]:
        app = ChecksApp(desk, lambda: page_of(desk, FRENCH, "DEMO"))
        async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
            await pilot.pause()
            lines = [app._sheet.render_line(row).text.rstrip() for row in range(ROWS)]
            await pilot.press("p")
            await pilot.press("escape")
            await pilot.press("q")
        return lines

    lines = asyncio.run(seen())
    desk_again = at(session(tmp_path / "b"), "ethernet")
    assert set(text_of(page_of(desk_again, FRENCH, "DEMO"))) <= set(lines)
    assert (desk.state, desk.answers.given[-1].id) == (OVER, "ethernet")


def test_the_line_mode_answers_a_check_and_leaves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = session(tmp_path)
    run_plain(desk, lambda: page_of(desk, ENGLISH, "DEMO"), io.StringIO("esc\ndown\n\nf\nesc\nq\n"), ENGLISH)
    said = capsys.readouterr().out
    assert (desk.answers.given[0].id, desk.answers.given[0].outcome) == ("media-left", CheckOutcome.FAIL)
    assert "Open the optical tray." in said
    assert "═" not in said


@pytest.mark.parametrize("columns", range(12, 48, 5))
def test_a_text_that_is_cut_ends_in_dots_after_a_whole_word_and_fits(columns: int) -> None:
    text = "Aucune étiquette, avec un nom ou un mot de passe"
    short = shortened(text, columns)
    assert len(short) <= columns
    assert short.endswith(" ...")
    assert set(short.removesuffix(" ...").split()) <= {word.rstrip(",") for word in text.split()} | {*text.split()}
    assert shortened(text, len(text)) == text
    assert shortened("x" * 99, columns) == "x" * (columns - 4) + " ..."


@pytest.mark.parametrize("line", ["plus tard", "passed over", "zzz", "z", "pas vu\x1b[2J", "\x1b"])
def test_the_line_mode_takes_no_word_for_its_first_letter_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    desk = session(tmp_path)
    run_plain(desk, lambda: page_of(desk, FRENCH, "DEMO"), io.StringIO(f"esc\ndown\n\n{line}\n"), FRENCH)
    said = capsys.readouterr().out
    assert desk.answers.given == []
    assert "ne change rien ici" in said.splitlines()[-1]
    assert "\x1b" not in said


@pytest.mark.parametrize(("line", "key"), [("\n", "enter"), ("P\n", "p"), ("down\n", "down"), ("esc\n", "escape")])
def test_a_line_is_one_key(line: str, key: str) -> None:
    assert key_of(line) == key


def test_the_end_of_the_input_ends_the_line_mode(tmp_path: Path) -> None:
    run_plain(desk := session(tmp_path), lambda: page_of(desk, ENGLISH, ""), io.StringIO(""), ENGLISH)
    assert (desk.state, desk.answers.given) == (TICKS, [])


def test_a_row_of_a_kept_answer_is_plain_json(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path, "m")
    kept.add(CheckResult("wifi", CheckOutcome.PASS, evidence={"networks": 3}, photo="p.jpg", photo_sha256="ab"))
    row = json.loads(kept.path.read_text("ascii"))
    assert row == {"id": "wifi", "result": "pass", "evidence": {"networks": 3}, "photo": "p.jpg", "photo_sha256": "ab"}
    assert kept.read()[0].photo_sha256 == "ab"


def test_diagnose_takes_the_kept_answers_up_and_states_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from station_agent.app import main

    bench = Path(pictures.DEMO).parents[1] / "benches/demo.toml"
    common = ["--bench", str(bench), "--state", str(tmp_path), "--lang", "en"]
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n\nop-7\n\n"))
    for arguments in (["check", "--plain", *common], ["diagnose", "--json", *common]):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code in (0, None)
    report = json.loads(capsys.readouterr().out)["report"]
    declared = {"lock": "bios-password", "state": "present", "person": "op-7"}
    assert report["machine"]["locks"]["declared"] == [declared]  # as `diagnose --declare` has them
    (locks,) = [row for row in report["checks"] if row["id"] == "locks"]
    assert (locks["result"], locks["attempts"], locks["earlier"][0]["result"]) == ("fail", 2, "pass")
    assert (locks["operator"], locks["evidence"]) == ("op-7", {"declared": ["bios-password=present"]})
