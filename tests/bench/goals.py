"""The figures that are printed and their goals, one row each: ids and anchors of the performance reference."""

from tests.bench.figures import Figure

FLIPPED = "8 of 8 flipped bytes blamed"
GRADED = "it ended with a grade or the reason for none"
BOTH = f"0 old blocks, {FLIPPED}"
FLEET = "24 of 24 ERASED, 0 old blocks"

FIGURES = (
    Figure("W1", "zero pass, wall", "zeros-write", "dd-write", "s", 1.00),
    Figure("W1", "zero pass, wall", "zeros-write", "dd-write", "s", 1.00, "B"),
    Figure("W1", "zero pass, wall", "zeros-write", "dd-write", "s", 1.00, "C"),
    Figure("W2", "zero pass, CPU", "zeros-write", "dd-write", "CPU s/GB", 0.50),
    Figure("W2", "zero pass, slope", "zeros-write-slope", "dd-write-slope", "CPU s/GB", 0.25),
    Figure("W3", "random pass, wall", "overwrite-write", "dd-write", "s", 1.02, "B"),
    Figure("W3", "random pass over zeros, wall", "overwrite-write", "zeros-write", "s", 1.05, "B"),
    Figure("W3", "random pass, wall", "overwrite-write", "dd-write", "s", 1.02, "C"),
    Figure("W3", "random pass over zeros, wall", "overwrite-write", "zeros-write", "s", 1.02, "C"),
    Figure("W4", "random pass, slope", "overwrite-write-slope", "nwipe-chacha20-slope", "CPU s/GB", 0.125),
    Figure("W5", "random pass, slope", "overwrite-write-slope", "nwipe-aes-slope", "CPU s/GB", 1.00),
    Figure("V1", "full zero verify, wall", "zeros-verify", "dd-read", "s", 1.05, "A", FLIPPED),
    Figure("V1", "full zero verify, wall", "zeros-verify", "dd-read", "s", 1.05, "B", FLIPPED),
    Figure("V1", "full zero verify, wall", "zeros-verify", "dd-read", "s", 1.05, "C", FLIPPED),
    Figure("V2", "full regenerate, wall", "overwrite-verify", "dd-read", "s", 1.10, "A", FLIPPED),
    Figure("V2", "full regenerate, wall", "overwrite-verify", "dd-read", "s", 1.10, "B", FLIPPED),
    Figure("V2", "full regenerate, wall", "overwrite-verify", "dd-read", "s", 1.10, "C", FLIPPED),
    Figure("E1", "erase + verify, process", "station-zeros", "badblocks-whole", "s", 1.00, "A", BOTH),
    Figure("E1", "erase + verify, process", "station-zeros", "badblocks-whole", "s", 1.00, "B", BOTH),
    Figure("E1", "erase + verify, process", "station-zeros", "badblocks-whole", "s", 1.00, "C", BOTH),
    Figure("E1", "erase + verify, slope", "station-zeros-slope", "badblocks-whole-slope", "s", 1.00, "A", BOTH),
    Figure("E1", "erase + verify, slope", "station-zeros-slope", "nwipe-default-slope", "s", 0.50, "A", BOTH),
    Figure("M1", "24 drives at once", "fleet-write", "dd-fleet", "GB/s", 1.50, "A", FLEET, at_least=True),
    Figure("M2", "PSS per running worker", "fleet-memory", "3 MiB of buffers", "MiB", 2.00, "A", FLEET),
    Figure("M3", "supervisor of 24 drives", "fleet-supervisor", "a tenth of a core", "% core", 1.00, "A", FLEET),
    Figure("S1", "serve ready, no console", "agent-ready", "python-pass", "s", 5.00, "-", "it said that it was ready"),
    Figure("D1", "diagnose, first line", "diagnose-first-line", "two seconds", "s", 1.00, "-", GRADED),
    Figure("D2", "diagnose, automatic part", "diagnose-whole", "twenty seconds", "s", 1.00, "-", GRADED),
    Figure("S2", "agent ready, console drawn", "console-ready", "python-pass", "s", 15.00, "-", ""),
)
ABSENT = {"console-ready": "no console yet"}
