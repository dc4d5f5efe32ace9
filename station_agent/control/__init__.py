"""The bench as its consoles see it: the types and the socket between the daemon and whoever works at it."""
