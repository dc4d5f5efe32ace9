"""How goods come in: by which channel, on which day, one by one over the counter, without asking who brings them."""
