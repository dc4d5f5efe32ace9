"""KVM where it is real, else TCG. `/dev/kvm` alone proves nothing: a stock kernel is booted under it, with a limit.

Inside some virtual machines `/dev/kvm` exists and a stock kernel never comes up under it; `kvm:tcg` would hang there.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from tests.virtual_bench.cache import BenchError
from tests.virtual_bench.guest_build import Guest
from tests.virtual_bench.machine import TCG, Machine

VARIABLE = "ETABLI_VBENCH_ACCEL"
VENDORS = ("kvm_intel", "kvm_amd")
SMOKE_S = 15.0


def accelerator(guest: Guest, environment: Mapping[str, str] = os.environ, modules: Path = Path("/sys/module")) -> str:
    """Choose: what the environment names, else KVM when a vendor's module is there and a guest boots, else TCG."""
    if named := environment.get(VARIABLE):
        return named
    vendor = any((modules / name).exists() for name in VENDORS)
    return "kvm" if vendor and os.access("/dev/kvm", os.R_OK | os.W_OK) and boots_under_kvm(guest) else TCG


def boots_under_kvm(guest: Guest) -> bool:
    """Boot the guest under KVM and say whether it answered in time."""
    root = f"file={guest.root},format=raw,snapshot=on,cache=unsafe"
    try:
        with Machine.booted(guest, (root,), accelerator="kvm", timeout_s=SMOKE_S):
            return True
    except BenchError:
        return False
