"""The plugins that every test runs under: the guard of the world, the tiers, the lanes, and the kernel tier's fixtures.

No random test is judged by the speed of the machine it runs on.
"""

from hypothesis import HealthCheck, settings

pytest_plugins = ("tests.guard", "tests.tiers", "tests.lanes", "tests.kernel.fixtures")

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
