"""What this hub is made of, for whoever uses it: the licence (its section 13), and how other programs talk to the hub.

The description of the interface is for people with an account: it gives nothing away, but a stranger has no use for it.
The interactive pages of the framework, which load from outside hosts, are never served.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from hub import licence
from hub.pages.visit import Anybody, SignedIn

router = APIRouter(include_in_schema=False)


@router.get("/about")
def show(visit: Anybody, request: Request) -> Response:
    """The licence in short, and the addresses of the interface, one row each."""
    rows = _operations(request.app.openapi()) if visit.person is not None else []
    return visit.page("about.html", licence=licence.NAME, operations=rows)


@router.get("/about/licence.txt")
def text(visit: Anybody) -> Response:
    """The whole text of the licence."""
    assert visit is not None
    return PlainTextResponse(licence.licence_text())


@router.get("/about/api.json")
def describe(visit: SignedIn, request: Request) -> Response:
    """The OpenAPI document: every address of the interface, what it takes and what it answers."""
    assert visit is not None
    return JSONResponse(request.app.openapi())


def _operations(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Method, address and summary of each operation."""
    return [
        (method.upper(), path, str(operation["summary"]))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
