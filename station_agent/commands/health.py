"""`etabli-station health FILE_OR_DEVICE`: the verdict on a dump of smartctl or on a live drive; its self-test."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from certificates.command_line import Argument, Option
from diagnostics.dump import text_of
from diagnostics.errors import DiagnosticsError
from diagnostics.health import HealthReport, HealthVerdict, assess_document, assess_text
from diagnostics.self_test import SelfTestKind, SelfTestResult
from diagnostics.wording import HEALTH_VERDICTS, SELF_TESTS
from station_agent.clock import SystemClock, wall_text
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.diagnose import diagnostics_words
from station_agent.diagnosis_words import readers_lines
from station_agent.drive_self_test import self_test
from station_agent.errors import StoreBroken, UsageError
from station_agent.health_readers import ask, live_health
from station_agent.kept_self_tests import keep_self_test
from station_agent.language import complain, mark, visible
from station_agent.planning import choose

Source = Annotated[
    str, Argument(metavar="FILE_OR_DEVICE", help=mark("JSON or text that smartctl printed, or a drive."))
]
Test = Annotated[
    SelfTestKind | None,
    Option("--self-test", help=mark("Let the drive test itself first, and follow it; Ctrl-C breaks it off.")),
]
STATUS = {HealthVerdict.OK: 0, HealthVerdict.REVIEW: 10, HealthVerdict.REJECT: 20, HealthVerdict.UNKNOWN: 21}
AGAIN = "smartctl -x --json=c /dev/sdX > FILE"  # the same in both languages
LARGEST = 64 << 20  # bytes of a dump


def health(
    *,
    source: Source,
    test: Test = None,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Judge the health of a drive: 0 healthy, 10 to be looked at, 20 failing, 21 unknown."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    tested = _tested(call, source, test)
    if bench_file is not None:
        bench = call.bench()
        report = _judged(bench.smart(choose(bench.enumerate_disks(), [source])[0]))
    else:
        report = _from_file(Path(source)) if Path(source).is_file() else _from_drive(call, source)
    words = diagnostics_words(call.voice.lang)
    document = report.to_document(words)
    document.pop("schema")
    if tested is not None:
        document["self_test"] = tested.to_document()
        _keep(call, report, tested)
    call.show("health", {"simulated": bench_file is not None, **document}, _lines(report, document, words))
    sys.exit(STATUS[report.verdict])


def _tested(call: Call, source: str, kind: SelfTestKind | None) -> SelfTestResult | None:
    if kind is None:
        return None
    if call.bench_file is not None or Path(source).is_file():
        raise UsageError(mark("Only a real drive can test itself: name one, such as /dev/sda."))
    return self_test(call, source, kind)


def _keep(call: Call, report: HealthReport, tested: SelfTestResult) -> None:
    """Keep the result for the next diagnosis; that it cannot be kept is told, and the verdict stands."""
    if not report.identity.serial:
        complain(
            call.voice.say("The result of the self-test is shown, and not kept: the drive tells no serial number.")
        )
        return
    try:
        keep_self_test(call.state, report.identity, tested, wall_text(SystemClock().now()))
    except StoreBroken as error:
        complain(call.voice.say(error.sentence, **error.facts))


def _from_file(path: Path) -> HealthReport:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST)
    except OSError as error:
        raise UsageError(mark("{path} cannot be read: {detail}"), path=path, detail=error.strerror or error) from error
    if not data.strip():
        raise UsageError(
            mark("{path} is empty: smartctl wrote nothing into it. Make it again: {again}"), path=path, again=AGAIN
        )
    try:
        return assess_text(text_of(data))
    except DiagnosticsError as error:
        raise UsageError(
            mark("{path} holds no report of smartctl. Make one: {again}"), path=path, again=AGAIN
        ) from error


def _from_drive(call: Call, source: str) -> HealthReport:
    """Ask the drive by both readers; when it cannot be asked the health is unknown, and the person is told why."""
    if not Path(source).exists():
        raise UsageError(mark("There is neither a file nor a drive {source} here."), source=source)
    if not (Path(source).is_block_device() or Path(source).is_char_device()):
        raise UsageError(
            mark("{source} is neither a file nor a drive: name a report of smartctl, or a drive such as /dev/sda."),
            source=source,
        )
    asked = ask(source, live_health(Path("/")))
    for trouble in asked.troubles:
        complain(call.voice.say("The drive {source} cannot be asked: {detail}", source=source, detail=visible(trouble)))
    if asked.troubles and not os.access(source, os.R_OK | os.W_OK):
        complain(call.voice.say("Drives answer the administrator only: begin the same command with sudo."))
    return replace(assess_document(list(asked.documents)), readers=asked.readers)


def _judged(document: dict[str, Any] | None) -> HealthReport:
    return assess_document({} if document is None else document)


def _lines(report: HealthReport, document: dict[str, Any], words: Any) -> list[str]:
    said = [_verdict_line(report, words)]
    said += [f"  - {reason['text']}" for reason in document["reasons"]]
    said += readers_lines(report.readers, words)
    if "self_test" in document:
        said.append(f"  {words(SELF_TESTS[document['self_test']['outcome']])}")
    return [*said, *(_verdict_line(other, words) for other in report.others)]


def _verdict_line(report: HealthReport, words: Any) -> str:
    """Name the drive, as far as it tells its name, and say its verdict."""
    named = [visible(name) for name in (report.identity.model, report.identity.serial) if name]
    return "  ".join([*named, words(HEALTH_VERDICTS[str(report.verdict)])])
