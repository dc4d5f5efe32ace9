"""What somebody typed into a form that was refused: it stands in the form again when the page comes back.

One place for every form of the hub, so that no page can forget it: the answer that refuses is read once more, and the
form that was sent gets back its texts, its choices and its ticks, inside a part that is unfolded again. Never a
password, a code of the moment, a file, or a hidden field. Where the answer shows no form, as on the page of an error,
`texts_of` tells the long texts, to be copied.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from fastapi import Request
from starlette.datastructures import FormData

from hub.pages.formats import shown
from hub.people.dependencies import FIELD

SECRET = frozenset({"password", "old", "new", "again"})  # names of fields whose text no page shows
NEVER = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
TICKED = frozenset({"checkbox", "radio"})
OF_THE_MOMENT = "one-time-code"
CODE = "code"  # the name of each such field
FIELDS = frozenset({"input", "select", "option", "textarea", "button"})
ATTRIBUTE = re.compile(r'\s+([^\s"=>]+)(?:="[^"]*")?')  # as our own templates write them
MOST = 20_000  # characters of a text that an error page tells

Typed = tuple[tuple[str, str], ...]


def keep(request: Request, form: FormData) -> None:
    """Remember with a request what was typed, in the order of the form; files are not."""
    request.state.typed = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))


def typed_in(request: Request) -> Typed:
    """What was typed into the form of a request: names and texts; nothing where no form was read."""
    typed: Typed = getattr(request.state, "typed", ())
    return typed


def texts_of(typed: Typed) -> list[str]:
    """The texts of several words, which nobody wants to type twice; no password, no code, no number, no key of a list.

    A code of the moment is known here by its name alone; one that names a lot is one word.
    """
    never = SECRET | {FIELD, CODE}
    return [text.strip()[:MOST] for name, text in typed if name not in never and " " in text.strip()]


def given_back(page: str, path: str, typed: Typed) -> str:
    """The text of a page with what was typed in the form that was sent to `path`; the same text where it has none."""
    reader = _Reader(page, typed)
    reader.feed(page)
    reader.close()
    for form in reader.forms:
        if form.is_sent_to(path, typed):
            return _edited(page, form.edits)
    return page


@dataclass(frozen=True, slots=True)
class _Edit:
    """Other text for a stretch of a page: first character, the one after the last."""

    start: int
    end: int
    text: str


@dataclass
class _Form:
    """A form of the page: where it goes, what it holds hidden, and what would have to change in it."""

    actions: list[str]
    hidden: list[tuple[str, str]] = field(default_factory=list)
    edits: list[_Edit] = field(default_factory=list)

    def is_sent_to(self, path: str, typed: Typed) -> bool:
        """Whether it goes there and holds the same hidden values: a page may show one form for each of its lines."""
        goes = any(unquote(urlsplit(action).path) in {path, ""} for action in self.actions)
        return goes and set(self.hidden) <= set(typed)


class _Reader(HTMLParser):
    """Reads the forms of a page that are posted, with the changes that what was typed asks for."""

    def __init__(self, page: str, typed: Typed) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self._typed = _by_name(typed)
        self._lines = [0, *(found.end() for found in re.finditer("\n", page))]
        self._folded: list[_Edit] = []
        self._form: _Form | None = None
        self._left: dict[str, list[str]] = {}
        self._list = ""
        self._area: tuple[int, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "details":
            self._folded.append(self._instead(_tag_with(self._raw, "open", told)))
        elif tag == "form" and told.get("method", "").lower() == "post":
            self._form = _Form([told.get("action", "")], edits=list(self._folded))
            self._left = {name: list(texts) for name, texts in self._typed.items()}
            self.forms.append(self._form)
        elif self._form is not None and tag in FIELDS:
            self._field(self._form, tag, told)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._folded:
            self._folded.pop()
        elif tag == "form":
            self._form = None
        elif tag == "textarea" and self._form is not None and self._area is not None:
            start, text = self._area
            self._form.edits.append(_Edit(start, self._at, "\n" * text.startswith(("\r", "\n")) + _shown(text)))
            self._area = None

    @property
    def _raw(self) -> str:
        return self.get_starttag_text() or ""

    @property
    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _instead(self, text: str) -> _Edit:
        return _Edit(self._at, self._at + len(self._raw), text)

    def _field(self, form: _Form, tag: str, told: dict[str, str]) -> None:
        if "formaction" in told:
            form.actions.append(told["formaction"])
        if tag == "input":
            self._input(form, told)
        elif tag == "select":
            self._list = told.get("name", "")
        elif tag == "option":
            self._option(form, told)
        elif tag == "textarea" and self._left.get(told.get("name", "")):
            self._area = (self._at + len(self._raw), self._left[told["name"]].pop(0))

    def _input(self, form: _Form, told: dict[str, str]) -> None:
        name, sort = told.get("name", ""), told.get("type", "text")
        if sort == "hidden" and name != FIELD:
            form.hidden.append((name, told.get("value", "")))
        if sort in NEVER or not name or name in SECRET or told.get("autocomplete") == OF_THE_MOMENT:
            return
        if sort in TICKED:
            ticked = told.get("value", "on") in self._typed.get(name, ())
            form.edits.append(self._instead(_tag_with(self._raw, "checked", told, wanted=ticked)))
        elif self._left.get(name):
            form.edits.append(self._instead(_tag_with_value(self._raw, self._left[name].pop(0))))

    def _option(self, form: _Form, told: dict[str, str]) -> None:
        chosen = self._typed.get(self._list)
        if chosen is not None and "value" in told:
            form.edits.append(self._instead(_tag_with(self._raw, "selected", told, wanted=told["value"] in chosen)))


def _by_name(typed: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for name, text in typed:
        found[name].append(text)
    return dict(found)


def _shown(text: str) -> str:
    return escape(str(shown(text)))


def _tag_with(raw: str, word: str, told: dict[str, str], *, wanted: bool = True) -> str:
    """A tag with, or without, an attribute that has no value."""
    if (word in told) == wanted:
        return raw
    return f"{raw[:-1]} {word}>" if wanted else _without(raw, word)


def _tag_with_value(raw: str, text: str) -> str:
    return f'{_without(raw, "value")[:-1]} value="{_shown(text)}">'


def _without(raw: str, name: str) -> str:
    """A tag without one of its attributes; the same word inside the text of another one stays."""
    return ATTRIBUTE.sub(lambda found: "" if found[1] == name else found[0], raw)


def _edited(page: str, edits: list[_Edit]) -> str:
    pieces, done = list[str](), 0
    for edit in sorted(edits, key=lambda one: one.start):
        pieces += [page[done : edit.start], edit.text]
        done = edit.end
    return "".join((*pieces, page[done:]))
