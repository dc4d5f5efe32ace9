"""The guided checks at the bench: what is asked, what is seen meanwhile, two consoles for it, and where answers lie."""
