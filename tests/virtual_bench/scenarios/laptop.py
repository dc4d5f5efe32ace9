"""A laptop of a real kernel: its name plates, battery and charger, and fingers on its keyboard."""

import json
from pathlib import Path
from typing import Any

from diagnostics.guided.keyboard import layouts
from diagnostics.guided.pointer import CORNERS
from tests.virtual_bench import laptop
from tests.virtual_bench.bench import Bench, expect, require
from tests.virtual_bench.fingers import Fingers
from tests.virtual_bench.laptop import Charge
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.questions import Questions
from tests.virtual_bench.snapshot import AGENT_ENVIRONMENT

HERE = Path(__file__).resolve().parents[1]
HALF = Charge(27_000, 11_400)
LETTERS = range(16, 26)  # evdev codes of the upper row of letters
TOUCHPAD = HERE / "guest" / "touchpad"
NAMES = "cat /sys/class/input/event*/device/name"
STUCK, WORN = 30, 44
BOUNCES = 8
LAYOUT = "azerty-iso"
MEASURE = """
import json, os, sys, time
from contextlib import nullcontext
from pathlib import Path
from diagnostics.discharge import Bench, measure_discharge
knobs, seconds = json.loads(sys.argv[1]), [0.0]
def turn():
    port = os.open("/dev/port", os.O_WRONLY)
    os.pwrite(port, (knobs.pop(0) if len(knobs) > 1 else knobs[0]).to_bytes(4, "little"), 0xE0)
    os.close(port)
    time.sleep(1.2)  # the driver keeps what the firmware told it for one second
def wait(step):
    seconds[0] += step
    turn()
turn()
told = measure_discharge(Path("/"), "BAT0", Bench(lambda: seconds[0], wait, nullcontext), seconds=10)
print(json.dumps(told.to_document()))
"""
REST = [HALF] * 6  # readings of a battery at rest, one each two seconds


def a_laptop_tells_its_battery_its_case_and_its_name_plates(bench: Bench) -> Outcome:
    load(bench)
    set_charge(bench, HALF)
    report = bench.agent.documents("diagnose", "--show-only")["report"]
    (battery,) = report["batteries"]
    wanted = {"state": "ok", "unit": "uWh", "full": laptop.FULL_UWH, "design": laptop.DESIGN_UWH, "flags": []}
    wanted |= {"health_permille": 750, "cycles": laptop.CYCLES, "status": "Discharging", "model": "BENCH-48"}
    expect("the battery", seen={name: battery[name] for name in wanted}, wanted=wanted)
    machine = report["machine"]
    plates = {"maker": laptop.MAKER, "model": laptop.MODEL, "uuid": laptop.UUID, "chassis": "laptop", "serial": ""}
    plates |= {"placeholders": [{"field": "serial", "value": laptop.SERIAL}], "grade": "B"}
    expect("the identity", seen={name: machine["identity"][name] for name in plates}, wanted=plates)
    expect("the board", seen=machine["board"], wanted=dict(zip(("maker", "name", "serial"), laptop.BOARD, strict=True)))
    expect("the BIOS", seen=machine["bios"], wanted=dict(zip(("vendor", "version", "date"), laptop.BIOS, strict=True)))
    expect("the keyboards", seen=[one["kind"] for one in machine["inputs"]], wanted=["keyboard"])
    told = f"{battery['health_permille'] // 10} %, {battery['cycles']} cycles, {machine['identity']['chassis']}"
    return Outcome(f"{told}, serial is a placeholder", ({"battery": battery, "identity": machine["identity"]},))


def a_battery_under_load_holds_gives_way_or_is_plugged_in(bench: Bench) -> Outcome:
    load(bench)
    steady = [Charge(27_000 - 7 * step, 11_300) for step in range(6)]
    weak = [Charge(27_000 - 7 * step, 9_800) for step in range(6)]
    fed = [HALF, Charge(27_000, 11_400, plugged=True)]
    found = {}
    for wanted, charges in {"holds": steady, "gives-way": weak, "plugged": fed}.items():
        told = measured(bench, [*REST, *charges])
        expect("the outcome", seen=told["outcome"], wanted=wanted)
        expect("the voltage at rest", seen=told["rest_voltage"], wanted=HALF.millivolts * 1000)
        found[wanted] = told
    expect("the sag of the weak one", seen=found["gives-way"]["sag_permille"], wanted=(11_400 - 9_800) * 1000 // 11_400)
    require("the gauge counted", found["holds"]["counted"] > 0, seen=found["holds"])
    return Outcome(", ".join(found), tuple(found.values()))


def every_key_of_a_keyboard_answers_through_the_kernel(bench: Bench) -> Outcome:
    load(bench)
    questions = Questions(bench)
    questions.open("keyboard")
    Fingers(bench.machine.monitor, questions.still).touch(sorted(layouts()[LAYOUT].codes))
    questions.await_rest()
    row = questions.answer("p", "keyboard")
    evidence = row["evidence"]
    expect("doubtful keys", seen=[evidence[name] for name in ("missing", "stuck", "chattering")], wanted=[[], [], []])
    expect("keys that answered", seen=evidence["answered"], wanted=evidence["wanted"])
    expect("the answer", seen=row["result"], wanted="pass")
    return Outcome(f"{evidence['answered']} of {evidence['wanted']} keys", ({"row": row},))


def a_stuck_key_and_a_worn_one_are_found_through_the_kernel(bench: Bench) -> Outcome:
    load(bench)
    questions = Questions(bench)
    questions.open("keyboard")
    fingers = Fingers(bench.machine.monitor, questions.still)
    fingers.touch(LETTERS)
    for _ in range(BOUNCES):
        fingers.bounce(WORN)
    questions.await_rest(lambda: fingers.press(STUCK))  # a keyboard repeats what is held
    row = questions.answer("f", "keyboard")
    evidence = row["evidence"]
    expect("stuck keys", seen=evidence["stuck"], wanted=[STUCK])
    expect("chattering keys", seen=evidence["chattering"], wanted=[WORN])
    expect("keys of the row that did not answer", seen={*LETTERS} & {*evidence["missing"]}, wanted=set())
    expect("the answer", seen=row["result"], wanted="fail")
    return Outcome(f"key {STUCK} sticks, key {WORN} chatters", ({"row": row},))


def a_finger_on_a_touchpad_is_seen_through_the_kernel(bench: Bench) -> Outcome:
    load(bench)
    bench.guest.shell("modprobe uinput")
    bench.guest.begin(("python3", "-c", TOUCHPAD.read_text("utf-8")))
    bench.wait_until(lambda: "BENCH TouchPad" in bench.guest.run(("sh", "-c", NAMES)).out, "the touchpad appears")
    questions = Questions(bench)
    questions.open("touchpad")
    bench.guest.shell("touch /tmp/play")
    questions.await_rest()
    row = questions.answer("p", "touchpad")
    wanted = {"corners": sorted(CORNERS), "left": True, "right": True, "scrolled": True}
    expect("what was seen of the finger", seen=row["evidence"], wanted=wanted)
    return Outcome("four corners, two buttons, two fingers", ({"row": row},))


def load(bench: Bench) -> None:
    """Load the drivers of a laptop. Raises BenchError."""
    bench.guest.shell("modprobe -a battery ac button evdev && udevadm settle --timeout=20")


def set_charge(bench: Bench, charge: Charge) -> None:
    """Let the firmware tell this from now on. Raises BenchError."""
    refused = bench.machine.monitor.say(f"o/4 {laptop.KNOB_PORT:#x} {charge.knob:#x}")
    expect("what QEMU says", seen=refused, wanted="")


def measured(bench: Bench, charges: list[Charge]) -> dict[str, Any]:
    """Measure a discharge in which the firmware tells these, one after the other. Raises BenchError."""
    knobs = json.dumps([charge.knob for charge in charges])
    said = bench.guest.run(("python3", "-c", MEASURE, knobs), timeout_s=240, env=AGENT_ENVIRONMENT)
    document: dict[str, Any] = json.loads(said.required("the measurement").out)
    return document


SCENARIOS = (
    a_laptop_tells_its_battery_its_case_and_its_name_plates,
    a_battery_under_load_holds_gives_way_or_is_plugged_in,
    every_key_of_a_keyboard_answers_through_the_kernel,
    a_stuck_key_and_a_worn_one_are_found_through_the_kernel,
    a_finger_on_a_touchpad_is_seen_through_the_kernel,
)
