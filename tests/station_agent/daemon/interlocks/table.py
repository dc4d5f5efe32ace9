"""The 40 scenarios, all of them played in simulation; and where the running kernel shows them, on loop devices.

What no loop device can be is shown in simulation alone: a stick, another bus, a mapped device or an array (drivers
that a kernel may lack), the serial and the state of a drive's firmware, an order of another station.
"""

from tests.station_agent.daemon.interlocks.in_use import IN_USE
from tests.station_agent.daemon.interlocks.states import STATES
from tests.station_agent.daemon.interlocks.who_is_it import WHO_IS_IT

SCENARIOS = (*IN_USE, *WHO_IS_IT, *STATES)
ON_LOOPS = "test_interlocks_on_loops.py::"
BETWEEN = "test_interlocks_between_plan_and_start.py::"
KERNEL = {  # tests of tests/kernel
    1: (ON_LOOPS + "test_the_disk_under_the_running_system_is_refused_without_opening_it",),
    4: (
        ON_LOOPS + "test_a_mounted_whole_loop_is_refused",
        ON_LOOPS + "test_a_mounted_partition_protects_its_whole_disk",
        BETWEEN + "test_row_04_what_is_mounted_between_plan_and_start_is_refused",
    ),
    5: (
        ON_LOOPS + "test_swap_protects_its_disk",
        BETWEEN + "test_row_05_what_becomes_swap_between_plan_and_start_is_refused",
    ),
    12: (ON_LOOPS + "test_a_loop_is_refused_unless_allowed",),
    14: (ON_LOOPS + "test_a_loop_without_a_file_has_no_size_and_is_refused",),
    15: (
        ON_LOOPS + "test_a_read_only_disk_is_refused",
        BETWEEN + "test_row_15_what_becomes_read_only_between_plan_and_start_is_refused",
    ),
    19: (
        ON_LOOPS + "test_a_partition_path_is_refused_and_names_its_disk",
        BETWEEN + "test_row_19_an_order_that_names_a_partition_is_refused",
        BETWEEN + "test_row_19_a_partition_that_a_program_holds_protects_its_disk",
    ),
    20: (BETWEEN + "test_row_20_a_link_is_followed_to_the_number_and_a_crossed_order_is_refused",),
    22: (BETWEEN + "test_row_22_another_file_behind_the_node_is_another_disk",),
    23: (BETWEEN + "test_row_23_the_same_file_attached_again_is_not_what_was_planned",),
    26: (
        ON_LOOPS + "test_two_loops_over_one_file_are_twins_and_both_are_refused",
        BETWEEN + "test_row_26_a_twin_that_comes_between_plan_and_start_is_refused",
    ),
    33: (BETWEEN + "test_row_33_sectors_of_another_size_than_planned_are_refused",),
    40: (BETWEEN + "test_row_40_what_is_protected_between_plan_and_start_is_refused",),
}
