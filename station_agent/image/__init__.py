"""Builds the stick that technicians boot: Debian, the agent in a frozen environment, one file for BIOS and UEFI.

Never runs on a bench. Reads the checkout and Debian's archive, writes one image file, and touches no disk.
"""
