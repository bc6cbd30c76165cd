"""The identity map in people's hands: take it out and in, mend it, compare it with both systems (BEY-7)."""
