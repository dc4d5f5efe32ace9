"""What holds of every answer of the hub, whatever was asked: no fault of its own, its headers, a known type."""

import re

from hub.boundary.headers import security_headers
from tests.hub.fuzzing.asking import Answered

HEADERS = {name.lower(): value for name, value in security_headers(secure=False).items()}
TYPES = {
    "application/cid",
    "application/json",
    "application/manifest+json",
    "application/octet-stream",
    "application/pdf",
    "application/vc+jwt",
    "application/vnd.etabli.statement.v1+json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
    "image/jpeg",
    "image/png",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/event-stream",
    "text/html",
    "text/javascript",
    "text/plain",
}
FILE_NAME = re.compile(r'(attachment|inline); filename="[A-Za-z0-9][A-Za-z0-9._-]{0,254}"')
OWN_ADDRESS = re.compile(r"/(?![/\\])[\x21-\x7e]*")


def wrong_with(answered: Answered) -> list[str]:
    """What no answer may be."""
    wrong = [f"the answer is {answered.status}"] if not 200 <= answered.status < 500 else []
    if answered.error is not None:
        wrong.append(f"an error escaped: {answered.error!r}")
    wrong += [f"no {name}" for name, value in HEADERS.items() if answered.headers.get(name) != [value]]
    if not answered.first("cache-control"):
        wrong.append("nothing said about keeping")
    return wrong + _wrong_lines(answered)


def _wrong_lines(answered: Answered) -> list[str]:
    wrong = []
    kind = answered.first("content-type").partition(";")[0]
    if answered.body and kind not in TYPES:
        wrong.append(f"an unknown type: {kind!r}")
    named = answered.first("content-disposition")
    if named and not FILE_NAME.fullmatch(named):
        wrong.append(f"a bad file name: {named!r}")
    location = answered.first("location")
    if (300 <= answered.status < 400 and answered.status != 304) and not OWN_ADDRESS.fullmatch(location):
        wrong.append(f"sent to {location!r}")
    if any(letter in value for values in answered.headers.values() for value in values for letter in "\r\n\0"):
        wrong.append("a broken line of a header")
    return wrong
