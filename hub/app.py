"""The web application of the hub: API and pages on one database, behind headers, limits and error handlers."""

import time

from fastapi import FastAPI

from hub import api, logs, pages
from hub.binders.worker import open_worker
from hub.boundary import errors
from hub.boundary.headers import SecurityHeaders, security_headers
from hub.boundary.limits import BodyLimit, PlacesAtWork
from hub.boundary.pace import LOG_BURST, LOG_RATE, Pace
from hub.clock import Clock, utc_now
from hub.context import open_hub
from hub.ledger.gathering import Gathering
from hub.log.background import Rounds
from hub.oidc.provider import open_provider
from hub.pages.live_pages import open_streams
from hub.people import policies
from hub.post.carrier import open_post
from hub.settings import Settings
from hub.stations.nonces import Nonces
from hub.witnesses.submitting import Submitter

VERSION = "1"
LEFT = 2000  # statements that are read before the first request


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The application for an initialised and migrated hub. Raises NotInitialised, Undeclared.

    The OpenAPI document is `app.openapi()`; it is served only in demo mode, the interactive pages never.
    """
    logs.configure()
    hub = open_hub(settings, clock)
    app = FastAPI(
        title="Établi hub",
        version=VERSION,
        description="Signed statements in, certificates out.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json" if hub.settings.demo else None,
        redirect_slashes=False,  # it would send people to the host that the request names
    )
    app.state.hub = hub
    app.state.nonces = Nonces(time.monotonic)
    app.state.pace = Pace(time.monotonic)
    app.state.log_pace = Pace(time.monotonic, LOG_BURST, LOG_RATE)
    app.state.log = Rounds(hub)
    app.state.live = open_streams(hub)
    app.state.provider = open_provider(hub)
    app.state.post = open_post(hub)
    app.state.witnesses = Submitter(hub)
    app.state.intake = Gathering(hub)
    app.state.intake.catch_up(LEFT)  # what was stored but not read when a process ended
    app.state.binders = open_worker(hub)
    for router in (*api.routers, *pages.routers):
        app.router.routes.extend(router.routes)  # as they are: an included router hides its routes from the check
    policies.check(app.routes)
    errors.install(app)
    app.add_middleware(PlacesAtWork)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders, headers=security_headers(secure=hub.settings.secure))
    return app
