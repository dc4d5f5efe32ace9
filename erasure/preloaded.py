"""What every worker needs, loaded once by the fork server that makes the workers: they share these pages.

Importing it is its only use. Frozen afterwards: a collection in a worker would write to every shared object.
"""

import encodings.ascii
import gc
import pkgutil
import runpy

import erasure.interlocks
import erasure.transport.linux_block
import erasure.worker
from erasure.policy import load_policies
from erasure.quirks import load_quirks

__all__ = ["encodings", "erasure", "pkgutil", "runpy"]  # the last two: every worker looks for its main module

load_policies()
load_quirks()
gc.collect()
gc.freeze()
