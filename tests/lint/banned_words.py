"""No template, translation, message or document calls second-hand goods new.

The accident: a label printer, a certificate or a page that says of a donated machine what the law forbids (Code de la
consommation, R. 122-5), because somebody translated a letter "nicely".
"""

from pathlib import Path

from diagnostics.grading import banned_words
from tests.lint.tree import files, text

# The rule itself, and the tests that show that it fires.
OWN_WORDS = frozenset(
    {
        "diagnostics/grading/banned.py",
        "diagnostics/grading/policy.py",
        "diagnostics/README.md",
        "tests/lint/banned_words.py",
        "tests/house/test_lint_banned_words.py",
        "tests/diagnostics/test_category.py",
        "tests/diagnostics/test_refurbished.py",
        "tests/hub/test_claims.py",
        "tests/hub/test_grades.py",
        "tests/hub/test_overrides.py",
        "tests/certificates/test_claims.py",
        "tests/hub/pages/test_grades.py",
        "CHANGELOG.md",
    }
)


def problems(root: Path) -> list[str]:
    """Name every line with a word that the law bans."""
    found = []
    for path in files(root):
        place = path.relative_to(root).as_posix()
        if place in OWN_WORDS or (content := text(path)) is None:
            continue
        for number, line in enumerate(content.splitlines(), 1):
            found += [f"{place}:{number}: the law bans {word!r}" for word in banned_words(line)]
    return found
