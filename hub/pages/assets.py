"""The files that pages need, read once from the package: styles, one script, icons. No outside host, ever.

A closed table: a path that is not in it does not exist. The address carries a digest, so that browsers may keep a file
for a year and still get the new one after an upgrade.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Depends, HTTPException, Response
from markupsafe import Markup

from hub.people.policies import OpenToAll

FOLDER = Path(__file__).resolve().parent.parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, its media type and the start of its SHA-256."""

    content: bytes
    media_type: str
    digest: str


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:12])


@cache
def assets() -> dict[str, Asset]:
    """Every file by name."""
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


def address(name: str) -> str:
    """Where a page finds the file `name`; KeyError when there is no such file."""
    return f"/static/{name}?v={assets()[name].digest}"


@cache
def icon(name: str) -> Markup:
    """The drawing `name` as inline SVG, hidden from screen readers because a word always stands beside it."""
    if not name.replace("-", "").isalnum():
        raise KeyError(name)
    return Markup((FOLDER / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip())  # noqa: S704 - own file


@router.get("/static/{name}", include_in_schema=False, dependencies=[Depends(OpenToAll())])
def static_file(name: str) -> Response:
    """Serve one file of the closed table."""
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(asset.content, media_type=asset.media_type, headers=headers)
