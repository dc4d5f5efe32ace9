"""Pointer, screen, sound, camera frame and ports: what counts as seen, and what never does."""

import io
import random
import wave
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.checks import CheckOutcome, checklist
from diagnostics.errors import PolicyError
from diagnostics.guided import presence
from diagnostics.guided.camera_frame import judge_frame
from diagnostics.guided.input_event import (
    ABS_MT_POSITION_Y,
    ABS_X,
    ABS_Y,
    BTN_LEFT,
    BTN_RIGHT,
    BTN_TOOL_DOUBLETAP,
    BTN_TOUCH,
    EV_ABS,
    EV_KEY,
    EV_SYN,
    InputEvent,
)
from diagnostics.guided.instructions import LONGEST, instruction
from diagnostics.guided.observing import Observer
from diagnostics.guided.pointer import PointerTrial
from diagnostics.guided.screen import PAGES, ScreenTrial, brightness
from diagnostics.guided.sound import judge_recording, loop_tone, stereo_tones

EVERY_CHASSIS = ("laptop", "desktop", "all-in-one", "tablet", "server", "drive")


def put(root: Path, path: str, text: str = "") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def touch(trial: PointerTrial, across: int, along: int) -> None:
    moved = [InputEvent(0, EV_ABS, ABS_X, across), InputEvent(0, EV_ABS, ABS_Y, along)]
    trial.feed([*moved, InputEvent(0, EV_SYN, 0, 0)])


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("chassis", EVERY_CHASSIS)
def test_every_check_of_every_chassis_tells_how_it_is_done(chassis: str, lang: str) -> None:
    for check in checklist(chassis):
        told = instruction(check.id, lang)
        assert told.lines
        assert told.passed
        assert max(len(line) for line in told.lines) <= LONGEST


@pytest.mark.parametrize(
    "text", ["", "version = 1", "version = 1\n[x]\nway = 'no'", "[x", "version = 1\n[x]\nway='ask'"]
)
def test_instructions_that_do_not_tell_how_are_refused(text: str, tmp_path: Path) -> None:
    put(tmp_path, "i.toml", text)
    with pytest.raises(PolicyError):
        instruction("x", "en", tmp_path / "i.toml")


def test_a_touchpad_is_sound_after_four_corners_two_buttons_and_two_fingers() -> None:
    trial = PointerTrial((0, 1000), (0, 500))
    for place in ((0, 0), (1000, 0), (0, 500)):
        touch(trial, *place)
    trial.feed(InputEvent(0, EV_KEY, code, 1) for code in (BTN_LEFT, BTN_RIGHT, BTN_TOOL_DOUBLETAP))
    trial.feed(InputEvent(0, EV_ABS, ABS_MT_POSITION_Y, along) for along in (100, 300))
    assert not trial.sound
    touch(trial, 1000, 500)
    assert trial.sound
    assert trial.to_evidence() == {
        "corners": ["bottom-left", "bottom-right", "top-left", "top-right"],
        "left": True,
        "right": True,
        "scrolled": True,
    }


def test_a_finger_that_comes_back_at_the_same_edge_sends_one_axis_and_reaches_its_corner() -> None:
    trial = PointerTrial((0, 1000), (0, 500))
    for moved in ({ABS_X: 0, ABS_Y: 0}, {ABS_Y: 500}, {ABS_X: 1000}):
        trial.feed([InputEvent(0, EV_KEY, BTN_TOUCH, 1)])
        trial.feed(InputEvent(0, EV_ABS, axis, value) for axis, value in moved.items())
        trial.feed([InputEvent(0, EV_SYN, 0, 0), InputEvent(0, EV_KEY, BTN_TOUCH, 0), InputEvent(0, EV_SYN, 0, 0)])
    assert trial.corners == {"top-left", "bottom-left", "bottom-right"}


def test_a_finger_on_its_way_to_a_corner_reaches_none_before_both_axes_have_told() -> None:
    trial = PointerTrial((0, 1000), (0, 500))
    touch(trial, 0, 0)
    trial.feed([InputEvent(0, EV_ABS, ABS_X, 1000)])
    trial.feed([InputEvent(0, EV_ABS, ABS_Y, 500), InputEvent(0, EV_SYN, 0, 0)])
    assert trial.corners == {"top-left", "bottom-right"}


def test_the_middle_of_the_pad_is_no_corner_and_one_finger_does_not_scroll() -> None:
    trial = PointerTrial((0, 1000), (0, 1000))
    for place in ((500, 500), (0, 500), (500, 0), (500, 1000)):
        touch(trial, *place)
    assert (trial.corners, trial.scrolled, trial.sound) == (set(), False, False)


def test_a_screen_is_sound_after_every_page_and_a_mark_takes_that_away() -> None:
    trial = ScreenTrial()
    while trial.turn():
        assert not trial.sound or trial.colour == PAGES[-1]
    assert trial.sound
    trial.move(-500, 500)
    trial.mark()
    assert trial.to_evidence()["marks"] == ["grey 0,24"]
    assert not trial.sound
    trial.mark()
    assert trial.sound


def test_the_tone_made_here_is_heard_in_itself_and_not_in_noise_or_silence() -> None:
    heard = judge_recording(loop_tone())
    assert heard is not None
    assert heard.heard
    assert heard.peak_permille == pytest.approx(500, abs=2)
    noise = random.Random(1)
    for samples in ([0] * 20_000, [noise.randrange(-9000, 9000) for _ in range(20_000)]):
        level = judge_recording(recording(samples))
        assert level is not None
        assert not level.heard


def recording(samples: list[int]) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(array("h", samples).tobytes())
    return held.getvalue()


def test_the_left_tone_is_on_the_left_alone_and_the_right_one_after_it_on_the_right() -> None:
    with wave.open(io.BytesIO(stereo_tones(seconds=0.1))) as file:
        samples = array("h", file.readframes(file.getnframes()))
    half = len(samples) // 2
    sides = [max(abs(value) for value in part) for part in (samples[:half:2], samples[1:half:2], samples[half::2])]
    assert sides[0] > 16_000
    assert sides[1:] == [0, 0]


@given(st.binary(max_size=300))
def test_bytes_that_are_no_recording_are_not_heard(data: bytes) -> None:
    level = judge_recording(data)
    assert level is None or not level.heard


@pytest.mark.parametrize(("data", "sound"), [(b"\x10" * 9000, False), (bytes(range(256)) * 40, True)])
def test_a_picture_of_one_colour_is_none(data: bytes, *, sound: bool) -> None:
    frame = judge_frame(data)
    assert frame is not None
    assert frame.sound is sound


def test_a_few_bytes_are_no_picture() -> None:
    assert judge_frame(b"\x00\xff" * 100) is None


def test_networks_are_counted_and_their_names_are_not_read() -> None:
    scan = "BSS 02:00:00:00:00:01(on wlan0)\n\tSSID: BSS here\nBSS 02:00:00:00:00:02(on wlan0)\n"
    assert presence.networks_in(scan) == 2
    assert presence.networks_in("command failed: Device or resource busy (-16)") == 0


def test_sticks_are_counted_by_their_port_however_often_they_come_back(tmp_path: Path) -> None:
    observer = Observer(tmp_path)
    for number, port in enumerate(("1", "2", "1")):
        put(tmp_path, f"sys/block/sd{'abc'[number]}/dev", f"8:{number}")
        put(tmp_path, f"run/udev/data/b8:{number}", f"S:x\nE:ID_PATH=pci-0000:00:14.0-usb-0:{port}:1.0-scsi-0:0:0:0\n")
        seen = observer.observe("usb-ports")
    assert seen.evidence["places"] == ["pci-0000:00:14.0-usb-0:1:1.0", "pci-0000:00:14.0-usb-0:2:1.0"]
    assert seen.proposal is None  # how many ports the case has, only the person sees


def test_a_cable_that_brings_the_link_up_speaks_for_pass_and_none_for_nothing(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/net/eth0/type", "1")
    (tmp_path / "sys/class/net/eth0/device").mkdir()
    put(tmp_path, "sys/class/net/eth0/carrier", "0")
    assert Observer(tmp_path).observe("ethernet").proposal is None
    put(tmp_path, "sys/class/net/eth0/carrier", "1")
    put(tmp_path, "sys/class/net/eth0/speed", "1000")
    seen = Observer(tmp_path).observe("ethernet")
    assert (seen.facts, seen.proposal) == ((("eth0", "1000 Mbit/s"),), CheckOutcome.PASS)


def test_a_disc_in_the_tray_or_a_card_in_the_slot_speaks_for_a_medium_left_inside(tmp_path: Path) -> None:
    assert Observer(tmp_path).observe("media-left").proposal is None
    put(tmp_path, "sys/block/sr0/dev", "11:0")
    put(tmp_path, "run/udev/data/b11:0", "E:ID_CDROM_MEDIA=1\n")
    put(tmp_path, "sys/block/mmcblk0/device/type", "SD")
    seen = Observer(tmp_path).observe("media-left")
    assert (seen.evidence["inside"], seen.proposal) == (["sr0", "mmcblk0"], CheckOutcome.FAIL)


def test_a_soldered_store_is_no_card_and_its_host_no_slot(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/mmc_host/mmc0/mmc0:0001/type", "MMC")
    put(tmp_path, "sys/block/mmcblk0/device/type", "MMC")
    (tmp_path / "sys/class/mmc_host/mmc1").mkdir()
    assert (presence.card_slots(tmp_path), presence.cards_inside(tmp_path)) == (("mmc1",), ())


def test_a_blocked_adapter_is_there_and_does_not_pass(tmp_path: Path) -> None:
    for name, text in (("type", "bluetooth"), ("name", "hci0"), ("hard", "1"), ("soft", "0")):
        put(tmp_path, f"sys/class/rfkill/rfkill0/{name}", text)
    seen = Observer(tmp_path).observe("bluetooth")
    assert (seen.evidence, seen.proposal) == ({"adapters": ["hci0"], "blocked": ["hard"]}, None)


def test_every_video_port_must_have_shown_a_screen_and_the_panel_is_none(tmp_path: Path) -> None:
    for name in ("card0-eDP-1", "card0-HDMI-A-1", "card0-DP-1"):
        put(tmp_path, f"sys/class/drm/{name}/status", "disconnected")
    observer = Observer(tmp_path)
    put(tmp_path, "sys/class/drm/card0-HDMI-A-1/status", "connected")
    assert observer.observe("video-out").proposal is None
    put(tmp_path, "sys/class/drm/card0-HDMI-A-1/status", "disconnected")
    put(tmp_path, "sys/class/drm/card0-DP-1/status", "connected")
    seen = observer.observe("video-out")
    assert (seen.evidence, seen.proposal) == ({"screens": ["DP-1", "HDMI-A-1"]}, CheckOutcome.PASS)


def test_what_the_kernel_shows_is_found_and_an_empty_machine_has_nothing(tmp_path: Path) -> None:
    assert presence.found_below(tmp_path) == frozenset()
    put(tmp_path, "sys/class/sound/pcmC0D0p/x")
    put(tmp_path, "sys/class/video4linux/video0/index", "0")
    put(tmp_path, "sys/class/video4linux/video1/index", "1")
    put(tmp_path, "sys/block/sr0/size", "0")
    assert presence.found_below(tmp_path) == {"sound", "camera", "optical-drive"}
    assert presence.cameras(tmp_path) == ("video0",)


def test_brightness_is_a_share_and_no_backlight_is_none(tmp_path: Path) -> None:
    assert brightness(tmp_path) is None
    put(tmp_path, "sys/class/backlight/b/brightness", "120")
    put(tmp_path, "sys/class/backlight/b/max_brightness", "480")
    assert brightness(tmp_path) == 25


@pytest.mark.parametrize("check", sorted({check.id for chassis in EVERY_CHASSIS for check in checklist(chassis)}))
def test_no_check_passes_on_an_empty_machine(check: str, tmp_path: Path) -> None:
    assert Observer(tmp_path).observe(check).proposal is None
