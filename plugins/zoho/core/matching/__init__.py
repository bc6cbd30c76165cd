"""Which records of the two sides might be the same company although their names differ (BEY-6)."""
