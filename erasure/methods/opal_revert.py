"""PSID revert of Opal drives: access recovery."""

from erasure.methods.protocol import MethodKind
from erasure.methods.unbuilt import Unbuilt
from erasure.outcome import Level

OPAL_REVERT = (Unbuilt("opal.psid-revert", Level.NONE, MethodKind.RECOVERY),)
