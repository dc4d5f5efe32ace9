"""For those who watch over the hub: fit for work or not, to anybody; figures, to who has the token for them."""

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from hub import running
from hub.errors import NotFound
from hub.people.dependencies import CurrentHub, Database
from hub.people.policies import OpenToAll

router = APIRouter(include_in_schema=False)


@router.get("/healthz", dependencies=[Depends(OpenToAll())])
def fit(hub: CurrentHub) -> Response:
    """200 when the hub can work, else 503 and what is wrong, as codes."""
    wrong = running.problems(hub)
    document: dict[str, Any] = {"schema": "etabli.health/1", "status": "ok" if not wrong else "bad", "problems": wrong}
    return JSONResponse(document, status_code=503 if wrong else 200)


@router.get("/metrics", dependencies=[Depends(OpenToAll())])
def figures(
    request: Request, hub: CurrentHub, session: Database, authorization: Annotated[str, Header()] = ""
) -> Response:
    """Give the figures in the text format of Prometheus; without a token in the settings there are none."""
    token = hub.settings.metrics_token
    if not token or not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        raise NotFound("no such page")
    reading = ("etabli_hub_reading_cpu_seconds_total", "", request.app.state.intake.reading_cpu_s)
    lines = (f"{name}{labels} {value}" for name, labels, value in (*running.figures(session), reading))
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
