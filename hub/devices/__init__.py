"""Devices and drives: what is known of them, and how evidence finds its lot."""
