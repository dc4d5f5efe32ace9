"""Words for people about what a bench measured: stress, benchmark, self-tests, second reader, corrected chassis.

Every code as an English sentence with named places, as in `wording`, which counts these texts in. It decides nothing.
"""

STRESS = {
    "benchmark": "Pace of the processor",
    "cpu-load": "Processor under load",
    "memory": "Memory test",
    "drive-read": "Reading speed",
}

STRESS_VERDICTS = {
    "pass": "passed",
    "review": "to be looked at",
    "fail": "failed",
    "unknown": "no result",
}

ENDINGS = {
    "aborted": "broken off by a person",
    "time-limit": "ended by its time limit",
}

STRESS_FACTS = {
    "celsius_most": "hottest: {value} °C",
    "celsius_limit": "limit of the chip: {value} °C",
    "no-sensor": "no sensor tells how hot it became",
    "throttled": "slowed down by heat: {value} times",
    "wrong": "wrong results: {value}",
    "lost": "worker processes that died: {value}",
    "no-fan": "the fan did not turn",
    "mebibytes": "tested: {value} MiB",
    "mebibytes-not-through": "set aside for the test: {value} MiB, not tested through",
    "wrong_words": "wrong memory words: {value}",
    "speed": "{value} MB/s; at the beginning of the drive {outer}, at its end {inner}",
    "speeds": "{value} MB/s in the middle, at the slowest place {least}, at the fastest {most}",
    "slow": "slow places: {value}",
    "unreadable": "unreadable places: {value}",
    "skipped": "not read: it is being erased, or cannot be opened",
    "error": "it could not be run: {value}",
}

PACES = {
    "sha256": "SHA-256: {speed} MB/s with {workers} worker processes",
    "zlib": "zlib: {speed} MB/s with {workers} worker processes",
}
PACES_OF_ONE = {
    "sha256": "SHA-256: {speed} MB/s with one worker process",
    "zlib": "zlib: {speed} MB/s with one worker process",
}

METHOD = {
    "method": "method {method}, with {libraries}: compare it only with figures of the same method and versions",
    "load": "load of the machine before: {value}; other work makes the figures smaller",
}

SOURCES = {
    "stress": "run by the diagnosis",
    "check": "run in the guided checks",
}

SELF_TEST_KINDS = {
    "short": "short",
    "long": "long",
}

FIRST_ERROR = {"lba": "first fault at block {value}"}

READINGS = {
    "first": "smartctl: {what}",
    "second": "pySMART: {what}",
}

CHASSIS = {
    "corrected": "{chassis}: corrected by a person, the firmware says {read}",
    "given": "{chassis}: told by a person, the firmware says nothing usable",
}
CHASSIS_KINDS = {
    "laptop": "laptop",
    "desktop": "desktop computer",
    "all-in-one": "all-in-one computer",
    "tablet": "tablet",
    "server": "server",
    "drive": "drive alone",
}

TABLES = (
    STRESS, STRESS_VERDICTS, ENDINGS, STRESS_FACTS, PACES, PACES_OF_ONE, METHOD, SOURCES, SELF_TEST_KINDS, FIRST_ERROR,
    READINGS,
    CHASSIS, CHASSIS_KINDS,
)  # fmt: skip
