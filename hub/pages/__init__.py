"""The pages of the hub."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import escape

routers: tuple[APIRouter, ...] = ()


def error_page(_request: Request, status: int, code: str, message: str) -> Response:
    """The page that says what went wrong (hook of `hub.boundary.errors`)."""
    return HTMLResponse(f"<!doctype html><title>{escape(code)}</title><p>{escape(message)}</p>", status)
