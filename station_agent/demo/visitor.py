"""A person with a browser, as far as the demonstration needs one: fills in forms as they stand on the page."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from station_agent.errors import HubUnreachable
from station_agent.language import mark

if TYPE_CHECKING:
    import httpx

REDIRECTS = (302, 303)


@dataclass(slots=True)
class Form:
    """One form of a page: where it goes, and the values that it already holds."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class FormReader(HTMLParser):
    """Collects the forms and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take forms, their inputs, and links."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and self.forms and given.get("name"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "a" and given.get("href"):
            self.links.append(given["href"])


class Visitor:
    """One signed-in browser."""

    def __init__(self, client: "httpx.Client", base: str) -> None:
        self._client = client
        self._base = base

    def sign_in(self, email: str, password: str) -> None:
        """Sign in. Raises `HubUnreachable` when the hub does not let this person in."""
        self.submit("/sign-in", "/sign-in", {"email": email, "password": password})

    def page(self, path: str) -> FormReader:
        """Read a page."""
        reader = FormReader()
        reader.feed(self._get(path).text)
        return reader

    def download(self, path: str) -> tuple[str, bytes]:
        """Fetch a file: the name that the hub gives it, and its bytes."""
        answer = self._get(path)
        offered = answer.headers.get("Content-Disposition", "").partition('filename="')[2].rstrip('"')
        return Path(offered or path).name, answer.content

    def submit(self, path: str, action: str, values: dict[str, str]) -> None:
        """Fill in the form that goes to `action` on the page `path`. Raises `HubUnreachable` when it is not taken."""
        forms = [form for form in self.page(path).forms if form.action == action]
        if not forms:
            raise HubUnreachable(mark("The page {path} of the hub has no form for {action}."), path=path, action=action)
        answer = self._client.post(self._base + action, data={**forms[0].fields, **values})
        if answer.status_code not in REDIRECTS:
            raise HubUnreachable(
                mark("The hub answered {status} to {action}."), status=answer.status_code, action=action
            )

    def _get(self, path: str) -> "httpx.Response":
        answer = self._client.get(self._base + path)
        if not answer.is_success:
            raise HubUnreachable(mark("The hub answered {status} to {action}."), status=answer.status_code, action=path)
        return answer
