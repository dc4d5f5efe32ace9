"""Grades, categories and orientations, computed from a report document alone: what the hub may know of diagnostics.

    policy       the site's rules as data        inputs     function, looks, battery, parts out of a report
    letters      inputs and rules to a letter    category   a second policy over the same report (CTNRS-like)
    orientation  where the machine should go     refurbished  whether « reconditionné » is lawful
    banned       words that the law bans         words      everything above as sentences in both languages

Pure: nothing here reads a machine, a clock or a database, and nothing raises on a report, whatever it holds.
"""

from diagnostics.grading.banned import banned_words, claims, lawful, unclaimed
from diagnostics.grading.category import (
    DEFAULT_CATEGORY_POLICY,
    Category,
    CategoryPolicy,
    categorise,
    load_category_policy,
    read_category_policy,
)
from diagnostics.grading.inputs import WITH_BATTERY, GradeInputs, InputSource, inputs_of
from diagnostics.grading.letters import Grade, GradeReason, TriedRule, grade, grade_report
from diagnostics.grading.measured_words import (
    MeasuredRow,
    chassis_line,
    pace_lines,
    read_rows,
    reader_rows,
    self_test_rows,
    stress_rows,
)
from diagnostics.grading.orientation import Orientation, orient, triage_of
from diagnostics.grading.policy import (
    DEFAULT_POLICY,
    GradePolicy,
    MalformedGradePolicy,
    load_grade_policy,
    read_grade_policy,
)
from diagnostics.grading.refurbished import DriveStanding, Mention, mention
from diagnostics.grading.report_words import (
    differing_fields,
    discharge_lines,
    earlier_lines,
    evidence_lines,
    lock_lines,
    note_lines,
    readers_line,
    repeat_lines,
    year_line,
)
from diagnostics.grading.words import (
    LOCALE,
    battery_doubts,
    category_lines,
    check_line,
    check_value,
    explanation,
    grade_reason_line,
    health_lines,
    input_line,
    mention_lines,
    orientation_lines,
    part_names,
    rule_line,
)

__all__ = [
    "DEFAULT_CATEGORY_POLICY",
    "DEFAULT_POLICY",
    "LOCALE",
    "WITH_BATTERY",
    "Category",
    "CategoryPolicy",
    "DriveStanding",
    "Grade",
    "GradeInputs",
    "GradePolicy",
    "GradeReason",
    "InputSource",
    "MalformedGradePolicy",
    "MeasuredRow",
    "Mention",
    "Orientation",
    "TriedRule",
    "banned_words",
    "battery_doubts",
    "categorise",
    "category_lines",
    "chassis_line",
    "check_line",
    "check_value",
    "claims",
    "differing_fields",
    "discharge_lines",
    "earlier_lines",
    "evidence_lines",
    "explanation",
    "grade",
    "grade_reason_line",
    "grade_report",
    "health_lines",
    "input_line",
    "inputs_of",
    "lawful",
    "load_category_policy",
    "load_grade_policy",
    "lock_lines",
    "mention",
    "mention_lines",
    "note_lines",
    "orient",
    "orientation_lines",
    "pace_lines",
    "part_names",
    "read_category_policy",
    "read_grade_policy",
    "read_rows",
    "reader_rows",
    "readers_line",
    "repeat_lines",
    "rule_line",
    "self_test_rows",
    "stress_rows",
    "triage_of",
    "unclaimed",
    "year_line",
]
