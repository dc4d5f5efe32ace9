"""The independent reader: sg3-utils, on bytes, never on a device."""

import shutil
import subprocess
from collections.abc import Callable

import pytest


@pytest.fixture
def sg3() -> Callable[..., str]:
    """Run one program of sg3-utils and give what it printed; skip where it is not installed."""

    def ask(program: str, *words: str) -> str:
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"{program} (Debian package sg3-utils) is not installed")
        return subprocess.run([found, *words], capture_output=True, text=True, timeout=20, check=False).stdout

    return ask
