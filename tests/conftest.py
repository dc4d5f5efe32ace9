"""The plugins that every test runs under: the guard of the world, the tiers, and the fixtures of the kernel tier."""

pytest_plugins = ("tests.guard", "tests.tiers", "tests.kernel.fixtures")
