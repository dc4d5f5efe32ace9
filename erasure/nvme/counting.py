"""Counts the namespaces of a controller, active and only allocated; all of them, or nobody knows.

One namespace that is missed is a namespace that keeps its data, so a list that is refused, does not make sense or is
longer than any real one gives None, never what was read until then (drives, 3.8).
"""

from erasure.nvme.asking import ask_identify
from erasure.nvme.commands import ACTIVE_LIST, ALLOCATED_LIST, ALLOCATED_NAMESPACE, NAMESPACE
from erasure.nvme.facts import NvmeNamespace
from erasure.nvme.identify import ControllerWords, decode_list, decode_namespace
from erasure.transport.ports import NvmePort

LIST_ENTRIES = 1024
MOST_NAMESPACES = 8192  # more than any drive has: a list that never ends
MOST_GUESSES = 128  # without a list, ids are tried one after the other
LISTS_SINCE = 0x00010100  # NVMe 1.1
ALLOCATED_SINCE = 0x00010200  # NVMe 1.2
NAMESPACE_MANAGEMENT = 1 << 3  # OACS


def count_namespaces(port: NvmePort, controller: ControllerWords, seen: int) -> tuple[NvmeNamespace, ...] | None:
    """Read every namespace; `seen` is one that is known to be active. Raises OSError when the drive left."""
    active = list_ids(port, ACTIVE_LIST)
    if active is None and controller.version < LISTS_SINCE:
        return try_each(port, controller, seen)
    if active is None or seen not in active:
        return None
    allocated = allocated_ids(port, controller, active)
    if allocated is None or not set(active) <= set(allocated) or max(allocated) > controller.namespaces:
        return None
    found = [read_namespace(port, nsid, active=nsid in active) for nsid in allocated]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else None


def list_ids(port: NvmePort, cns: int) -> tuple[int, ...] | None:
    """Read a list of namespace ids to its end. Raises OSError when the drive left."""
    ids: tuple[int, ...] = ()
    while len(ids) <= MOST_NAMESPACES:
        after = ids[-1] if ids else 0
        data = ask_identify(port, cns, after)
        page = None if data is None else decode_list(data, after)
        if page is None:
            return None
        ids += page
        if len(page) < LIST_ENTRIES:
            return ids
    return None


def allocated_ids(port: NvmePort, controller: ControllerWords, active: tuple[int, ...]) -> tuple[int, ...] | None:
    """Read which ids are allocated; where nothing manages namespaces, only the active ones can be."""
    manages = bool(controller.oacs & NAMESPACE_MANAGEMENT)
    if not manages and controller.version < ALLOCATED_SINCE:
        return active
    listed = list_ids(port, ALLOCATED_LIST)
    return active if listed is None and not manages else listed


def read_namespace(port: NvmePort, nsid: int, *, active: bool) -> NvmeNamespace | None:
    """Read one namespace; None when it is not legible. Raises OSError when the drive left."""
    questions = (NAMESPACE,) if active else (ALLOCATED_NAMESPACE, NAMESPACE)
    for cns in questions:
        data = ask_identify(port, cns, nsid)
        found = None if data is None else decode_namespace(data, nsid, active=active)
        if found is not None:
            return found
    return None


def try_each(port: NvmePort, controller: ControllerWords, seen: int) -> tuple[NvmeNamespace, ...] | None:
    """Ask for every id of an NVMe 1.0 controller, which has no lists: an inactive one answers with zeros."""
    if not seen <= controller.namespaces <= MOST_GUESSES:
        return None
    found: list[NvmeNamespace] = []
    for nsid in range(1, controller.namespaces + 1):
        data = ask_identify(port, NAMESPACE, nsid)
        one = None if data is None else decode_namespace(data, nsid, active=True)
        if one is not None:
            found.append(one)
        elif data is None or any(data):
            return None
    return tuple(found) if any(one.nsid == seen for one in found) else None
