"""How figures, times and foreign strings are shown to people.

Model and serial strings come from drives and are hostile until shown: control and bidirectional characters are made
visible here, HTML is escaped by the templates. Times are stored in UTC and shown in the hub's own time zone.
"""

from datetime import UTC, date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from diagnostics.grading import lawful
from hub.waiting import COUNTED

NO_BREAK = "\N{NO-BREAK SPACE}"
_KEPT = frozenset("\n\t\r")
_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
_VISIBLE = {code: f"\\x{code:02X}" for code in _CONTROLS if chr(code) not in _KEPT} | {
    code: f"\\u{code:04X}" for code in (*_BIDI, 0x2028, 0x2029, 0xFEFF, 0x200B)
}

REMEMBERED = 512  # characters of a text that is looked through once, badges with them; longer ones each time


def visible(value: object) -> object:
    """Make control and bidirectional characters of a string visible; other values pass unchanged."""
    if isinstance(value, Markup):
        return Markup(str(value).translate(_VISIBLE))  # noqa: S704 - was markup before; only escapes are added
    if isinstance(value, str):
        return value.translate(_VISIBLE)
    return value


def shown(value: object) -> object:
    """Make a value fit for a page: what is hidden becomes visible, a word that the law bans is masked."""
    if not isinstance(value, str):
        return value
    plain = str.__str__(value)
    found = _fit(plain) if len(plain) <= REMEMBERED else lawful(plain.translate(_VISIBLE))
    return Markup(found) if isinstance(value, Markup) else found  # noqa: S704 - was markup before; a mask is no markup


def drawn(value: object) -> str:
    """A value as it stands in a page: `shown`, and escaped unless it is markup."""
    if type(value) is str and len(value) <= REMEMBERED:
        return _escaped(value)
    if type(value) is Markup and len(value) <= REMEMBERED:
        return _fit_markup(value)
    return escape(shown(value))


@lru_cache(maxsize=8192)
def _escaped(text: str) -> str:
    return str.__str__(escape(_fit(text)))


@lru_cache(maxsize=8192)
def _fit_markup(markup: Markup) -> str:
    return _fit(str.__str__(markup))


@lru_cache(maxsize=8192)
def _fit(text: str) -> str:
    """The text as `shown`: a table says the same few words in each of its rows."""
    return lawful(text if text.isascii() and text.isprintable() else text.translate(_VISIBLE))


def as_utc(moment: datetime) -> datetime:
    """Give the zone back to a time that SQLite returned without one."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def moment_text(moment: datetime | None, lang: str) -> str:
    """Write a time for people, in the hub's zone; an empty string for none."""
    if moment is None:
        return ""
    local = as_utc(moment).astimezone()
    pattern = "dd/MM/yyyy HH:mm" if lang == "fr" else "d MMM yyyy HH:mm"
    return str(format_datetime(local, pattern, tzinfo=local.tzinfo, locale=lang))


def day_text(day: date | str, lang: str) -> str:
    """Write a day, given as such or as YYYY-MM-DD; what is none is shown as it came."""
    try:
        found = date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        return str(day)
    return str(format_date(found, "dd/MM/yyyy" if lang == "fr" else "d MMM yyyy", locale=lang))


def bounded_text(number: int, lang: str) -> str:
    """A figure that is counted so far only: from `COUNTED` on, that there are more."""
    return count_text(number, lang) if number < COUNTED else f"{count_text(COUNTED - 1, lang)}+"


@lru_cache(maxsize=4096)
def count_text(number: int, lang: str) -> str:
    """Write a whole number with the thousands separator of the language."""
    return str(format_decimal(number, locale=lang)).replace("\N{NARROW NO-BREAK SPACE}", NO_BREAK)


def inches_text(tenths: int, lang: str) -> str:
    """Write the diagonal of a screen, given in tenths of an inch."""
    return str(format_decimal(tenths / 10, locale=lang)) + "\N{DOUBLE PRIME}"


def size_text(size: int | None, lang: str) -> str:
    """Write a capacity in decimal units, as on the drive's label (bytes in, "500 GB" or "500 Go" out)."""
    if size is None:
        return ""
    units = ("o", "ko", "Mo", "Go", "To", "Po") if lang == "fr" else ("B", "kB", "MB", "GB", "TB", "PB")
    value, rank = float(size), 0
    while value >= 1000 and rank < len(units) - 1:  # noqa: PLR2004 - decimal prefixes
        value, rank = value / 1000, rank + 1
    digits = f"{value:.0f}" if value >= 100 or rank == 0 else f"{value:.1f}".removesuffix(".0")  # noqa: PLR2004
    return digits.replace(".", "," if lang == "fr" else ".") + NO_BREAK + units[rank]


def duration_text(milliseconds: int) -> str:
    """Write a duration as hours, minutes and seconds ("1 h 02 min", "3 min 05 s", "12 s")."""
    seconds = round(milliseconds / 1000)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours}{NO_BREAK}h{NO_BREAK}{minutes:02d}{NO_BREAK}min"
    if minutes:
        return f"{minutes}{NO_BREAK}min{NO_BREAK}{seconds % 60:02d}{NO_BREAK}s"
    return f"{seconds}{NO_BREAK}s"


def in_groups(text: str, width: int = 4) -> str:
    """Cut a fingerprint or an id into groups that two people can compare aloud."""
    return " ".join(text[at : at + width] for at in range(0, len(text), width))
