"""The sample of a lot: some of its approved drives are read again by another person, and a failure reopens a drive."""
