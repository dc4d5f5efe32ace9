"""Scrubbing leaves no name of the drive in any form, keeps lengths and everything else, and says what it cannot do."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.drive import DriveIdentity, IdentityGrade
from erasure.scrubbing import Scrubber, scrubber
from erasure.telltales import Telltale, of_line, telltales
from tests.erasure.spoken_drives import (
    ATA_INFORMATION,
    DESIGNATORS,
    EUI,
    IDENTIFY,
    NGUID,
    SERIAL,
    STANDARD,
    UNIT_SERIAL,
    WWN,
    designators,
    identify_controller,
    identify_device,
    identify_namespace,
    pairs_swapped,
    unit_serial,
)

DICE = random.Random(7).randbytes
TEXT = Telltale(SERIAL.encode(), text=True)
NAME = Telltale(bytes.fromhex(WWN), text=False)


def disk_identity(serial: str = SERIAL, wwn: str = WWN) -> DriveIdentity:
    return DriveIdentity("DEMO HDD RECORDED", serial, wwn, "82.0", "ata", "", "sysfs", IdentityGrade.B)


def scsi_line(cdb: bytes, data: bytes) -> dict[str, Any]:
    return {
        "port": "scsi",
        "cdb": cdb.hex(),
        "data_out": "",
        "data_in": 512,
        "reply": {"data": data.hex(), "sense": ""},
    }


def nvme_line(structure: int, data: bytes) -> dict[str, Any]:
    return {"port": "nvme", "opcode": 6, "cdw10": structure, "data_out": "", "reply": {"data": data.hex()}}


def shapes(name: bytes) -> list[bytes]:
    """Every shape in which a name could still be recognised: judged by other code than the scrubber's."""
    plain = [name, name.upper(), name.lower(), name[::-1]]
    spelled = [shape.hex().encode() for shape in plain]
    return [*plain, *spelled, *(shape.upper() for shape in spelled)]


def still_there(data: bytes, name: bytes) -> bool:
    views = (data, pairs_swapped(data), data[:1] + pairs_swapped(data[1:]))
    return any(shape in view for shape in shapes(name) for view in views)


@pytest.mark.parametrize("length", [14, 15, 16, 20])
def test_a_serial_is_gone_from_identify_data_and_the_checksum_is_right_again(length: int) -> None:
    serial = (SERIAL + "0Q7Z1M")[:length]
    before = identify_device(serial)
    after = scrubber([Telltale(serial.encode(), text=True), NAME], DICE).scrub(before)
    assert still_there(before, serial.encode())
    assert not still_there(after, serial.encode())
    assert not still_there(after, bytes.fromhex(WWN))
    assert len(after) == 512
    assert (after[510], sum(after) % 256) == (0xA5, 0)
    assert after[46:216] == before[46:216]
    assert pairs_swapped(after[20:40]).strip().startswith(b"DEMO-")


def test_identify_data_inside_vpd_page_89h_gets_its_checksum_too() -> None:
    before = bytes(60) + identify_device()
    after = scrubber([TEXT, NAME], DICE).scrub(before)
    assert sum(after[60:]) % 256 == 0
    assert not still_there(after, SERIAL.encode())


def test_a_block_without_a_right_checksum_is_not_given_one() -> None:
    broken = bytearray(identify_device())
    broken[511] ^= 1
    after = scrubber([TEXT], DICE).scrub(bytes(broken))
    assert after[511] == broken[511]


def test_bytes_without_a_name_stay_as_they_are() -> None:
    untouched = identify_device("ANOTHER-ONE", "5000000000abcdef")
    assert scrubber([TEXT, NAME], DICE).scrub(untouched) == untouched


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (scsi_line(IDENTIFY, identify_device()), {SERIAL.encode(), bytes.fromhex(WWN)}),
        (scsi_line(UNIT_SERIAL, unit_serial()), {SERIAL.encode()}),
        (scsi_line(DESIGNATORS, designators()), {bytes.fromhex(WWN)}),
        (scsi_line(ATA_INFORMATION, bytes(60) + identify_device()), {SERIAL.encode(), bytes.fromhex(WWN)}),
        (scsi_line(STANDARD, bytes(36) + b"Z1D4A0XX  rev       "), {b"Z1D4A0XX"}),
        (nvme_line(1, identify_controller()), {SERIAL.encode()}),
        (nvme_line(0, identify_namespace()), {bytes.fromhex(NGUID), bytes.fromhex(EUI)}),
        (nvme_line(3, b"\x01\x08\0\0" + bytes.fromhex(EUI) + bytes(20)), {bytes.fromhex(EUI)}),
    ],
)
def test_names_are_found_where_drives_put_them(line: dict[str, Any], names: set[bytes]) -> None:
    assert {one.value for one in of_line(line) if one.tells} == names


def test_the_kernels_and_smartctls_names_count_as_well() -> None:
    health = {
        "serial_number": "VCE1Q8P4",
        "wwn": {"naa": 5, "oui": 0x14EE, "id": 0x25F3A9C72},
        "nvme_namespaces": [{"eui64": {"oui": 0x2538, "ext_id": 0x5B71B0A1C2}}],
        "logical_unit_id": "0x5000c500a1b2c3d4",
    }
    found = {one.value for one in telltales([disk_identity(wwn="nvme.144d-5334")], [], health)}
    assert found == {
        SERIAL.encode(),
        b"VCE1Q8P4",
        bytes.fromhex("50014ee25f3a9c72"),
        bytes.fromhex(EUI),
        bytes.fromhex("5000c500a1b2c3d4"),
    }


def test_names_cut_into_numbers_are_replaced_as_a_whole() -> None:
    clean = scrubber([NAME], DICE)
    document = clean.scrub_document({"wwn": {"naa": 5, "oui": 0x14EE, "id": 0x25F3A9C71}})
    wwn = document["wwn"]
    assert (wwn["naa"], wwn["oui"]) == (5, 0)
    assert wwn["naa"] << 60 | wwn["oui"] << 36 | wwn["id"] == int.from_bytes(clean.scrub(bytes.fromhex(WWN)), "big")


def test_invented_names_have_the_length_of_the_old_ones_and_no_vendor() -> None:
    clean = scrubber([TEXT, NAME, Telltale(b"AB12", text=True), Telltale(bytes.fromhex(EUI), text=False)], DICE)
    assert clean.scrub(SERIAL.encode())[:5] == b"DEMO-"
    assert clean.scrub(bytes.fromhex(WWN)).hex()[:7] == "5000000"
    assert clean.scrub(bytes.fromhex(EUI)).hex()[:6] == "000000"
    assert clean.scrub(b"AB12").isdigit()


def test_a_serial_that_is_part_of_a_longer_one_still_agrees_with_it() -> None:
    whole, part, crooked = b"S4EWNX0R123456H", b"S4EWNX0R", pairs_swapped(b"S4EWNX0R12")
    clean = scrubber([Telltale(one, text=True) for one in (whole, crooked, part)], DICE)
    new = clean.scrub(whole)
    assert clean.scrub(part) == new[:8]
    assert clean.scrub(crooked) == pairs_swapped(new[:10])


@pytest.mark.parametrize("value", [bytes(8), b"\xff" * 8, bytes.fromhex("5000000000000001"), bytes(15) + b"\1"])
def test_a_number_of_zeros_names_no_drive(value: bytes) -> None:
    assert not Telltale(value, text=False).tells


@pytest.mark.parametrize(("serial", "tells"), [(b"", False), (b"00000000", False), (b"WD-1234", True)])
def test_a_text_of_one_character_names_no_drive(serial: bytes, tells: bool) -> None:  # noqa: FBT001
    assert Telltale(serial, text=True).tells is tells


def test_a_name_too_short_to_be_found_is_refused_and_not_forgotten() -> None:
    with pytest.raises(ValueError, match="3 bytes"):
        scrubber(telltales([disk_identity(serial="A1B")], [], None), DICE)


@given(st.binary(max_size=600), st.integers(0, 600), st.booleans(), st.sampled_from([TEXT, NAME]))
def test_a_name_anywhere_in_any_bytes_is_found_and_gone(
    around: bytes,
    place: int,
    crossed: bool,  # noqa: FBT001
    name: Telltale,
) -> None:
    data = around[:place] + name.value + around[place:]
    data = pairs_swapped(data) if crossed else data
    clean = scrubber([TEXT, NAME], DICE)
    after = clean.scrub(data)
    assert len(after) == len(data)
    assert clean.leaks(data)
    assert not clean.leaks(after)
    assert not still_there(after, name.value)


@given(st.binary(max_size=300), st.binary(min_size=6, max_size=16))
def test_malformed_answers_tell_nothing_and_raise_nothing(data: bytes, cdb: bytes) -> None:
    for order in (IDENTIFY, STANDARD, UNIT_SERIAL, DESIGNATORS, ATA_INFORMATION, cdb):
        assert all(isinstance(one, Telltale) for one in of_line(scsi_line(order, data)))
    for structure in range(4):
        assert all(isinstance(one, Telltale) for one in of_line(nvme_line(structure, data)))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["naa", "oui", "id", "ext_id", "serial_number", "x"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(JSON)
def test_any_health_document_can_be_scrubbed(document: Any) -> None:
    names = [one for one in telltales([disk_identity()], [], document) if len(one.value) >= 4]
    clean: Scrubber = scrubber(names, DICE)
    assert isinstance(clean.scrub_document(document), type(document))
