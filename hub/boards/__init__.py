"""Boards of the workshop: the open lots by their state, and the devices of one lot by their step. They only read."""
