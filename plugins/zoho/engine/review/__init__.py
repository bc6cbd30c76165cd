"""Records that may be the same although their names differ: found, held back and decided about (BEY-6)."""
