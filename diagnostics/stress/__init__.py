"""Stress of section 4: processor with heat and pace, memory patterns, a drive's reading speed. No drive is written."""
