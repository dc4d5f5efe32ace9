"""People: accounts, passwords, sessions, throttle, form tokens."""
