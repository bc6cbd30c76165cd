"""Programs that read the same list, each in a process of its own; they print what they came to as JSON."""
