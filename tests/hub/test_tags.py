"""Asset tags: check characters, series without repeats, labels on their sheets."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth

from hub.errors import BadInput, Forbidden
from hub.models import Role
from hub.scanned import words
from hub.tagged import TagRange
from hub.tags import series
from hub.tags.formats import PAGE, formats
from hub.tags.own_codes import ALPHABET, check_character, misread, scanned_of, tag_code
from hub.tags.sheets import FONT, MOST_LINES, READABLE, WHOLE, Label, broken, draw_sheets, labels_of
from tests.hub.lot_work import LotWork

BODIES = st.text(ALPHABET, min_size=1, max_size=24)
SMALL = "a4-65-38x21"


def test_the_check_character_is_that_of_the_standard() -> None:
    assert check_character("A12425GABC1234002") == "M"  # the example of ISO 7064


@given(BODIES)
def test_a_tag_of_the_hub_is_read_by_a_bench_and_found_by_the_search(text: str) -> None:
    from station_agent.scanner.own_codes import Own, own_code, own_parts

    code = tag_code(text)
    assert code == own_code(Own.ASSET, text)
    assert own_parts(code) == (Own.ASSET, text)
    assert text.lower() in words(code)
    assert not misread(code)


@given(BODIES)
def test_the_address_on_a_tag_is_read_by_a_bench_and_found_by_the_search(text: str) -> None:
    from station_agent.scanner.codes import Code, Kind, read_code

    address = scanned_of("https://atelier.example", text)
    assert address == f"https://atelier.example/t/{tag_code(text)}"
    assert read_code(address) == Code(Kind.ASSET, tag_code(text))
    assert text.lower() in words(address)


@pytest.mark.parametrize("tag", ["étiquette", "A B", "A/B", "A?", ""])
def test_a_tag_that_no_address_can_hold_for_a_bench_stands_alone_in_its_code(tag: str) -> None:
    assert scanned_of("https://atelier.example", tag) == tag
    assert scanned_of(f"https://{'a' * 120}.example", "A000001") == tag_code("A000001")
    assert scanned_of("", "A000001") == tag_code("A000001")


@given(BODIES, st.integers(0, 23), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(text: str, at: int, other: str) -> None:
    code = tag_code(text)
    place = 4 + at % (len(text) + 1)
    changed = code[:place] + other + code[place + 1 :]
    assert misread(changed) == (changed != code)


@pytest.mark.parametrize("foreign", ["", "ETB-0001", "étiquette", "A" * 25, "abc", "A B"])
def test_a_tag_of_another_shape_stands_as_it_is(foreign: str) -> None:
    assert tag_code(foreign) == foreign
    assert not misread(foreign)


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_label_lies_on_its_page_and_on_no_other_label(name: str) -> None:
    sheet = formats()[name]
    assert name.split("-")[1] == str(sheet.labels)
    corners = [sheet.corner(place) for place in range(sheet.labels)]
    assert len(set(corners)) == sheet.labels
    assert sheet.across >= sheet.width
    assert sheet.down >= sheet.height
    for left, top in corners:
        assert 0 <= left <= PAGE[0] - sheet.width
        assert 0 <= top <= PAGE[1] - sheet.height


@pytest.fixture
def work(fresh_world: Any) -> LotWork:
    return LotWork(fresh_world(), "asset\nA000003\n")


def issue(work: LotWork, number: int, letters: str = "A", who: Any = None, **changed: Any) -> TagRange:
    fields: dict[str, Any] = {"sheet": SMALL, "start": 1, "each": 1, **changed}
    with work.world.hub.sessions().begin() as session:
        return series.issue(session, who or work.technician, letters, number, **fields)


def test_no_tag_is_issued_twice_nor_one_that_a_device_carries(work: LotWork) -> None:
    found = [series.bodies(issue(work, 2)), series.bodies(issue(work, 3)), series.bodies(issue(work, 2, "b"))]
    assert found[0] == ("A000001", "A000002")
    assert found[1] == ("A000004", "A000005", "A000006"), "A000003 is on a device"
    assert found[2] == ("B000001", "B000002")


def test_a_series_ends_with_its_last_number(work: LotWork) -> None:
    with work.world.hub.sessions().begin() as session:
        row = series.issue(session, work.lead, "Z", 1, sheet=SMALL, start=1, each=1)
        row.first = row.last = series.LAST - 1
    assert series.bodies(issue(work, 1, "Z")) == ("Z999999",)
    with pytest.raises(BadInput, match="not that many"):
        issue(work, 1, "Z")


def test_what_is_no_series_or_no_sheet_is_refused(work: LotWork) -> None:
    for letters in ("", "ABCDE", "1", "Ä", "A\n", "A;"):
        with pytest.raises(BadInput):
            issue(work, 1, letters if letters != "A\n" else "A\nB")
    for number in (0, -1, series.MOST + 1):
        with pytest.raises(BadInput):
            issue(work, number)
    for changed in ({"sheet": "a5"}, {"start": 0}, {"start": 66}, {"each": 2}):
        with pytest.raises(BadInput):
            issue(work, 1, **changed)
    assert issue(work, 1, start=65).start == 65
    with pytest.raises(Forbidden):
        issue(work, 1, who=work.person(Role.DONOR, donor="CAF"))


def test_a_sheet_is_the_same_bytes_each_time_and_begins_where_it_is_told() -> None:
    labels = labels_of(["A000001", "ETB-0001 é", "\N{SNOWMAN}"], ["", "batterie"])
    sheet = formats()["a4-24-70x37"]
    assert draw_sheets(labels, sheet, 1) == draw_sheets(labels, sheet, 1)
    assert draw_sheets(labels, sheet, 1) != draw_sheets(labels, sheet, 2)
    for count, start, pages in ((24, 1, 1), (25, 1, 2), (1, 24, 1), (2, 24, 2), (23, 2, 1), (24, 2, 2)):
        data = draw_sheets([Label("A000001")] * count, sheet, start)
        assert data.count(b"/Type /Page\n") == pages, (count, start)


@given(st.text("AWi1-", max_size=120), st.floats(30, 120))
def test_a_long_code_is_broken_into_lines_that_stay_on_their_label(text: str, room: float) -> None:
    lines = broken(text, room)
    assert "".join(lines) == text, "nothing of a code is left out"
    assert len(lines) <= MOST_LINES
    if len(lines) < MOST_LINES:
        assert all(stringWidth(line, FONT, READABLE) <= room for line in lines if len(line) > 1)
    if len(text) <= WHOLE and stringWidth(text, FONT, READABLE) <= room:
        assert len(lines) == 1, "a tag of our own is read in one piece"
