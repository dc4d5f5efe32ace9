"""The commands of `etabli-hub`."""
