"""The forms that a page shows, read from its text as a browser would send them when nobody fills anything in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("submit", "image", "reset", "button")


@dataclass
class FormShown:
    """A form: where it goes, how, and the values that it holds already."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)  # addresses of buttons that go elsewhere
    sorts: dict[str, str] = field(default_factory=dict)  # "select", "textarea", or the type of an input
    options: dict[str, list[str]] = field(default_factory=dict)  # of a list: what can be chosen
    longest: dict[str, int] = field(default_factory=dict)  # of a field that says it: how many characters it takes


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found = address, list[FormShown]()
        self._in_form, self._list, self._area = False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(FormShown(told.get("method", "get").lower(), told.get("action") or self.address))
            self._in_form = True
        elif self._in_form:
            self._field(tag, told)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1].fields[self._area] += data

    def _field(self, tag: str, told: dict[str, str]) -> None:
        form, name = self.found[-1], told.get("name", "")
        if "formaction" in told:
            form.buttons.append(told["formaction"])
        if tag == "select":
            self._list = name
        if tag == "option":
            form.options.setdefault(self._list, []).append(told.get("value", ""))
        if tag == "option" and ("selected" in told or self._list not in form.fields):
            form.fields[self._list] = told.get("value", "")
        elif tag in {"input", "textarea"} and name and _is_sent(told):
            form.fields[name] = told.get("value", "")
            self._area = name if tag == "textarea" else ""
        if tag in {"input", "select", "textarea"} and name:
            form.sorts[name] = told.get("type", "text") if tag == "input" else tag
            form.longest |= {name: int(told["maxlength"])} if "maxlength" in told else {}


def _is_sent(told: dict[str, str]) -> bool:
    sort = told.get("type")
    return sort not in VOID and (sort not in {"checkbox", "radio"} or "checked" in told)


def forms_of(text: str, address: str) -> list[FormShown]:
    """Every form of a page that was read at an address."""
    reader = _Reader(address)
    reader.feed(text)
    return reader.found
