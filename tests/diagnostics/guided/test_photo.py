"""Photos: only a whole JPEG of bounded size, and nothing of it but the picture."""

import io
import random

import pytest
from PIL import Image

from diagnostics.errors import PhotoRefused
from diagnostics.guided import photo
from diagnostics.guided.photo import LARGEST, clean_photo

SECRET = b"GPS 48.39 -4.48 of somebody"


def jpeg(mode: str = "RGB", **how: object) -> bytes:
    picture = Image.new(mode, (48, 32), 128 if mode == "L" else (200, 30, 90))
    for place in range(32):
        picture.putpixel((place, place), 0 if mode == "L" else (place, 255 - place, 7))
    exif = Image.Exif()
    exif[271] = SECRET.decode()
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif, comment=SECRET, **how)
    return made.getvalue()


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize(
    "how", [{}, {"progressive": True}, {"optimize": True}, {"mode": "L"}, {"restart_marker_blocks": 1}]
)
def test_the_picture_stays_and_everything_else_goes(how: dict[str, object]) -> None:
    whole = jpeg(**how)  # type: ignore[arg-type]
    assert SECRET in whole
    kept = clean_photo(whole + SECRET)
    assert SECRET not in kept
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}
    assert pixels(kept) == pixels(whole)
    assert clean_photo(kept) == kept


def test_the_usual_tables_that_a_camera_leaves_out_are_put_back() -> None:
    whole = jpeg()
    bare = whole[:2] + b"".join(piece for marker, piece in photo._pieces(whole) if marker != 0xC4)
    assert len(bare) < len(clean_photo(whole)) - 400
    assert pixels(clean_photo(bare)) == pixels(whole)


def sized(wide: int, high: int) -> bytes:
    whole = jpeg()
    place = whole.index(b"\xff\xc0") + 5
    return whole[:place] + high.to_bytes(2, "big") + wide.to_bytes(2, "big") + whole[place + 4 :]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo.no-jpeg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "photo.no-jpeg"),
        (b"\xff\xd8", "photo.broken"),
        (b"\xff\xd8\xff\xd9", "photo.broken"),
        (b"\xff\xd8\xff" + b"\xff" * 50, "photo.broken"),
        (b"\xff\xd8\xff\xe1\xff\xff", "photo.broken"),
        (b"\xff\xd8\xff\xe1\x00\x00", "photo.broken"),
        (jpeg()[:-2], "photo.broken"),
        (jpeg()[:300], "photo.broken"),
        (jpeg().replace(b"\xff\xc0", b"\xff\xc9", 1), "photo.no-jpeg"),  # arithmetic coding
        (jpeg().replace(b"\xff\xfe", b"\xff\xdb", 1), "photo.broken"),  # a comment that says it is a table
        (jpeg().replace(b"\xff\xfe", b"\xff\xc4", 1), "photo.broken"),
        (jpeg().replace(b"\xff\xfe", b"\xff\xdd", 1), "photo.broken"),
        (sized(0, 10), "photo.too-large"),
        (sized(60_000, 10), "photo.too-large"),
        (jpeg() + bytes(LARGEST), "photo.too-large"),
    ],
)
def test_what_is_no_whole_jpeg_of_bounded_size_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        clean_photo(data)
    assert refused.value.code == code


def test_no_damaged_file_does_more_than_be_refused() -> None:
    dice = random.Random(4)
    whole, refused = jpeg(), 0
    for _ in range(1500):
        damaged = bytearray(whole[: dice.randrange(2, len(whole) + 1)])
        for _ in range(dice.randrange(4)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        try:
            assert SECRET not in clean_photo(bytes(damaged))
        except PhotoRefused:
            refused += 1
    assert refused > 1000
