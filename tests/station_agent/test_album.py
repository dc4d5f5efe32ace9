"""Photos of checks at the bench: optional, kept by their own hash, taken from camera or file, never in the way."""

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from diagnostics.checks import CheckOutcome
from station_agent.checks import pictures
from station_agent.checks.album import NO_CAMERA, NO_FILE, NOT_KEPT, REFUSED, Album, album_below, no_camera
from station_agent.checks.answers import Answers
from station_agent.checks.desk import HOW, LIST, PHOTO, Desk
from station_agent.checks.kept import KeptAnswers
from station_agent.checks.pages import page_of
from station_agent.checks.plain_console import text_of
from station_agent.language import voice


def jpeg(colour: int = 90) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (32, 32), (colour, 7, 7)).save(made, "JPEG", comment=b"whose laptop")
    return made.getvalue()


def at_camera(folder: Path, shoot: Callable[[], bytes] = no_camera) -> Desk:
    answers = Answers("laptop", frozenset(), KeptAnswers(folder, "m"), lambda: "", "op-1")
    desk = Desk(answers, replace(pictures._means(), root=folder), album=album_below(folder / "checks", (), shoot))
    desk.place, desk.state = next(n for n, check in enumerate(desk.answers.checks) if check.id == "hinge-lid"), LIST
    desk.press("enter")
    return desk


def test_a_file_of_the_drop_folder_goes_with_the_answer_by_the_hash_of_what_is_kept(tmp_path: Path) -> None:
    desk = at_camera(tmp_path)
    (tmp_path / "checks/photos-new/hinge.JPG").write_bytes(jpeg())
    for key in ("c", "1", "f"):
        desk.press(key)
    (row,) = KeptAnswers(tmp_path, "m").read()
    stored = (tmp_path / "checks/photos" / row.photo).read_bytes()
    assert row.photo_sha256 == hashlib.sha256(stored).hexdigest() == row.photo.removesuffix(".jpg")
    assert (row.outcome, b"whose laptop" in stored) == (CheckOutcome.FAIL, False)
    document = next(one.to_document() for one in desk.answers.answered() if one.check.id == "hinge-lid")
    assert document["photo_sha256"] == row.photo_sha256
    assert (desk.photo, desk.state) == (None, HOW)  # the next check has none


def test_a_camera_gives_a_photo_and_a_missing_one_is_said_with_the_other_way(tmp_path: Path) -> None:
    for shoot, kept in ((jpeg, True), (no_camera, False)):
        desk = at_camera(tmp_path, shoot)
        for key in ("c", "c"):
            desk.press(key)
        assert desk.shot is not None
        desk.shot.wait(5)
        desk.tick()
        assert (desk.photo is not None, desk.notice) == (kept, "" if kept else NO_CAMERA)
        if not kept:
            desk.press("escape")
        desk.press("p")
        assert desk.answers.given[-1].outcome is CheckOutcome.PASS  # a photo is never waited for


def test_a_photo_can_be_taken_back(tmp_path: Path) -> None:
    desk = at_camera(tmp_path)
    (tmp_path / "checks/photos-new/a.jpg").write_bytes(jpeg())
    for key in ("c", "1", "c", "x", "escape", "p"):
        desk.press(key)
    assert desk.answers.given[-1].photo == ""


@pytest.mark.parametrize(("data", "code"), [(b"GIF89a", "photo.no-jpeg"), (jpeg()[:200], "photo.broken")])
def test_a_file_that_is_no_photo_is_refused_in_words(data: bytes, code: str, tmp_path: Path) -> None:
    desk = at_camera(tmp_path)
    (tmp_path / "checks/photos-new/a.jpg").write_bytes(data)
    for key in ("c", "1"):
        desk.press(key)
    assert (desk.state, desk.notice, desk.photo) == (PHOTO, REFUSED[code], None)
    assert not (tmp_path / "checks/photos").exists()


def test_a_file_that_is_gone_or_cannot_be_kept_is_said(tmp_path: Path) -> None:
    desk = at_camera(tmp_path)
    file = tmp_path / "checks/photos-new/a.jpg"
    file.write_bytes(jpeg())
    desk.press("c")
    (tmp_path / "checks/photos").write_text("in the way")
    desk.press("1")
    assert desk.notice == NOT_KEPT
    file.unlink()
    desk.press("1")
    assert desk.notice == NO_FILE


def test_links_pipes_and_other_files_are_not_offered_and_a_missing_folder_has_none(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpeg", "c.png", "d.txt"):
        (tmp_path / name).write_bytes(jpeg())
    (tmp_path / "link.jpg").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe.jpg")
    album = Album(tmp_path / "kept", (tmp_path, tmp_path / "none"), no_camera)
    assert {path.name for path in album.offered()} == {"a.jpg", "b.jpeg"}
    with pytest.raises(OSError, match="link"):
        album.take_file(tmp_path / "link.jpg")


def test_the_same_picture_is_kept_once(tmp_path: Path) -> None:
    album = Album(tmp_path / "kept", (), jpeg)
    assert album.take_shot() == album.take_shot()
    assert album.keep(jpeg(11)) != album.take_shot()
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_the_screen_says_where_to_put_a_file(tmp_path: Path) -> None:
    desk = at_camera(tmp_path)
    desk.press("c")
    said = "\n".join(text_of(page_of(desk, voice("en", {}), "")))
    assert "checks/photos-new" in said
    assert "It is optional" in said
