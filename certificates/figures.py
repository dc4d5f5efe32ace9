"""Figures, dates and text as people read them, French or English. Nothing here is ever parsed again."""

import unicodedata
from datetime import datetime

NARROW = "\u202f"  # narrow no-break space, between the digits of a French number
NO_BREAK = "\u00a0"
_UNITS = {"fr": ("o", "ko", "Mo", "Go", "To", "Po"), "en": ("B", "kB", "MB", "GB", "TB", "PB")}
_THOUSAND = 1000
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def number(value: int, lang: str) -> str:
    """Whole number with groups of three digits."""
    return f"{value:,}".replace(",", NARROW) if lang == "fr" else f"{value:,}"


def percent(part: int, whole: int, lang: str) -> str:
    """Share in per cent with two decimals, never rounded up to 100."""
    hundredths = part * 10_000 // whole if whole else 0
    text = f"{hundredths // 100}.{hundredths % 100:02d}"
    return f"{text.replace('.', ',')}{NARROW}%" if lang == "fr" else f"{text}%"


def capacity(size_bytes: int, lang: str) -> str:
    """Capacity in decimal units with three figures at most, as on the label of a drive: "500 GB"."""
    value, unit = float(size_bytes), 0
    while value >= _THOUSAND - 0.5 and unit < len(_UNITS["en"]) - 1:
        value, unit = value / _THOUSAND, unit + 1
    text = f"{value:.0f}" if unit == 0 or value >= 100 else f"{value:.1f}".removesuffix(".0")  # noqa: PLR2004
    return f"{text.replace('.', ',') if lang == 'fr' else text}{NO_BREAK}{_UNITS[lang][unit]}"


def size(size_bytes: int, lang: str) -> str:
    """Capacity in bytes, exactly."""
    return f"{number(size_bytes, lang)}{NO_BREAK}{'octets' if lang == 'fr' else 'bytes'}"


def date(wall: str, lang: str) -> str:
    """Day of a time "2026-11-21T10:00:00Z"."""
    moment = datetime.fromisoformat(wall)
    return f"{moment:%d/%m/%Y}" if lang == "fr" else f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year:04d}"


def moment(wall: str, lang: str) -> str:
    """Day and time, in UTC."""
    clock = datetime.fromisoformat(wall)
    return f"{date(wall, lang)}{' à' if lang == 'fr' else ','} {clock:%H:%M}{NO_BREAK}UTC"


def period(start: str, end: str, lang: str) -> str:
    """From a moment to another, in UTC; the day once when it is the same."""
    if start[:10] != end[:10]:
        return f"{moment(start, lang)} – {moment(end, lang)}"
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    return f"{date(start, lang)}, {first:%H:%M}{NO_BREAK}–{NO_BREAK}{last:%H:%M}{NO_BREAK}UTC"


def duration(milliseconds: int) -> str:
    """Hours, minutes and seconds."""
    if milliseconds < _THOUSAND:
        return f"{milliseconds}{NO_BREAK}ms"
    hours, rest = divmod(milliseconds // _THOUSAND, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "min"), (seconds, "s")]
    while parts[0][0] == 0 and len(parts) > 1:
        parts = parts[1:]
    return " ".join(f"{value}{NO_BREAK}{unit}" for value, unit in parts)


def shown(text: str) -> str:
    r"""Text with everything invisible made visible: controls, bidi marks and other format characters as `\u{202E}`."""
    return "".join(_escape(letter) if unicodedata.category(letter) in _HIDDEN else letter for letter in text)


def cut(text: str, limit: int, note: str) -> str:
    """Keep the beginning and the end of a text that is too long, and say so with `note`."""
    if len(text) <= limit:
        return text
    tail = limit // 4
    return f"{text[: limit - tail]} … {text[-tail:]} {note}"


def _escape(letter: str) -> str:
    return f"\\u{{{ord(letter):X}}}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
