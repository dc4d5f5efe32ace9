"""Read a machine, its drives and batteries, collect the guided checks, grade by a written policy."""
