"""The API for stations, and the public trust document. JSON only, no forms."""

from fastapi import APIRouter

from hub.api import enrolments, log, public, statements, stations, tiles, watching

routers: tuple[APIRouter, ...] = (
    *(public.router, enrolments.router, stations.router, statements.router, watching.router),
    *(log.router, tiles.router),
)
