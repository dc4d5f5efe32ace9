"""From drives that are plugged in to files in the hands of the donor: a hub on the host, the bench is the guest."""

from typing import Final

from tests.stick import workshop
from tests.stick.workshop import LOT, Workshop
from tests.virtual_bench.agent import ERASE_S
from tests.virtual_bench.bench import Bench, expect, require
from tests.virtual_bench.drives import image
from tests.virtual_bench.media import Medium
from tests.virtual_bench.outcome import Outcome
from tests.virtual_bench.scenarios.judging import CLAIMS

NUMBER: Final = 5


def five_drives_plugged_in_are_erased_at_once_and_their_certificates_are_valid(bench: Bench) -> Outcome:
    shop = workshop.open_hub(bench.folder / "hub")
    try:
        return whole_way(bench, shop)
    finally:
        shop.stop()


def whole_way(bench: Bench, shop: Workshop) -> Outcome:
    """Plug in, be enrolled, erase, send, approve, take the certificates, verify them without the hub."""
    token = shop.hub("token", "new").strip().splitlines()[-1]
    bench.agent.documents("enrol", "--hub", workshop.address_of(shop.url), "--token", token, "--allow-http")
    media = plugged_in(bench)
    nodes = [bench.drives()[serial] for serial in media]
    confirmed = [word for serial in media for word in ("--confirm", serial)]
    said = bench.agent.documents("erase", *nodes, *confirmed, "--lot", LOT, "--operator", "p-1", timeout_s=ERASE_S)
    told = {one["serial"]: one for one in said["drives"]}
    expect("drives that the bench tells of", seen=sorted(told), wanted=sorted(media))
    for serial, medium in media.items():
        require(f"{serial} is erased", told[serial]["verdict"] in CLAIMS, seen=told[serial])
        expect(f"sectors of the donor on {serial}", seen=medium.survivors(), wanted=0)
    waiting = workshop.waiting_benches(shop)
    expect("benches that wait to be accepted", seen=len(waiting), wanted=1)
    workshop.accept(shop, waiting[0])
    sent = bench.agent.documents("sync")
    certified(bench, shop)
    words = ", ".join(f"{serial} {one['verdict']}" for serial, one in sorted(told.items()))
    return Outcome(f"{words}; {NUMBER} certificates VALID", ({"erase": said, "sync": sent},))


def plugged_in(bench: Bench) -> dict[str, Medium]:
    """Plug in one drive of each kind; give their media by serial number."""
    usb, nvme, plain = (image(bench.folder, serial) for serial in ("USB0101", "NVM0102", "QSD0103"))
    bench.plug_usb("USB0101", usb)
    bench.plug_nvme("NVM0102", nvme)
    bench.plug_qemu_scsi("QSD0103", plain)
    sas, of_sas = bench.bay.scsi("SAS0104")
    sata, of_sata = bench.bay.ata("ATA0105")
    bench.plug_scsi(("SAS0104", sas), ("ATA0105", sata))
    return {"USB0101": usb, "NVM0102": nvme, "QSD0103": plain, "SAS0104": of_sas, "ATA0105": of_sata}


def certified(bench: Bench, shop: Workshop) -> None:
    """Let the lead approve all, the donor take the files, and the verifier judge them with the trust file alone."""
    expect("statements that wait for the lead", seen=workshop.approve_all(shop), wanted=NUMBER)
    files = workshop.certificates(shop, bench.folder)
    trust = bench.folder / "trust.json"
    trust.write_bytes(workshop.trust_of(shop))
    shop.stop()
    pdfs = [one for one in files if one.suffix == ".pdf"]
    expect("certificates", seen=len(pdfs), wanted=NUMBER)
    expect("what the verifier does not call VALID", seen=workshop.verified(files, trust), wanted=[])


SCENARIOS = (five_drives_plugged_in_are_erased_at_once_and_their_certificates_are_valid,)
