"""Grades on the hub: policies of the site, and what they make of the reports that benches signed."""
