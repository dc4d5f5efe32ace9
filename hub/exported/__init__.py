"""What leaves the hub as a table: columns that people choose, mappings of the site, cells that no program executes."""
