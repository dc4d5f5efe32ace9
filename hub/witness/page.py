"""The page of a witness: what it is, its key, and the logs that it looks at. Everything that a log names is escaped."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from certificates.language import mark
from certificates.note import NoteKey
from hub.witness.judging import KnownLog
from hub.wording import page_words

TITLE: Final = mark("An independent witness")
WHAT: Final = mark(
    "This server keeps no data of any disk or person. It looks at the public logs named below and signs a log’s "
    "newest checkpoint only where the log proves that it continues what was signed before: nothing removed, nothing "
    "changed, nothing slipped in."
)
WHY: Final = mark(
    "Who checks an erasure certificate sees this signature beside the workshop’s. To rewrite its history, a workshop "
    "would need its witnesses to take part."
)
LIMITS: Final = mark("A witness does not say that a drive was erased. It says that the record was not changed since.")
KEY: Final = mark("Key of this witness")
LOGS: Final = mark("Logs that it looks at")
HEADS: Final = (mark("Log"), mark("Workshop"), mark("Entries"), mark("Last signed"))
NEVER: Final = mark("not yet")
SEND: Final = mark("Programs send checkpoints to {path} (C2SP tlog-witness).")
STYLE: Final = (
    "body{font:1rem/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "code{overflow-wrap:anywhere}td,th{text-align:left;padding:.2rem .8rem .2rem 0}"
)


def page_of(key: NoteKey, logs: Sequence[KnownLog], lang: str) -> str:
    """The page as HTML."""
    say = page_words(lang).gettext
    heads = "".join(f'<th scope="col">{escape(say(word))}</th>' for word in HEADS)
    rows = "".join(_row(log, say(NEVER)) for log in logs)
    other = "en" if lang == "fr" else "fr"
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(say(TITLE))}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        f'<p><a href="/?lang={other}" lang="{other}">{other}</a></p><h1>{escape(say(TITLE))}</h1>'
        f"<p>{escape(say(WHAT))}</p><p>{escape(say(WHY))}</p><p>{escape(say(LIMITS))}</p>"
        f"<h2>{escape(say(KEY))}</h2><p><code>{escape(key.vkey)}</code></p>"
        f"<h2>{escape(say(LOGS))}</h2><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{escape(say(SEND)).format(path='<code>POST /add-checkpoint</code>')}</p></main></body></html>\n"
    )


def _row(log: KnownLog, never: str) -> str:
    when = f"{datetime.fromtimestamp(log.time, UTC):%Y-%m-%d %H:%M} UTC" if log.time else never
    cells = (log.origin, log.name, str(log.size), when)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
