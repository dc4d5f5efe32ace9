"""`python -m certificates.verifier_page OUT.html [TRUST.json]`: write the page, with or without a trust file in it.

`make verifier-page` writes build/verifier.html; TRUST=trust.json puts a trust file in.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from certificates.errors import TrustError
from certificates.shape import WALL_FORM
from certificates.verifier_page.build import verifier_page


def main(arguments: Sequence[str]) -> int:
    """Write the page; 2 for a wrong call or a file that cannot be used."""
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004
        print("OUT.html [TRUST.json]", file=sys.stderr)
        return 2
    out, *given = map(Path, arguments)
    try:
        trust = given[0].read_bytes() if given else b""
        page = verifier_page(trust, datetime.now(UTC).strftime(WALL_FORM) if trust else "")
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(page)
    except (OSError, TrustError) as error:
        print(error, file=sys.stderr)
        return 2
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
