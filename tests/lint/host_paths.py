"""Nothing in the tree names one person's machine, a package registry or an unfinished thought.

The accident: a lock file, a fixture or a document that works only where it was made, or that sends a build of a
donor's workshop to somebody's private mirror.
"""

import re
from pathlib import Path

from tests.lint.tree import files, text

OWN_WORDS = frozenset({"tests/lint/host_paths.py", "tests/house/test_lint_host_paths.py"})
# In pieces, so that this file itself names none.
REGISTRIES = "|".join(rf"{name}\.{end}" for name, end in (("pythonhosted", "org"), ("//pypi", "org"), ("npmjs", "org")))
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.~-])/(?:home|root|Users|work|farm)/\w"),
    "a scratch folder": re.compile(r"(?<![\w.-])/(?:var/)?tmp/[a-z]\w+/"),
    "a package index": re.compile(r"--(?:extra-)?index-url|--find-links|/simple/?[\"'\s]"),
    "a registry host": re.compile(rf"{REGISTRIES}|\"resolved\": *\"http"),
    "an unfinished thought": re.compile(r"\b(?:TODO|FIXME|XXX)\b|raise NotImplementedError"),
}


def problems(root: Path) -> list[str]:
    """Name every line that belongs to one machine only."""
    found = []
    for path in files(root):
        place = path.relative_to(root).as_posix()
        if place in OWN_WORDS or (content := text(path)) is None:
            continue
        for number, line in enumerate(content.splitlines(), 1):
            found += [f"{place}:{number}: {what}" for what, shape in FORBIDDEN.items() if shape.search(line)]
    return found
