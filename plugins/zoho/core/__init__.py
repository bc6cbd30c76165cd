"""The pure core: what belongs together, how fields merge, what is to be done. No I/O and no clock."""
