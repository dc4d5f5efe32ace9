"""The commands of `etabli-station`, one module each."""
