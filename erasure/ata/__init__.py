"""ATA drives: their commands through SAT, what they say of themselves, and what is read from it."""
