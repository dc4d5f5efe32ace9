"""SCSI drives and bridges: commands, sense data, vital product data, and what is read from them."""
