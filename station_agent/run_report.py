"""The report of one run for an auditor, in words: who, which drive, why this way, what was done, what it rests on.

Says nothing that is not in the record; what was not checked has its own heading.
"""

from typing import Any, Final

from certificates.wording import area_words
from certificates.wording.techniques import limit_words, method_words
from station_agent.drive_words import shortened
from station_agent.language import Voice, mark, visible
from station_agent.run_course import course_lines
from station_agent.run_record import RunRecord
from station_agent.words import KINDS, REACHED, VERDICTS, fact_words, range_words, reason_words, size_words

RESTS: Final = {
    "full": mark("It rests on every sector of the drive, written, flushed, read back and equal."),
    "sample": mark("It rests on {sectors} sectors drawn at random, read back and equal; the others were not read."),
    "canaries": mark(
        "It rests on the drive's own status, read back, and on {sectors} marks and old contents that are gone."
    ),
    "none": mark("It rests on the drive's own status alone: nothing was on it that the erasure had to destroy."),
}
PLACES: Final = mark(
    "Marks lie where the secret of the run and the sizes of the disks put them, spread over the whole capacity; the "
    "secret never leaves this bench, its SHA-256 is in the statement."
)
RULE: Final = mark(
    "Rule: not one mark and not one old content may be found again; the mark of another sector would show that "
    "addresses wrap around."
)
LOOKED: Final = mark(
    "{sectors} places with a mark or a noted old content looked at again: {nonmatching} still as before, {unreadable} "
    "unreadable"
)
COMPARED: Final = mark("{mode}: {sectors} sectors compared, {nonmatching} different, {unreadable} unreadable")
ATTESTED: Final = {
    True: mark("The drive itself attests the purge by IEEE 2883 (PRGD = 1)."),
    False: mark("The drive was asked to attest the purge (PREQ) and does not (PRGD = 0)."),
}
NO_LOOK: Final = mark("nothing was read back")


def report_lines(voice: Voice, record: RunRecord) -> list[str]:
    """Give the whole report."""
    return [
        voice.say("Report of run {run}", run=record.run_id),
        *_section(voice, mark("Who and what"), _who(voice, record)),
        *_section(voice, mark("Plan"), _plan(voice, record)),
        *_section(voice, mark("Course, in order"), [] if record.timed() else [voice.say("nothing is recorded")]),
        *course_lines(voice, record.timed()),
        *_section(voice, mark("Read-back"), _read_back(voice, record)),
        *_section(voice, mark("Sizes and hidden areas, at the end"), _ledger(voice, record)),
        *_section(voice, mark("Not checked"), _not_checked(voice, record)),
        *_section(voice, mark("Verdict"), _verdict(voice, record)),
    ]


def _section(voice: Voice, title: str, lines: list[str]) -> list[str]:
    return ["", voice.say(title), *(f"  {line}" for line in lines)]


def _who(voice: Voice, record: RunRecord) -> list[str]:
    context = record.context
    identity = context.facts.device.identity
    size = size_words(context.facts.size_bytes, voice.lang)
    told = [
        f"{visible(identity.model)}  {visible(identity.serial)}  {visible(identity.wwn) or '-'}  {size}",
        voice.say("identity: grade {grade}, from {source}", grade=identity.grade, source=visible(identity.source)),
        voice.say("lot {lot}, tag {asset}, operator {operator}", **_named(context)),
        voice.say("opened {wall}, by the clock of this bench", wall=record.opened),
    ]
    if record.statement is not None:
        wall = record.statement["ended"]
        told.append(voice.say("ended {wall}; it took {ms} ms", wall=wall, ms=record.statement["duration_ms"]))
        told.append(voice.say("statement {id}", id=record.statement_id))
    return told


def _named(context: Any) -> dict[str, str]:
    return {name: visible(getattr(context, name)) or "-" for name in ("lot", "asset", "operator")}


def _plan(voice: Voice, record: RunRecord) -> list[str]:
    context = record.context
    if not context.method:
        return [voice.say("none: the drive was refused")]
    words = method_words(context.method, voice.lang).replace("’", "'")
    return [
        voice.say("policy {policy}, SHA-256 {digest}", policy=context.policy, digest=context.policy_sha256 or "-"),
        voice.say("method {method}, version {version}", method=context.method, version=context.method_version),
        words,
        *_why_not(voice, context.others),
    ]


def _why_not(voice: Voice, others: list[dict[str, str]]) -> list[str]:
    """Say why the other methods were not taken; those with the same reason on one line."""
    groups: dict[tuple[str, str], list[str]] = {}
    for other in others:
        groups.setdefault((other["code"], other["detail"]), []).append(other["method"])
    said = (
        voice.say("{methods}: {why}", methods=shortened(names), why=fact_words(voice, detail or code))
        for (code, detail), names in groups.items()
    )
    return [f"- {line}" for line in said]


def _read_back(voice: Voice, record: RunRecord) -> list[str]:
    if record.statement is None:
        return [voice.say("not yet: the run is open")]
    seen = record.statement["verify"]
    marks = seen["mode"] == "canaries"
    numbers = {name: seen[name] for name in ("mode", "sectors", "nonmatching", "unreadable")}
    sentence = LOOKED if marks else NO_LOOK if seen["mode"] == "none" else COMPARED
    told = [voice.say(sentence, **numbers)]
    told += [voice.say(RULE), voice.say(PLACES)] if marks else []
    bad = record.statement["bad"]
    for kind in KINDS:
        if bad[kind]:
            told.append(range_words(voice, kind, tuple((first, count) for first, count in bad[kind])))
        if bad["truncated"] and bad[kind]:
            told.append(
                voice.say("in all {n} sectors: the statement lists the first ranges only", n=bad[f"{kind}_total"])
            )
    return told


def _ledger(voice: Voice, record: RunRecord) -> list[str]:
    """Say the sizes and areas as the statement carries them; unknown is never "none"."""
    if record.statement is None:
        return [voice.say("not yet: the run is open")]
    drive, hidden = record.statement["subject"]["drive"], record.statement["hidden"]
    native = voice.say("unknown") if drive["native_bytes"] is None else drive["native_bytes"]
    areas = ", ".join(f"{name.upper()} {area_words(hidden[name], voice.lang)}" for name in ("hpa", "dco", "ama"))
    return [
        voice.say(
            "visible {visible} bytes, native {native}; {areas}", visible=drive["size_bytes"], native=native, areas=areas
        )
    ]


def _not_checked(voice: Voice, record: RunRecord) -> list[str]:
    told = [f"- {words}".replace("’", "'") for words in limit_words(record.context.method, voice.lang)]
    if record.statement is not None:
        exceptions = record.statement["exceptions"]
        told += [f"- {reason_words(voice, item['code'], item['detail'])}" for item in exceptions]
        if not record.evidence_found:
            told.append("- " + voice.say("the transcript that was signed is not here: what is shown is the journal"))
    return told


def _verdict(voice: Voice, record: RunRecord) -> list[str]:
    if record.statement is None:
        return [voice.say("none: the run is open, the drive counts as not erased")]
    result, seen = record.statement["result"], record.statement["verify"]
    word, rests = VERDICTS[result["verdict"]], RESTS[seen["mode"]]
    level = record.statement["method"]["level"]
    told = ["  ".join([voice.say(word), *([level] if level in REACHED else [])])]
    told += [f"- {reason_words(voice, item['code'], item['detail'])}" for item in result["reasons"]]
    told += [] if result["reasons"] else [voice.say(rests, sectors=seen["sectors"])]
    return told + [voice.say(ATTESTED[word]) for word in attested(record) if word is not None]


def attested(record: RunRecord) -> list[bool | None]:
    """Give what the drive itself answered about a purge, at its end; nothing where it has no word for it."""
    ends = [item["data"].get("completion") for item in record.transcript if item["what"] == "WRITTEN"]
    return [end.get("attested_purge") for end in ends[-1:] if isinstance(end, dict)]
