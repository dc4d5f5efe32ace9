"""Facts survive their journey through the file of the bench, whatever family the drive is of."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.ata.facts import AtaFacts
from erasure.drive import BlockDevice, DriveFacts, DriveIdentity, IdentityGrade, OpalFacts
from erasure.hidden import AreaState, HiddenAreas
from erasure.mmc.facts import MmcFacts
from erasure.nvme.facts import NvmeFacts
from erasure.scsi.facts import ScsiFacts
from station_agent.kept_facts import facts_from, kept
from station_agent.members import Illegible

HEX = st.dictionaries(st.text("abc-", max_size=4), st.text("0123456789abcdef", max_size=8), max_size=2)
FAMILIES = {
    "ata": st.builds(AtaFacts, raw=HEX),
    "nvme": st.builds(NvmeFacts, raw=HEX),
    "scsi": st.builds(ScsiFacts, raw=HEX),
    "mmc": st.builds(MmcFacts, raw=HEX),
    "opal": st.builds(OpalFacts),
}
KNOWN = DriveFacts(
    BlockDevice("sim:sda", "sda", 8, 0, 1, 512, DriveIdentity("M", "S", "", "", "ata", "", "sysfs", IdentityGrade.B)),
    *(512, 512, 512, False, None, None, ""),
    HiddenAreas(AreaState.PRESENT, AreaState.UNKNOWN, AreaState.NONE, None, 1024, 512, "a clip"),
)


@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.data())
def test_every_family_of_facts_survives_the_journey(family: str, data: Any) -> None:
    facts = data.draw(st.builds(DriveFacts, **{name: st.none() for name in FAMILIES} | {family: FAMILIES[family]}))
    told = json.dumps(kept(facts))
    again = facts_from(json.loads(told))
    assert again == facts
    assert json.dumps(kept(again)) == told  # members that do not take part in `==` as well


def test_enums_and_tuples_come_back_as_what_they_were() -> None:
    again = facts_from(json.loads(json.dumps(kept(KNOWN))))
    assert again.hidden.hpa is AreaState.PRESENT
    assert again.commands == ()
    assert (again.hidden.dco_bytes, again.hidden.current_bytes, again.hidden.detail) == (1024, 512, "a clip")


@pytest.mark.parametrize(
    "change",
    [
        {"size_bytes": "512"},
        {"size_bytes": True},
        {"read_only": 1},
        {"hidden": {"hpa": "lost"}},
        {"surprise": 1},
        {"commands": "scsi"},
        {"opal": {"supported": True, "locking_enabled": True, "locked": "no", "flags": 0}},
    ],
)
def test_a_document_that_is_no_facts_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Illegible):
        facts_from({**kept(KNOWN), **change})


def test_an_unknown_word_of_a_closed_list_is_refused() -> None:
    document = json.loads(json.dumps(kept(KNOWN)))
    document["hidden"]["hpa"] = "perhaps"
    with pytest.raises(ValueError, match="perhaps"):
        facts_from(document)


def test_facts_of_an_older_version_get_the_defaults_of_this_one() -> None:
    document = kept(KNOWN)
    for name in ("ata", "nvme", "scsi", "mmc", "opal", "commands"):
        del document[name]
    assert facts_from(document) == KNOWN
