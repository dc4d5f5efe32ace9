"""`etabli-station health FILE_OR_DEVICE`: the health verdict of a smartctl document or of a live drive."""

import sys
from pathlib import Path
from typing import Annotated, Any

from certificates.command_line import Argument
from diagnostics.errors import DiagnosticsError
from diagnostics.health import HealthReport, HealthVerdict, assess_document, assess_text
from diagnostics.smartctl import read_drive
from diagnostics.wording import HEALTH_VERDICTS
from station_agent.commands import options
from station_agent.commands.call import Call, begin
from station_agent.diagnose import diagnostics_words
from station_agent.errors import UsageError
from station_agent.language import complain, mark, visible
from station_agent.planning import choose

Source = Annotated[str, Argument(metavar="FILE_OR_DEVICE", help=mark("A smartctl --json file, or a drive."))]
STATUS = {HealthVerdict.OK: 0, HealthVerdict.REVIEW: 10, HealthVerdict.REJECT: 20, HealthVerdict.UNKNOWN: 21}


def health(
    *,
    source: Source,
    bench_file: options.BenchFile = None,
    as_json: options.AsJson = False,
    lang: options.Lang = None,
    state: options.State = None,
) -> None:
    """Judge the health of a drive: 0 healthy, 10 to be looked at, 20 failing, 21 unknown."""
    call = begin(lang=lang, as_json=as_json, state=state, bench_file=bench_file)
    if bench_file is not None:
        bench = call.bench()
        report = _judged(bench.smart(choose(bench.enumerate_disks(), [source])[0]))
    else:
        report = _from_file(Path(source)) if Path(source).is_file() else _from_drive(call, source)
    words = diagnostics_words(call.voice.lang)
    document = report.to_document(words)
    document.pop("schema")
    call.show("health", {"simulated": bench_file is not None, **document}, _lines(report, document, words))
    sys.exit(STATUS[report.verdict])


def _from_file(path: Path) -> HealthReport:
    try:
        return assess_text(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, DiagnosticsError) as error:
        raise UsageError(mark("{path} is not a smartctl document: {detail}"), path=path, detail=error) from error


def _from_drive(call: Call, source: str) -> HealthReport:
    """Ask the drive; when it cannot be asked the health is unknown, and the person is told why."""
    if not Path(source).exists():
        raise UsageError(mark("There is neither a file nor a drive {source} here."), source=source)
    try:
        document: dict[str, Any] | None = dict(read_drive(source).document)
        trouble = errors_told(document)
    except DiagnosticsError as error:
        document, trouble = None, str(error)
    if trouble:
        complain(call.voice.say("The drive {source} cannot be asked: {detail}", source=source, detail=visible(trouble)))
    return _judged(document)


def errors_told(document: dict[str, Any] | None) -> str:
    """Give what smartctl itself reports as an error, such as a device that it may not open; "" for none."""
    tool = (document or {}).get("smartctl")
    messages = tool.get("messages") if isinstance(tool, dict) else None
    rows = [row for row in messages or [] if isinstance(row, dict) and row.get("severity") == "error"]
    return "; ".join(str(row.get("string", "")) for row in rows)


def _judged(document: dict[str, Any] | None) -> HealthReport:
    return assess_document({} if document is None else document)


def _lines(report: HealthReport, document: dict[str, Any], words: Any) -> list[str]:
    identity = report.identity
    said = [f"{visible(identity.model)}  {visible(identity.serial)}  {words(HEALTH_VERDICTS[str(report.verdict)])}"]
    return said + [f"  - {reason['text']}" for reason in document["reasons"]]
