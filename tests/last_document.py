"""The last JSON document of what a command printed: its outcome, also behind the events of an erase."""

import json
from typing import Any


def last_document(text: str) -> dict[str, Any]:
    """Read it, on one line or on many. Raises ValueError where there is none."""
    begins = f"\n{text}".rindex("\n{")  # the lines of one document that come after its first are indented
    return dict(json.loads(text[begins:]))
