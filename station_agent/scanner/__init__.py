"""What a technician scans: key codes to strokes, strokes to text, text to a code of a known kind."""
