"""Facts before any erase: hdparm, sg3_utils and nvme-cli look at the drives that the agent looks at, and must agree.

QEMU's own ATA, SCSI and NVMe drives, one of the kernel's own (scsi_debug), and the models in states that QEMU lacks.
"""

from collections.abc import Mapping

from tests.virtual_bench.agreement import Reading, agree, tells_apart
from tests.virtual_bench.bench import Bench, expect
from tests.virtual_bench.drives import image
from tests.virtual_bench.other_eyes import our_own
from tests.virtual_bench.other_eyes.hdparm import hdparm_reading
from tests.virtual_bench.other_eyes.nvme_cli import nvme_reading
from tests.virtual_bench.other_eyes.sg3_utils import sg_reading
from tests.virtual_bench.outcome import Outcome

HDPARM_ERASE = "hdparm --yes-i-know-what-i-am-doing --sanitize-block-erase"
NOTHING = {"block": False, "crypto": False, "overwrite": False, "enhanced": False}


def hdparm_and_the_agent_read_the_same_of_ata_drives(bench: Bench) -> Outcome:
    locked, _ = bench.bay.ata("ATA0011", password="a donor's", antifreeze=True, crypto=False)
    plain, _ = bench.bay.ata("ATA0012", **NOTHING, master_id=7)
    done, _ = bench.bay.ata("ATA0013", overwrite=False, seconds=0)
    _, nodes = bench.plug_scsi(("ATA0011", locked), ("ATA0012", plain), ("ATA0013", done))
    bench.guest.shell(f"{HDPARM_ERASE} {nodes[2]}")
    nodes = (bench.load_sata(), *nodes)
    theirs = {node: hdparm_reading(bench.guest, node) for node in nodes}
    count = 0
    for node, (row, facts) in our_own.our_documents(bench, *nodes).items():
        count += agree(f"{row['serial']} ({node})", our_own.ata_reading(row, facts), theirs[node])
        count += agree(f"{row['serial']} as the kernel hears it", our_own.heard(facts), our_own.as_cut(theirs[node]))
        expect(f"whose word the name of {row['serial']} is", seen=row["identity_source"], wanted="identify")
        other = theirs[nodes[nodes.index(node) - 1]]
        tells_apart(our_own.ata_reading(row, facts), other, "serial", "wwn", "block")
    expect("the state after hdparm's sanitize", seen=theirs[nodes[3]]["sanitize state"], wanted="succeeded")
    return agreed("hdparm", theirs, count)


def sg3_utils_and_the_agent_read_the_same_of_scsi_disks(bench: Bench) -> Outcome:
    disk, _ = bench.bay.scsi("SAS0011", crypto=False, wabereq=2)
    mute, _ = bench.bay.scsi("SAS0012", report_opcodes=False, wacereq=3)
    _, nodes = bench.plug_scsi(("SAS0011", disk), ("SAS0012", mute))
    medium = image(bench.folder, "SAS0013")
    nodes = (*nodes, bench.plug_qemu_scsi("SAS0013", medium, block_bytes=4096), bench.load_scsi_debug())
    theirs = {node: sg_reading(bench.guest, node) for node in nodes}
    count = 0
    for node, (row, facts) in our_own.our_documents(bench, *nodes).items():
        reading = our_own.scsi_reading(row, facts)
        count += agree(f"{row['serial']} ({node})", reading, theirs[node])
        shown = {"model": row["model"], **our_own.sanitizes(row, "scsi")}
        count += agree(f"{row['serial']} as shown", shown, as_shown(theirs[node]))
        tells_apart(reading, theirs[nodes[nodes.index(node) - 1]], "serial", "wwn")
    return agreed("sg3_utils", theirs, count)


def nvme_cli_and_the_agent_read_the_same_of_nvme_drives(bench: Bench) -> Outcome:
    own = bench.plug_nvme("NVM0011", image(bench.folder, "NVM0011"))
    large = bench.plug_nvme("NVM0012", image(bench.folder, "NVM0012"))
    bench.guest.shell(f"nvme format {large} -l 4 --force")
    cabinet, _ = bench.bay.nvme("NVM0013", sanitize=["block", "crypto"], purge_reporting=True, seconds=0)
    _, model = bench.connect_nvme("NVM0013", cabinet)
    bench.guest.shell(f"nvme sanitize {model} -a 2")
    nodes = (own, large, model)
    theirs = {node: nvme_reading(bench.guest, node) for node in nodes}
    count = 0
    for node, (row, facts) in our_own.our_documents(bench, *nodes).items():
        reading = our_own.nvme_reading(row, facts)
        count += agree(f"{row['serial']} ({node})", reading, theirs[node])
        tells_apart(reading, theirs[nodes[nodes.index(node) - 1]], "serial")
    expect("blocks of the drive formatted to 4096", seen=theirs[large]["namespace 1 block bytes"], wanted=4096)
    expect("the state after nvme-cli's sanitize", seen=theirs[model]["sanitize state"], wanted="succeeded")
    return agreed("nvme-cli", theirs, count)


def agreed(tool: str, theirs: Mapping[str, Reading], count: int) -> Outcome:
    """Give the outcome of a comparison, with what the tool said."""
    words = f"{count} facts of {len(theirs)} drives agree with {tool}; each of them altered was noticed"
    drives = {str(reading["serial"]): {**reading} for reading in theirs.values()}
    return Outcome(words, ({"tool": tool, "facts": count, "drives": drives},))


def as_shown(theirs: Reading) -> Reading:
    """Give what `disks` has to show: a sanitize that the drive does not speak of is none."""
    says = {f"sanitize {one}": theirs.get(f"sanitize {one}") is True for one in our_own.ACTIONS}
    return {"model": f"{theirs['vendor']} {theirs['product']}", **says}


SCENARIOS = (
    hdparm_and_the_agent_read_the_same_of_ata_drives,
    sg3_utils_and_the_agent_read_the_same_of_scsi_disks,
    nvme_cli_and_the_agent_read_the_same_of_nvme_drives,
)
