"""One health reading, decoded: what smartctl's JSON says, in one shape for ATA, NVMe, SCSI and eMMC.

A reading states, it never judges: rules are in `health`. Absent is None, never zero (smartctl's SCSI and NVMe JSON
lacks keys; `smart_support` exists as a boolean and as an object). Counters come from the first integer of the raw
string, because the plain raw value of a packed attribute is meaningless.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from diagnostics import plain
from diagnostics.unreadable import unreadable_members

_COMMAND_FAILED = 4  # bit 2 of the exit status
_LOW_WORD = 0xFFFF
_WIDEST_COUNTER = 0xFFFFFFFF
_PACKED = frozenset({5, 196})  # three 16-bit words, of which the low one counts
_COMMAND_TIMEOUT, _WORDS = 188, 3
_BYTE, _PERCENT = 255, 100
_TEMPERATURES = range(1, 126)  # degrees Celsius that a drive can live through
_BRIDGE_TYPES = ("snt", "usb", "jmb", "megaraid", "cciss", "areca", "3ware", "aacraid", "hpt", "marvell", "sssraid")


class Protocol(StrEnum):
    """Command set that the reading came through."""

    ATA = "ATA"
    NVME = "NVMe"
    SCSI = "SCSI"
    EMMC = "eMMC"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class SmartIdentity:
    """Who the drive says it is, as smartctl read it. Grade A: drive with a world-wide name, B: without, C: in doubt."""

    model: str
    serial: str
    wwn: str  # lower-case hex, or "eui." and hex for NVMe; "" when there is none
    firmware: str
    size_bytes: int | None
    logical_sector: int | None
    physical_sector: int | None
    protocol: Protocol
    device_type: str  # smartctl's -d type
    bridge: str  # -d type of a bridge or controller in between, else ""
    grade: str

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__} | {"protocol": str(self.protocol)}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One row of the ATA table. `count` is the decoded raw counter, `raw` the figure as printed."""

    number: int
    name: str
    value: int | None
    threshold: int | None
    prefail: bool
    when_failed: str  # "", "now", "past"
    count: int | None
    raw: str

    @property
    def fails_now(self) -> bool:
        """Say whether the normalised value is at or below a threshold above zero, whatever the raw figure says."""
        crossed = self.value is not None and self.threshold is not None and 0 < self.threshold >= self.value
        return crossed or self.when_failed == "now"


@dataclass(frozen=True, slots=True)
class NvmeLog:
    """The health log of an NVMe controller (log page 02h). Percentages, degrees Celsius, counts."""

    critical_warning: int | None
    spare: int | None
    spare_threshold: int | None
    used: int | None
    media_errors: int | None
    error_entries: int | None


@dataclass(frozen=True, slots=True)
class ScsiCounters:
    """What a SCSI disk counts. It has no attribute table: absent is None, not zero."""

    grown_defects: int | None
    uncorrected: int | None  # sum over read, write and verify
    used: int | None  # percent of rated life, of a SAS SSD


@dataclass(frozen=True, slots=True)
class EmmcHealth:
    """EXT_CSD of an eMMC (JEDEC JESD84-B51, 7.4.43 and 7.4.44): 0 means that the device does not say."""

    life_used: int | None  # the larger of the two types, in steps of 10 %: 1 is 0-10 %, 11 is past the rated life
    pre_eol: int | None  # reserved blocks: 1 normal, 2 warning (80 % used), 3 urgent (90 %)


@dataclass(frozen=True, slots=True)
class SmartReading:
    """Everything that the rules look at."""

    identity: SmartIdentity
    passed: bool | None
    smart_enabled: bool | None
    exit_status: int | None  # None where nobody told: a report as text
    incomplete: bool  # a command failed on the way (bit 2, or the report says so)
    attributes: tuple[Attribute, ...]
    nvme: NvmeLog | None
    scsi: ScsiCounters | None
    emmc: EmmcHealth | None
    temperature: int | None  # degrees Celsius
    temperature_limit: int | None  # degrees Celsius, the drive's own
    hours_raw: int | None
    error_log: int | None
    failed_self_tests: int
    security: str  # ATA security as smartctl words it, "" where it does not
    unreadable: tuple[str, ...]  # members that are there and cannot be read
    responds: bool  # False: the drive did not answer in time

    def attribute(self, number: int) -> Attribute | None:
        """Return the attribute with this id, if the table has it; of several the one that counts most."""
        rows = [row for row in self.attributes if row.number == number]
        return max(rows, key=lambda row: -1 if row.count is None else row.count, default=None)

    @property
    def has_counters(self) -> bool:
        """Say whether anything beside the status was read."""
        return bool(self.attributes) or any(part is not None for part in (self.nvme, self.scsi, self.emmc))


def decode(document: Mapping[str, object], exit_status: int | None = None) -> SmartReading:
    """Decode one document of `smartctl --json -x`; `exit_status` defaults to the one that it states."""
    stated = plain.integer(plain.table(document.get("smartctl")).get("exit_status"))
    status = exit_status if exit_status is not None else stated
    identity = _identity(document)
    return SmartReading(
        identity=identity,
        passed=_boolean(plain.table(document.get("smart_status")).get("passed")),
        smart_enabled=_enabled(document.get("smart_support")),
        exit_status=status,
        incomplete=_complains(document) if status is None else bool(status & _COMMAND_FAILED),
        attributes=tuple(_attributes(document)),
        nvme=_nvme(document),
        scsi=_scsi(document) if identity.protocol is Protocol.SCSI else None,
        emmc=_emmc(document),
        temperature=_temperature(document),
        temperature_limit=_temperature_limit(document),
        hours_raw=plain.integer(plain.table(document.get("power_on_time")).get("hours")),
        error_log=_logged(document.get("ata_smart_error_log"), "count"),
        failed_self_tests=_failed_self_tests(document),
        security=plain.text(plain.table(document.get("ata_security")).get("string")),
        unreadable=unreadable_members(document),
        responds=document.get("not_responding") is not True,
    )


def _complains(document: Mapping[str, object]) -> bool:
    messages = plain.rows(plain.table(document.get("smartctl")).get("messages"))
    return any(message.get("severity") == "error" for message in messages)


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _enabled(support: object) -> bool | None:
    """Read both shapes of `smart_support`: a boolean, or an object with `available` and `enabled`."""
    if isinstance(support, bool):
        return support
    shape = plain.table(support)
    if shape.get("available") is False:
        return False
    return _boolean(shape.get("enabled"))


def _identity(document: Mapping[str, object]) -> SmartIdentity:
    device_type = plain.text(plain.table(document.get("device")).get("type"))
    protocol = _protocol(document)
    model, serial, wwn = _model(document), plain.text(document.get("serial_number")), _wwn(document)
    bridge = next((part for part in device_type.split("+") if part.startswith(_BRIDGE_TYPES)), "")
    size = _size(document)
    certain = bool(model and serial and size) and _speaks_for_itself(document, protocol, bridge)
    return SmartIdentity(
        model=model,
        serial=serial,
        wwn=wwn,
        firmware=plain.text(
            document.get("firmware_version") or document.get("scsi_revision") or document.get("revision")
        ),
        size_bytes=size,
        logical_sector=plain.integer(document.get("logical_block_size")),
        physical_sector=plain.integer(document.get("physical_block_size")),
        protocol=protocol,
        device_type=device_type,
        bridge=bridge,
        grade=("A" if wwn else "B") if certain else "C",
    )


def _speaks_for_itself(document: Mapping[str, object], protocol: Protocol, bridge: str) -> bool:
    """Say whether the drive answered, not a bridge or a controller: these often give an information block only."""
    if protocol in (Protocol.ATA, Protocol.NVME, Protocol.EMMC) and not bridge:
        return True
    known = (document.get(key) for key in ("ata_smart_attributes", "nvme_smart_health_information_log"))
    return any(known) or (not bridge and _scsi(document) is not None)


def _protocol(document: Mapping[str, object]) -> Protocol:
    """Trust the data before the label: an attribute table is ATA whatever the device type was called."""
    if document.get("ata_smart_attributes"):
        return Protocol.ATA
    if document.get("nvme_smart_health_information_log"):
        return Protocol.NVME
    if document.get("emmc_health"):
        return Protocol.EMMC
    label = plain.text(plain.table(document.get("device")).get("protocol"))
    return next((known for known in Protocol if known and known.lower() == label.lower()), Protocol.UNKNOWN)


def _model(document: Mapping[str, object]) -> str:
    for key in ("model_name", "scsi_model_name"):
        if model := plain.text(document.get(key)):
            return plain.single_spaced(model)
    vendor = plain.text(document.get("scsi_vendor") or document.get("vendor"))
    return plain.single_spaced(f"{vendor} {plain.text(document.get('scsi_product') or document.get('product'))}")


def _wwn(document: Mapping[str, object]) -> str:
    name = plain.table(document.get("wwn"))
    naa, oui, unique = (plain.integer(name.get(key)) for key in ("naa", "oui", "id"))
    if naa is not None and oui is not None and unique is not None:
        return f"{naa:x}{oui:06x}{unique:09x}"
    for namespace in plain.rows(document.get("nvme_namespaces")):
        eui = plain.table(namespace.get("eui64"))
        oui, unique = plain.integer(eui.get("oui")), plain.integer(eui.get("ext_id"))
        if oui is not None and unique is not None:
            return f"eui.{oui:06x}{unique:010x}"
    return plain.text(document.get("logical_unit_id")).lower().removeprefix("0x")


def _size(document: Mapping[str, object]) -> int | None:
    """Return the capacity in bytes; of an NVMe controller the total, because a wipe reaches every namespace."""
    total = plain.counter(document, "nvme_total_capacity")
    if total:
        return total
    shares = [
        plain.counter(plain.table(row.get("size")), "bytes") for row in plain.rows(document.get("nvme_namespaces"))
    ]
    known = [share for share in shares if share]
    if known:
        return sum(known)
    return plain.counter(plain.table(document.get("user_capacity")), "bytes") or None


def _attributes(document: Mapping[str, object]) -> list[Attribute]:
    found = []
    for row in plain.rows(plain.table(document.get("ata_smart_attributes")).get("table")):
        number = plain.integer(row.get("id"))
        if number is not None:
            found.append(_attribute(number, row))
    return found


def _attribute(number: int, row: Mapping[str, object]) -> Attribute:
    raw = plain.table(row.get("raw"))
    printed = raw.get("string")
    shown = plain.text(printed) if isinstance(printed, str) else str(plain.integer(raw.get("value")))
    return Attribute(
        number=number,
        name=plain.text(row.get("name")),
        value=plain.integer(row.get("value")),
        threshold=plain.integer(row.get("thresh")),
        prefail=plain.table(row.get("flags")).get("prefailure") is True,
        when_failed=plain.text(row.get("when_failed")).lower(),
        count=count(number, shown),
        raw=shown,
    )


def count(number: int, raw: str) -> int | None:
    """Return the counter in the raw text of attribute `number`; None where there is none.

    The first integer counts; of a packed figure its low 16-bit word. 188 printed as three words has the low one last.
    An all-ones figure is the absence of a counter, not four thousand million events.
    """
    words = raw.split()
    if number == _COMMAND_TIMEOUT and len(words) == _WORDS and all(word.isdecimal() for word in words):
        return int(words[-1])
    figure = plain.first_integer(raw)
    if figure is None:
        return None
    if number == _COMMAND_TIMEOUT or (number in _PACKED and figure > _WIDEST_COUNTER):
        return figure & _LOW_WORD
    return figure if figure < _WIDEST_COUNTER else None


def _nvme(document: Mapping[str, object]) -> NvmeLog | None:
    log = plain.table(document.get("nvme_smart_health_information_log"))
    figures = NvmeLog(
        critical_warning=_within(plain.counter(log, "critical_warning"), _BYTE),
        spare=_within(plain.counter(log, "available_spare"), _PERCENT),
        spare_threshold=_within(plain.counter(log, "available_spare_threshold"), _PERCENT),
        used=_within(plain.counter(log, "percentage_used"), _BYTE),
        media_errors=_within(plain.counter(log, "media_errors")),
        error_entries=plain.counter(log, "num_err_log_entries"),
    )
    return figures if figures.critical_warning is not None or figures.used is not None else None


def _within(figure: int | None, highest: int | None = None) -> int | None:
    """Return a count that the field can hold; None for one below zero or above `highest`."""
    return figure if figure is not None and figure >= 0 and (highest is None or figure <= highest) else None


def _emmc(document: Mapping[str, object]) -> EmmcHealth | None:
    health = plain.table(document.get("emmc_health"))
    lives = [_within(plain.integer(health.get(name)), _BYTE) for name in ("life_time_a", "life_time_b")]
    known = [life for life in lives if life is not None]
    return (
        EmmcHealth(max(known, default=None), _within(plain.integer(health.get("pre_eol_info")), _BYTE))
        if health
        else None
    )


def _scsi(document: Mapping[str, object]) -> ScsiCounters | None:
    log = plain.table(document.get("scsi_error_counter_log"))
    totals = [_within(plain.counter(plain.table(part), "total_uncorrected_errors")) for part in log.values()]
    known = [total for total in totals if total is not None]
    grown = _within(plain.integer(document.get("scsi_grown_defect_list")))
    if grown is None and not known:
        return None
    used = _within(plain.integer(document.get("scsi_percentage_used_endurance_indicator")), _BYTE)
    return ScsiCounters(grown_defects=grown, uncorrected=sum(known) if known else None, used=used)


def _temperature(document: Mapping[str, object]) -> int | None:
    degrees = plain.integer(plain.table(document.get("temperature")).get("current"))
    return degrees if degrees in _TEMPERATURES else None


def _temperature_limit(document: Mapping[str, object]) -> int | None:
    shape = plain.table(document.get("temperature"))
    for key in ("op_limit_max", "drive_trip"):
        limit = plain.integer(shape.get(key))
        if limit in _TEMPERATURES:
            return limit
    return None


def _logged(log: object, key: str) -> int | None:
    """Return the largest `key` of the summary and extended forms of an ATA log."""
    figures = [plain.integer(plain.table(part).get(key)) for part in plain.table(log).values()]
    return max((figure for figure in figures if figure is not None), default=None)


def _failed_self_tests(document: Mapping[str, object]) -> int:
    failed = _logged(document.get("ata_smart_self_test_log"), "error_count_total") or 0
    nvme = plain.rows(plain.table(document.get("nvme_self_test_log")).get("table"))
    failed += sum(_code(row.get("self_test_result")) in (5, 6, 7) for row in nvme)
    scsi = [value for key, value in document.items() if key.startswith("scsi_self_test_")]
    return failed + sum(_code(plain.table(row).get("result")) in range(3, 8) for row in scsi)


def _code(result: object) -> int | None:
    return plain.integer(plain.table(result).get("value"))
