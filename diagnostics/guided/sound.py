"""Tones made by code, and how loud a tone is in a recording: Goertzel's filter against the whole noise.

Samples are 16 bits, little-endian, one or two channels (RIFF WAVE, format 1). Nothing is played or recorded here.
"""

import io
import math
import wave
from array import array
from dataclasses import dataclass
from typing import Any

RATE = 44_100  # samples per second
LEFT_HZ, RIGHT_HZ = 440, 880
LOOP_HZ = 1_000
TONE_S = 1.2
HEARD_DB = 10  # a tone this far above the rest of the sound is heard
_LOUD = 0.5  # of full scale: cheap amplifiers distort above
_FADE = 441  # samples: no click at the ends
_WIDTH = 2  # bytes of a sample
_MOST_SAMPLES = RATE * 10


@dataclass(frozen=True, slots=True)
class Level:
    """A recording judged: tone over noise in tenths of dB, loudest sample in permille of full scale."""

    over_noise_tenths_db: int
    peak_permille: int

    @property
    def heard(self) -> bool:
        """True when the tone stands out of the noise."""
        return self.over_noise_tenths_db >= HEARD_DB * 10

    def to_evidence(self) -> dict[str, Any]:
        """Return plain types for the record."""
        return {"tone_over_noise_tenths_db": self.over_noise_tenths_db, "peak_permille": self.peak_permille}


def stereo_tones(left_hz: int = LEFT_HZ, right_hz: int = RIGHT_HZ, seconds: float = TONE_S) -> bytes:
    """Return a WAV file: a tone on the left alone, then one on the right alone."""
    left, right = _tone(left_hz, seconds), _tone(right_hz, seconds)
    frames = array("h")
    for sample in left:
        frames.extend((sample, 0))
    for sample in right:
        frames.extend((0, sample))
    return _file(frames, channels=2)


def loop_tone(hz: int = LOOP_HZ, seconds: float = TONE_S * 2) -> bytes:
    """Return a WAV file with one tone on both sides, for the microphone to hear."""
    frames = array("h")
    for sample in _tone(hz, seconds):
        frames.extend((sample, sample))
    return _file(frames, channels=2)


def judge_recording(data: bytes, hz: int = LOOP_HZ) -> Level | None:
    """Measure the tone in a WAV recording; None where the bytes are no such file or hold no sound at all."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            if file.getsampwidth() != _WIDTH or not file.getframerate():
                return None
            rate, channels = file.getframerate(), file.getnchannels()
            samples = array("h", _even(file.readframes(_MOST_SAMPLES)))[::channels]
    except (wave.Error, EOFError, ValueError):
        return None
    if not samples:
        return None
    return _level(samples, rate, hz)


def _level(samples: "array[int]", rate: int, hz: int) -> Level:
    total = sum(sample * sample for sample in samples) / len(samples)
    tone = min(_power(samples, rate, hz), total)
    noise = max(total - tone, 1.0)
    tenths = round(100 * math.log10(max(tone, 1e-3) / noise))
    return Level(tenths, max(abs(sample) for sample in samples) * 1000 // 32768)


def _power(samples: "array[int]", rate: int, hz: int) -> float:
    """Power of one frequency, in the unit of the mean square (Goertzel, 1958)."""
    factor = 2 * math.cos(2 * math.pi * hz / rate)
    first = second = 0.0
    for sample in samples:
        first, second = sample + factor * first - second, first
    square = first * first + second * second - factor * first * second
    return 2 * square / (len(samples) * len(samples))


def _tone(hz: int, seconds: float) -> list[int]:
    count = int(RATE * seconds)
    return [
        round(
            32767 * _LOUD * min(1.0, place / _FADE, (count - place) / _FADE) * math.sin(2 * math.pi * hz * place / RATE)
        )
        for place in range(count)
    ]


def _file(frames: "array[int]", *, channels: int) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(_WIDTH)
        file.setframerate(RATE)
        file.writeframes(frames.tobytes())
    return held.getvalue()


def _even(data: bytes) -> bytes:
    return data[: len(data) - len(data) % _WIDTH]
