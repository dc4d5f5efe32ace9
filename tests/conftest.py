"""The plugins that every test runs under: the guard of the world, the tiers, the lanes, and the kernel tier's fixtures.

The width of somebody's terminal is nothing that a test may depend on: where several processes share a run, the one
that starts the others tells them its own. No random test is judged by the speed of the machine it runs on.
"""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ("tests.guard", "tests.tiers", "tests.lanes", "tests.leftovers", "tests.kernel.fixtures")

for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
