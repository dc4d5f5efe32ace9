"""The two plugins that every test runs under: the guard of the world, and the tiers."""

pytest_plugins = ("tests.guard", "tests.tiers")
