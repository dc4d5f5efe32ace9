"""What limits a running erase: told from its rate, the links of its way, its neighbours and its warmth."""

import pytest

from station_agent.limits import Limit, Pace, limit_of
from station_agent.links import Link

HIGH_SPEED = Link("1-2.1", 480)
HUB = Link("1-2", 480)
ROOT = Link("usb1", 480)
SUPER = (Link("2-1", 5000), Link("usb2", 5000))
MB = 1_000_000


@pytest.mark.parametrize(
    ("own", "others", "limit"),
    [
        (Pace(0), (), ""),
        (Pace(100 * MB), (), ""),  # nobody knows the way
        (Pace(100 * MB, notice="slow"), (), "device"),
        (Pace(100 * MB, notice="slow-sibling"), (), "device"),
        (Pace(0, notice="hot"), (), "heat"),
        (Pace(100 * MB, celsius=60, hottest=60), (), "heat"),
        (Pace(100 * MB, SUPER, celsius=59, hottest=60), (), "device"),
        (Pace(100 * MB, SUPER), (), "device"),
        (Pace(38 * MB, (HIGH_SPEED, HUB, ROOT)), (), "bus"),
        (Pace(20 * MB, (HIGH_SPEED, HUB, ROOT)), (), "device"),
        (Pace(20 * MB, (HIGH_SPEED, HUB, ROOT)), (Pace(18 * MB, (Link("1-2.2", 480), HUB, ROOT)),), "hub"),
        (Pace(20 * MB, (HIGH_SPEED, HUB, ROOT)), (Pace(18 * MB, SUPER),), "device"),  # on another way
        (Pace(20 * MB, (HIGH_SPEED, HUB, ROOT)), (Pace(0, (Link("1-2.2", 480), HUB, ROOT)),), "device"),
        (Pace(400 * MB, (Link("ata1", 6000),)), (), "bus"),
        (Pace(180 * MB, (Link("ata1", 6000),)), (), "device"),
        (Pace(180 * MB, (Link("ata1", 1500),)), (), "bus"),
    ],
)
def test_the_limit_is_the_first_thing_that_is_full(own: Pace, others: tuple[Pace, ...], limit: Limit) -> None:
    assert limit_of(own, others) == limit
