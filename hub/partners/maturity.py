"""The maturity audit as data (S2-7): its questions by level, and the level that the answers propose. Pure.

A level is proposed when every question of it and of those below is answered with yes. A person gives the level: the
audit only proposes, and says what is missing for the next one.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hub.errors import BadInput

FILE = Path(__file__).resolve().parent / "maturity.toml"
LEVELS = (1, 2, 3)
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its id, the level that needs it, its text by language."""

    id: str
    level: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions of one version."""

    name: str
    version: int
    questions: Sequence[Question]


@cache
def shipped() -> Questionnaire:
    """The questionnaire that comes with the hub."""
    return read_questionnaire(FILE.read_text(encoding="utf-8"))


def read_questionnaire(text: str) -> Questionnaire:
    """The questions of a file. Raises ValueError for one that is not whole, an id twice, a level without a question."""
    try:
        told = tomllib.loads(text)
        rows = [
            Question(str(row["id"]), row["level"], {lang: str(row[lang]) for lang in ("fr", "en")})
            for row in told["questions"]
        ]
        found = Questionnaire(str(told["name"]), int(told["version"]), rows)
    except (KeyError, TypeError) as error:
        raise ValueError(f"maturity: {error}") from error
    if len({row.id for row in rows}) < len(rows) or {row.level for row in rows} != set(LEVELS):
        raise ValueError("maturity: an id twice, or a level without a question")
    return found


def proposed(lines: Sequence[tuple[int, str]]) -> int:
    """The highest level of which all that it needs is answered with yes, of (level, answer); 0 for none."""
    open_ = [level for level, answer in lines if answer != YES]
    return min(open_, default=LEVELS[-1] + 1) - 1


def answered(answers: Mapping[str, str], asked: Questionnaire) -> dict[str, Any]:
    """The document of an audit: each question with its level, words and answer. Raises BadInput for an open one."""
    rows = [
        {"id": one.id, "level": one.level, "texts": dict(one.texts), "answer": answers.get(one.id, "")}
        for one in asked.questions
    ]
    if any(row["answer"] not in (YES, NO) for row in rows):
        raise BadInput("answer every line of the list", "checklist")
    level = proposed([(one.level, answers[one.id]) for one in asked.questions])
    return {"questionnaire": asked.name, "version": asked.version, "lines": rows, "proposed": level}


def missing(document: Mapping[str, Any], lang: str) -> list[tuple[int, str]]:
    """What keeps the workshop from each higher level: level and question, as they stood on the day of the audit."""
    return [(row["level"], row["texts"][lang]) for row in document["lines"] if row["answer"] != YES]
