"""The log as static bytes, for monitors and auditors (C2SP tlog-tiles). No account, GET only."""

from typing import Final

from fastapi import APIRouter, Depends, Response

from hub.api.log import log_reader
from hub.errors import NotFound
from hub.log import serving
from hub.log.proofs import note_of
from hub.log.shards import newest_checkpoint
from hub.people.dependencies import Database
from hub.people.policies import OpenToAll

router = APIRouter(prefix="/log", include_in_schema=False, dependencies=[Depends(log_reader)])
FOR_EVER: Final = "public, max-age=31536000, immutable"
BRIEFLY: Final = "public, max-age=5"


@router.get("/{shard}/checkpoint", dependencies=[Depends(OpenToAll())])
def checkpoint(shard: str, session: Database) -> Response:
    """The newest signed note of a shard."""
    found, _ = serving.signed_size(session, shard)
    newest = newest_checkpoint(session, found.name)
    if newest is None:
        raise NotFound("nothing is signed yet")
    headers = {"Cache-Control": BRIEFLY}
    return Response(note_of(session, newest), media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/{shard}/tile/{level}/{place:path}", dependencies=[Depends(OpenToAll())])
def tile(shard: str, level: str, place: str, session: Database) -> Response:
    """A tile of hashes, or a bundle of entries. A full one never changes."""
    asked = serving.asked_tile(level, place)
    found, size = serving.signed_size(session, shard)
    data = serving.tile_bytes(session, found, size, asked)
    headers = {"Cache-Control": FOR_EVER if asked.full else BRIEFLY}
    return Response(data, media_type="application/octet-stream", headers=headers)
