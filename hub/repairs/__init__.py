"""Repairs: what was done to a device, parts and where they come from, what is to be found, where things lie."""
