"""The rules of PDF/A-3, level U, as far as a page of text needs them; see `rules`."""
