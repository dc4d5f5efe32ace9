"""After the exit: returns within the warranty or not, and defects of what was delivered, counted once per device."""
