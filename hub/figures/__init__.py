"""Indicators of the network: pure functions over counted rows, and the half-years that are frozen from them."""
