"""The bench console: the wall of tiles, orders of people and the evidence, on a screen or line by line."""
