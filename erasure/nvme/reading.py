"""Reads an NVMe controller, its namespaces and its sanitize log, with harmless commands only.

What does not decode sanely is unknown, never zero and never "none": the raw bytes are kept as evidence (drives, 3.8).
"""

from erasure.nvme.asking import LOST, ask, ask_identify, ask_sanitize_log
from erasure.nvme.commands import BOOT_HEADER_BYTES, BOOT_PARTITION_LOG, CONTROLLER, get_log
from erasure.nvme.counting import NAMESPACE_MANAGEMENT, count_namespaces
from erasure.nvme.facts import NvmeFacts
from erasure.nvme.identify import ControllerWords, decode_controller
from erasure.nvme.sanitize_log import SanitizeLog, report_of
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.transport.ports import NvmePort

CES, BES, OWS, VERS, SPRRS, NDI = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 29
SECURITY, FORMAT = 1 << 0, 1 << 1
FORMAT_ALL, ERASE_ALL, FORMAT_CRYPTO, NO_BROADCAST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
RPMB_UNITS = 0b111
BOOT_SINCE, BOOT_LOG_SINCE = 0x00010300, 0x00020000  # NVMe 1.3 has boot partitions, 2.0 the log page
BOOT_SIZE_BITS = 0x7FFF


def read_nvme(port: NvmePort) -> NvmeFacts | None:
    """Read the controller behind `port`; None when it does not answer legibly. Raises OSError when it left."""
    data = ask_identify(port, CONTROLLER)
    controller = None if data is None else decode_controller(data)
    nsid = _namespace_id(port)
    if controller is None or nsid is None:
        return None
    log = _sanitize_log(port, controller)
    sanicap, oacs, fna = controller.sanicap, controller.oacs, controller.fna
    total, unallocated = _capacities(controller)
    return NvmeFacts(
        model=controller.model,
        serial=controller.serial,
        firmware=controller.firmware,
        subnqn=controller.subnqn,
        controller_id=controller.controller_id,
        nsid=nsid,
        namespaces=count_namespaces(port, controller, nsid),
        shared=controller.shared,
        format_supported=bool(oacs & FORMAT),
        namespace_management=bool(oacs & NAMESPACE_MANAGEMENT),
        security_commands=bool(oacs & SECURITY),
        format_reaches_all=bool(fna & FORMAT_ALL),
        erase_reaches_all=bool(fna & ERASE_ALL),
        format_crypto=bool(fna & FORMAT_CRYPTO),
        format_broadcast=not fna & NO_BROADCAST,
        sanitize_crypto=bool(sanicap & CES),
        sanitize_block=bool(sanicap & BES),
        sanitize_overwrite=bool(sanicap & OWS),
        purge_reporting=bool(sanicap & SPRRS),
        no_deallocate_inhibited=bool(sanicap & NDI),
        media_verification=bool(sanicap & VERS),
        total_bytes=total,
        unallocated_bytes=unallocated,
        rpmb=bool(controller.rpmbs & RPMB_UNITS),
        boot_partitions=_boot_partitions(port, controller),
        sanitize=_report(log, controller),
        sanitize_seconds={} if log is None else log.seconds(),
        raw=_evidence(controller, log),
    )


def _namespace_id(port: NvmePort) -> int | None:
    try:
        return port.namespace_id()
    except OSError as error:
        if error.errno in LOST:
            raise
        return None


def _sanitize_log(port: NvmePort, controller: ControllerWords) -> SanitizeLog | None:
    """Read the log of a controller that can sanitize; others would only count the question as an error."""
    if not controller.sanicap & (CES | BES | OWS):
        return None
    try:
        return ask_sanitize_log(port)
    except OSError as error:
        if error.errno in LOST:
            raise
        return None


def _report(log: SanitizeLog | None, controller: ControllerWords) -> SanitizeReport:
    if not controller.sanicap & (CES | BES | OWS):
        return SanitizeReport(SanitizeState.UNSUPPORTED)
    return report_of(log, purge_reporting=bool(controller.sanicap & SPRRS))


def _capacities(controller: ControllerWords) -> tuple[int | None, int | None]:
    """Give TNVMCAP and UNVMCAP in bytes; None where the controller does not say or contradicts itself."""
    total, unallocated = controller.total_bytes, controller.unallocated_bytes
    if total == 0 or total >> 64 or unallocated > total:
        return None, None
    return total, unallocated


def _boot_partitions(port: NvmePort, controller: ControllerWords) -> bool | None:
    """Say whether there are boot partitions: an older controller has none, or tells it only in its registers."""
    if controller.version < BOOT_SINCE:
        return False
    if controller.version < BOOT_LOG_SINCE:
        return None
    head = ask(port, get_log(BOOT_PARTITION_LOG, BOOT_HEADER_BYTES), BOOT_HEADER_BYTES)
    if head is None or head[0] != BOOT_PARTITION_LOG:
        return None
    return bool(int.from_bytes(head[4:8], "little") & BOOT_SIZE_BITS)


def _evidence(controller: ControllerWords, log: SanitizeLog | None) -> dict[str, str]:
    kept = {"identify-controller": controller.raw.hex()}
    return kept if log is None else {**kept, "sanitize-log": log.raw.hex()}
