"""The table of photos of devices. Primary data: a photo is taken back with a reason, never deleted or changed."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, new_id
from hub.noted import Noted, TakenBack


class DevicePhoto(Noted, TakenBack, Base):
    """Primary: a photo of a device, without what its camera wrote into it."""

    __tablename__ = "device_photo"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    media: Mapped[str] = mapped_column(String(16))  # image/jpeg or image/png
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500))
