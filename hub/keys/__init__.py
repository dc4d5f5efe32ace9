"""Keys of a workshop: what registry statements say of them, root files, paper keys, ceremonies."""
