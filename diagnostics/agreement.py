"""How two readers of one drive compare: model, serial and capacity must be the same, or differ for a known reason.

The second reader is pySMART. Its known faults are told apart (explained); any other difference blocks a certificate
until a person has looked at the drive. Nothing is read here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from diagnostics import plain
from diagnostics.reading import Protocol, SmartIdentity, decode


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What a reader says about a drive, pySMART mostly. Capacity in bytes; "" and None are "nothing"."""

    model: str
    serial: str
    size_bytes: int | None

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"model": self.model, "serial": self.serial, "size_bytes": self.size_bytes}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the readers differ; `explained` is the code of a known fault of the second one, or ""."""

    field: str
    explained: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"field": self.field, "explained": self.explained}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the readers compare: `state` is agree, explained, differs or absent (the second one gave nothing)."""

    state: str
    differences: tuple[Difference, ...]
    first: SecondReading | None = field(default=None, compare=False)  # what each of them said, for the record
    second: SecondReading | None = field(default=None, compare=False)

    @property
    def blocks_certificate(self) -> bool:
        """Say whether a person must decide before a certificate is issued."""
        return self.state == "differs"

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"state": self.state, "differences": [difference.to_document() for difference in self.differences]}

    def to_row(self) -> dict[str, Any]:
        """Return plain JSON types, with what each of them said."""
        said = {name: reading and reading.to_document() for name, reading in _both(self)}
        return self.to_document() | said


def compare(
    first: SmartIdentity, second: SecondReading | None, *, additional_id: str = "", namespaces: int = 1
) -> Agreement:
    """Compare the two readers; `additional_id` is `ata_additional_product_id`, `namespaces` the NVMe count."""
    if second is None or not (second.model or second.serial or second.size_bytes):
        return Agreement("absent", ())
    differences = (
        _model(first, second.model, additional_id),
        _serial(first.serial, second.serial),
        _size(first, second.size_bytes, namespaces),
    )
    found = tuple(difference for difference in differences if difference)
    if not found:
        return Agreement("agree", ())
    return Agreement("explained" if all(difference.explained for difference in found) else "differs", found)


def compare_document(document: Mapping[str, object], second: SecondReading | None) -> Agreement:
    """Compare the second reader with a document of the first one."""
    namespaces = plain.integer(document.get("nvme_number_of_namespaces"))
    identity = decode(document).identity
    found = compare(
        identity,
        second,
        additional_id=plain.text(document.get("ata_additional_product_id")),
        namespaces=namespaces or len(plain.rows(document.get("nvme_namespaces"))) or 1,
    )
    first = SecondReading(identity.model, identity.serial, identity.size_bytes)
    return replace(found, first=first, second=second)


def _both(agreement: Agreement) -> tuple[tuple[str, SecondReading | None], ...]:
    return ("first", agreement.first), ("second", agreement.second)


def _model(identity: SmartIdentity, second: str, additional_id: str) -> Difference | None:
    first, other = plain.single_spaced(identity.model), plain.single_spaced(second)
    if first == other:
        return None
    if first and not other:
        return Difference("model", "not-told")
    if other and identity.protocol is Protocol.SCSI and first.endswith(f" {other}"):
        return Difference("model", "vendor-left-out")
    overwritten = bool(other) and other == plain.single_spaced(additional_id)
    return Difference("model", "additional-product-id" if overwritten else "")


def _serial(first: str, second: str) -> Difference | None:
    if plain.single_spaced(first) == plain.single_spaced(second):
        return None
    if first and not second:
        return Difference("serial", "not-told")
    cut = bool(second) and first.startswith((f"{second} ", f"{second}:"))
    return Difference("serial", "cut-at-blank" if cut else "")


def _size(first: SmartIdentity, second: int | None, namespaces: int) -> Difference | None:
    if second is None or second == first.size_bytes:
        return None
    partial = first.protocol is Protocol.NVME and namespaces > 1 and second < (first.size_bytes or 0)
    return Difference("size_bytes", "first-namespace" if partial else "")
