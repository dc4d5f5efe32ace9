"""Asset tags: codes with a check character, series without repeats, sheets to print."""
