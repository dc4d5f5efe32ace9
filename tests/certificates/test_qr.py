"""The QR code as a phone sees it: read from the rendered page by an independent decoder."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from certificates.pdf import render_certificate

DOTS_PER_INCH = 110  # a poor print, photographed

pytestmark = [
    pytest.mark.world,
    pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is not installed"),
]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_code_on_the_page_leads_to_the_verify_address(workshop: Any, tmp_path: Path, lang: str) -> None:
    bundle = workshop.bundle()
    (tmp_path / "page.pdf").write_bytes(render_certificate(bundle, workshop.hub, lang))
    command = ["pdftoppm", "-png", "-r", str(DOTS_PER_INCH), "-singlefile", "page.pdf", "page"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    with Image.open(tmp_path / "page.png") as page:
        codes = zxingcpp.read_barcodes(page)
    assert [code.text for code in codes] == [bundle.certificate.payload["verify_url"]]
