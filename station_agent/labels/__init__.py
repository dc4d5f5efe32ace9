"""Labels for devices and drives: facts of stored statements, drawn as PDF or ZPL, and brought to a printer."""
