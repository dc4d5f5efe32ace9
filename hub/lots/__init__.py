"""Lots: what one donor gave at one time, and the lists that announce it."""
