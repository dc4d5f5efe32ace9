"""Photos of a device: the page with its forms, and the pictures themselves. For the workshop; donors see none."""

from fastapi import APIRouter, Response

from hub.devices import photos
from hub.devices import service as devices
from hub.errors import HubError
from hub.pages.blocker_words import tag_of
from hub.pages.files import download
from hub.pages.forms import PhotoForm, SmallForm
from hub.pages.sentences import in_words
from hub.pages.visit import Bench, Readers, Visit

router = APIRouter(include_in_schema=False)


@router.get("/devices/{device_id}/photos")
def show(visit: Readers, device_id: str) -> Response:
    """The photos of a device, those that were taken back by their words only."""
    return _page(visit, device_id)


@router.post("/devices/{device_id}/photos")
def keep(visit: Bench, device_id: str, fields: PhotoForm) -> Response:
    """Keep a photo, or say why not."""
    device = devices.device_for(visit.session, visit.someone, device_id).device
    try:
        photos.keep(visit.session, visit.someone, device, fields.file("file"), fields.text("note"))
    except HubError as error:
        return _page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/devices/{device_id}/photos", "photo-kept", tag=tag_of(device))


@router.get("/devices/{device_id}/photos/{photo_id}")
def picture(visit: Readers, device_id: str, photo_id: str) -> Response:
    """One picture: shown within pages of the hub, saved when it is opened by itself."""
    row = photos.photo_for(visit.session, visit.someone, device_id, photo_id)
    return download(row.content, row.media, photos.file_name(row))


@router.post("/devices/{device_id}/photos/{photo_id}/withdraw")
def withdraw(visit: Bench, device_id: str, photo_id: str, fields: SmallForm) -> Response:
    """Take a photo back, with a reason."""
    photos.photo_for(visit.session, visit.someone, device_id, photo_id)
    try:
        photos.withdraw(visit.session, visit.someone, device_id, photo_id, fields.text("reason"))
    except HubError as error:
        return _page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/devices/{device_id}/photos", "work-withdrawn")


def _page(visit: Visit, device_id: str, error: str = "", status: int = 200) -> Response:
    device = devices.device_for(visit.session, visit.someone, device_id).device
    found = photos.photos_of(visit.session, visit.someone, device)
    return visit.page(
        "photos.html",
        status,
        error=error,
        device=device,
        tag=tag_of(device),
        photos=[row for row in found if row.withdrawn is None],
        withdrawn=[row for row in found if row.withdrawn is not None],
        most=photos.MOST,
    )
