"""What a bench measured, on the page of a device: locks first, long tests, self-tests, two readings."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from hub.pages.measured_facts import measured_facts
from hub.pages.report_facts import _machine
from tests.asgi import TestClient
from tests.hub.grade_reports import full_report
from tests.hub.pages.test_grades import device_path, diagnose, page_of
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
DRIVE = {"model": "SSD", "serial": "WD-0001"}
MEMBERS = ("locks", "stress", "self_tests", "read_benchmark", "second_reader")
MEASURED: dict[str, Any] = {
    "locks": [
        {"of": "drive", "code": "lock.drive-ata", "weight": "blocks", "values": {"serial": "WD-0001"}},
        {"of": "check", "serial": "", "code": "lock.check-failed", "weight": "blocks", "values": {"person": "p-lou"}},
        {"of": "machine", "serial": "", "code": "lock.to-declare", "weight": "ask", "values": {"lock": "mdm"}},
    ],
    "stress": [
        {
            "id": "benchmark", "method": "etabli.cpu/1", "verdict": "pass", "libraries": {"zlib": "1.3"},
            "figures": [{"work": "zlib", "workers": 8, "kilobytes_per_second": 151_000}],
        },
        {"id": "cpu-load", "by": "stress", "verdict": "review", "celsius_most": 97, "ended": "2026-03-02T08:40:00Z"},
    ],
    "self_tests": [{"drive": DRIVE, "kind": "long", "outcome": "failed", "seconds": 7200, "first_error_lba": 4711}],
    "second_reader": [
        {
            "drive": DRIVE, "state": "differs", "differences": [{"field": "serial", "explained": ""}],
            "first": DRIVE, "second": {"model": "SSD", "serial": "WD-000I", "size_bytes": None},
        }
    ],
}  # fmt: skip


def test_what_was_measured_is_on_the_page_and_what_blocks_reuse_before_the_story(
    workshop: Workshop, signed_in: Enter
) -> None:
    report = full_report(**MEASURED)
    report["machine"]["identity"] |= {"chassis": "tablet", "chassis_source": "person", "chassis_read": "laptop"}
    diagnose(workshop, "ETB-0001", "PF1ABCDE", report)
    path = device_path(workshop, "ETB-0001")
    english = page_of(signed_in("lead"), path, "en")
    for words in (
        "Drive WD-0001 has a password", "p-lou found a lock", "zlib: 151 MB/s with 8 worker processes",
        "method etabli.cpu/1, with zlib 1.3", "hottest: 97 °C", "first fault at block 4711", "pySMART: SSD, WD-000I",
        "tablet: corrected by a person, the firmware says laptop",
    ):  # fmt: skip
        assert words in english, words
    assert english.index("What keeps this machine from reuse") < english.index("Its story")
    assert (english.count("Drive WD-0001 has a password"), english.count("Look for this lock")) == (2, 1)
    french = page_of(signed_in("donor"), path, "fr")
    for words in ("Ce qui empêche le réemploi", "au plus chaud", "premier défaut au bloc 4711", "Quelqu’un a trouvé"):
        assert words in french, words
    assert "p-lou" not in french


def test_a_machine_that_nothing_holds_has_no_warning_on_top(workshop: Workshop, signed_in: Enter) -> None:
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report(locks=[], stress=[]))
    page = page_of(signed_in("lead"), device_path(workshop, "ETB-0001"), "en")
    assert "Diagnosis" in page
    assert "What keeps this machine from reuse" not in page


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize(
    "value",
    [7, "x" * 10**6, {}, [None, 3], [{}] * 5000, [{"id": ["x"], "drive": 3, "figures": {}}], [{"weight": "blocks"}],
     [{"id": "benchmark", "figures": [{"work": 7, "workers": "8"}] * 5000, "libraries": {"a" * 5000: "b" * 5000}}]],
)  # fmt: skip
def test_a_hostile_member_breaks_nothing_and_stays_short(member: str, value: Any) -> None:
    for lang in ("fr", "en"):
        assert len(str(measured_facts({**full_report(), member: value}, lang))) < 40_000


def test_control_characters_and_markup_of_a_report_are_only_text(workshop: Workshop, signed_in: Enter) -> None:
    evil = "<script>alert(1)</script>\u202e"
    rows = json.loads(json.dumps(MEASURED).replace("WD-000I", evil))
    diagnose(workshop, "ETB-0001", "PF1ABCDE", full_report(**rows))
    page = page_of(signed_in("lead"), device_path(workshop, "ETB-0001"), "en")
    assert "&lt;script&gt;alert(1)" in page
    assert "\\u202E" in page
    assert "\u202e" not in page


WIDE: dict[str, Any] = {"diagonal_tenths_of_inch": 156, "width_px": 1920, "height_px": 1080}


@pytest.mark.parametrize(
    ("panel", "lang", "told"),
    [
        (WIDE | {"maker": "LGD", "year": 2019}, "fr", "15,6\u2033 · 1920 × 1080 · LGD · 2019"),
        ({"diagonal_tenths_of_inch": 156, "model": "P14", "connector": "eDP-1"}, "en", "15.6\u2033 · P14"),
        ({"connector": "eDP-1", "diagonal_tenths_of_inch": None, "width_px": "wide"}, "en", "eDP-1"),
        ({"diagonal_tenths_of_inch": -3, "width_px": 10**30, "height_px": True}, "en", ""),
    ],
)
def test_a_panel_is_told_in_words(panel: dict[str, Any], lang: str, told: str) -> None:
    report = {"machine": {"panels": [panel]}}
    shown = dict(_machine(report, lang))["Dalle" if lang == "fr" else "Panel"]
    assert shown == told
