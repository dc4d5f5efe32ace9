"""Keeps documents and the verifier of a release, made by the code of one commit; tests judge across releases with them.

Run from the top of the tree: `python tests/certificates/releases/make.py COMMIT FOLDER`, where FOLDER is new, as `first`.
Demo keys sign. `verifier.zip` holds the modules that the verifier of that commit loads, as they were, with fixed dates.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
DATE: Final = (2000, 1, 1, 0, 0, 0)
DOCUMENTS: Final = """
import sys
from pathlib import Path
from certificates.keys import SigningKey
from certificates.pdf import render_certificate
from tests.certificates.conftest import DEMO_HUB_KEY, DEMO_STATION_KEY, workshop_of

folder = Path(sys.argv[1])
shop = workshop_of(DEMO_STATION_KEY, DEMO_HUB_KEY)
bundle = shop.bundle()
(folder / "trust.json").write_bytes(shop.trust.to_json())
(folder / "bundle.json").write_bytes(bundle.data)
(folder / "statement.json").write_bytes(bundle.erasure.envelope.data)
(folder / "certificate.pdf").write_bytes(render_certificate(bundle, shop.hub))
"""
LOADED: Final = """
import contextlib, io, json, sys
from certificates.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    status = main([*sys.argv[1:], "--json"])
names = [module.__file__ for name, module in sys.modules.items() if name.split(".")[0] == "certificates"]
print(json.dumps([status, sorted(name for name in names if name)]))
"""


def make(commit: str, folder: Path) -> None:
    """Write the documents and the verifier of a commit into a new folder; needs git and the whole history."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place)
        archive = _ran(["git", "archive", commit, "certificates", "tests/certificates"])
        _ran(["tar", "-x", "-C", place], archive)
        folder.mkdir()
        _python(tree, DOCUMENTS, folder)
        status, loaded = json.loads(_python(tree, LOADED, *sorted(folder.glob("[bcs]*"))))
        if status != 0:
            raise SystemExit("the verifier of that commit does not accept its own documents")
        with zipfile.ZipFile(folder / "verifier.zip", "w", zipfile.ZIP_DEFLATED) as kept:
            for name in loaded:
                path = Path(name)
                kept.writestr(
                    zipfile.ZipInfo(str(path.relative_to(tree)), DATE), path.read_bytes(), zipfile.ZIP_DEFLATED
                )


def _python(tree: Path, program: str, *words: Path) -> bytes:
    given = [str(word.resolve()) for word in words]
    return _ran([sys.executable, "-c", program, *given], cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)})


def _ran(words: list[str], given: bytes = b"", cwd: Path | None = None, env: dict[str, str] | None = None) -> bytes:
    return subprocess.run(words, input=given, cwd=cwd, env=env, stdout=subprocess.PIPE, check=True).stdout


if __name__ == "__main__":
    make(sys.argv[1], HERE / sys.argv[2])
