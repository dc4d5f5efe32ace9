"""Photos by their content: what a camera wrote is left out, what is no whole picture is refused, nothing crashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.devices.pictures import NoPicture, cleaned
from tests.hub.camera import SECRET, chunk, jpeg, photo, png, segment


def test_a_jpeg_keeps_its_picture_and_nothing_that_its_camera_wrote() -> None:
    media, found = cleaned(photo())
    assert media == "image/jpeg"
    assert found == jpeg(scans=2)
    assert SECRET not in found


def test_a_jpeg_between_whose_scans_something_is_hidden_loses_it() -> None:
    two = jpeg(scans=2)
    at = two.rindex(b"\xff\xda")
    assert cleaned(two[:at] + segment(0xE1, SECRET) + two[at:])[1] == two


def test_fill_bytes_before_a_marker_are_no_fault() -> None:
    plain = jpeg()
    at = plain.index(b"\xff\xdb")
    assert cleaned(plain[:at] + b"\xff\xff" + plain[at:])[1] == plain


def test_a_png_keeps_the_chunks_of_its_picture_only() -> None:
    told = png(chunk(b"tEXt", b"Comment\0" + SECRET), chunk(b"eXIf", SECRET), chunk(b"gAMA", b"\0\0\xb1\x8f"))
    assert cleaned(told + SECRET) == ("image/png", png(chunk(b"gAMA", b"\0\0\xb1\x8f")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        bytes(1000),
        b"GIF89a" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        jpeg()[:-2],
        jpeg()[:40],
        b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"\xff\xd8\xff\xe0\xff\xff" + bytes(100),
        png()[:-4],
        png().replace(b"IDAT", b"IDAX"),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
        png(chunk(b"ABCD", b"")),
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture):
        cleaned(data)


@given(st.binary(max_size=200), st.sampled_from([jpeg(), photo(), png()]), st.integers(0, 400))
def test_damaged_pictures_are_refused_or_cleaned_and_never_crash(noise: bytes, whole: bytes, at: int) -> None:
    try:
        media, found = cleaned(whole[:at] + noise + whole[at + len(noise) :])
    except NoPicture:
        return
    assert cleaned(found) == (media, found)
