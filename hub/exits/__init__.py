"""What leaves the workshop: by which exit, for which price, under which word, and with every drive explained."""
