"""Somebody at a desk: opens pages of a hub and fills their forms, as a browser without JavaScript does."""

from html import unescape
from typing import Any

from tests.asgi import TestClient


class Desk:
    """One signed-in person."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.token = client.get("/help").text.split('name="csrf" value="')[1].split('"')[0]

    def read(self, path: str) -> str:
        """The text of a page that opens."""
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return unescape(answer.text)

    def send(self, path: str, files: Any = None, **fields: Any) -> Any:
        """The answer to a form."""
        return self.client.post(path, data={"csrf": self.token, **fields}, files=files)

    def done(self, path: str, files: Any = None, **fields: Any) -> str:
        """Fill a form that is taken; returns the text of the page that comes after it."""
        answer = self.send(path, files, **fields)
        assert answer.status_code == 303, unescape(answer.text)
        return self.read(answer.headers["location"])
