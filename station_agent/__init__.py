"""The agent of one bench machine: watches, erases, diagnoses, signs, keeps, and sends when it can."""
